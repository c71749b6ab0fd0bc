//! Aggregates and window functions: DISTINCT, ORDER BY, LIMIT and HAVING within them, OVER after them.

use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments,
    HavingBoundKind, Ident, NullTreatment, OrderByExpr, OrderBySort, Query, Spanned as _, WindowFrame,
    WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};
use sqlparser::tokenizer::Span;

use crate::sql::analyse::{Analyser, FAR};
use crate::sql::calls::{fill, fit, gives, plain_arg};
use crate::sql::fault::{Read, missing, unsupported, wrong};
use crate::sql::functions::{Rule, SqlFunction};
use crate::sql::kind::Kind;
use crate::sql::scope::same;
use crate::sql::term::{Form, Term};

/// What stands in the parentheses of an aggregate beside its arguments.
#[derive(Default)]
struct Within<'a> {
    distinct: bool,
    ignore_nulls: bool,
    respect_nulls: bool,
    order: &'a [OrderByExpr],
    limit: Option<&'a Expr>,
    having: Option<(&'a HavingBoundKind, &'a Expr)>,
}

/// A window in the engine's words.
struct Over {
    sql: String,
    /// What it names.
    parts: Term,
    /// It has an order.
    ordered: bool,
    /// The order is from late to early, as far as the words show.
    descending: bool,
    /// How many later rows its frame reads, in the order of the window.
    frame_ahead: u32,
    frame_behind: u32,
    framed: bool,
}

impl Analyser<'_> {
    pub(crate) fn aggregate_or_window(
        &mut self,
        function: &Function,
        name: &str,
        rows: &[&'static SqlFunction],
    ) -> Read<Term> {
        let at = function.name.span();
        self.call_over(at, function, name, rows, "")
    }

    /// An aggregate of the rows that meet a condition: PIVOT's.
    pub(crate) fn aggregate_where(&mut self, function: &Function, condition: &str) -> Read<Term> {
        let at = function.name.span();
        let name = function.name.to_string().replace('`', "").to_uppercase();
        let rows = crate::sql::functions::named(&name);
        if !matches!(rows.first().map(|row| row.rule), Some(Rule::Aggregate(_) | Rule::Special))
            || function.over.is_some()
        {
            return Err(wrong(at, format!("{name} is no aggregate"), "Write PIVOT(SUM(x) FOR y IN (…))."));
        }
        self.call_over(at, function, &name, &rows, condition)
    }

    fn call_over(
        &mut self,
        at: Span,
        function: &Function,
        name: &str,
        rows: &[&'static SqlFunction],
        condition: &str,
    ) -> Read<Term> {
        let list = match &function.args {
            FunctionArguments::List(list) => list,
            _ => return Err(wrong(at, format!("{name} needs parentheses"), format!("Write {name}(…)."))),
        };
        let mut within =
            Within { distinct: list.duplicate_treatment == Some(DuplicateTreatment::Distinct), ..Within::default() };
        let mut nulls = function.null_treatment;
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => nulls = Some(*treatment),
                FunctionArgumentClause::OrderBy(order) => within.order = order,
                FunctionArgumentClause::Limit(limit) => within.limit = Some(limit),
                FunctionArgumentClause::Having(bound) => within.having = Some((&bound.0, &bound.1)),
                other => return Err(unsupported(at, format!("{other} in {name}"))),
            }
        }
        within.ignore_nulls = nulls == Some(NullTreatment::IgnoreNulls);
        within.respect_nulls = nulls == Some(NullTreatment::RespectNulls);
        if self.in_aggregate && function.over.is_none() {
            return Err(wrong(
                at,
                format!("{name} stands within another aggregate"),
                "Compute the inner one in a subquery.",
            ));
        }
        let window_only = matches!(rows.first().map(|row| row.rule), Some(Rule::Window(_)));
        let over = match &function.over {
            Some(window) => Some(self.over(window, name)?),
            None if window_only => {
                return Err(wrong(
                    at,
                    format!("{name} needs OVER"),
                    format!("Write {name}(…) OVER (PARTITION BY … ORDER BY …)."),
                ));
            }
            None => None,
        };
        let inside = self.in_aggregate;
        // The arguments of a window function may be aggregates: SUM(SUM(x)) OVER ().
        self.in_aggregate = over.is_none();
        let written = self.write_aggregate(at, name, rows, &list.args, &within, over.as_ref(), condition);
        self.in_aggregate = inside;
        let mut term = written?;
        match &over {
            Some(over) => {
                term.take(&over.parts);
                term.windowed = true;
                term.ahead = term.ahead.max(self.later(name, over, &list.args));
            }
            None => {
                term.aggregates = true;
                term.windowed = false;
                let here = self.scope().id;
                term.free.retain(|(scope, _, _)| *scope != here);
            }
        }
        Ok(term)
    }

    #[allow(clippy::too_many_arguments, reason = "they are the parts of one call")]
    fn write_aggregate(
        &mut self,
        at: Span,
        name: &str,
        rows: &[&'static SqlFunction],
        args: &[FunctionArg],
        within: &Within<'_>,
        over: Option<&Over>,
        condition: &str,
    ) -> Read<Term> {
        let star =
            matches!(args, [FunctionArg::Unnamed(FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_))]);
        let over_sql = over.map(|over| over.sql.clone()).unwrap_or_default();
        if star {
            if name != "COUNT" || within.distinct {
                return Err(wrong(at, format!("{name}(*) is nothing"), "Name a column; COUNT(*) counts rows."));
            }
            let filter = if condition.is_empty() { String::new() } else { format!(" FILTER (WHERE {condition})") };
            return Ok(Term::new(at, format!("count(*){filter}{over_sql}"), Kind::Int64));
        }
        let mut terms = Vec::new();
        for arg in args {
            let term = self.expr(plain_arg(at, arg)?)?;
            if term.windowed {
                return Err(wrong(
                    term.at,
                    format!("{name} cannot hold a window function"),
                    "Compute it in a subquery.",
                ));
            }
            terms.push(term);
        }
        let (row, terms) = fit(at, rows, terms)?;
        if within.distinct {
            if over.is_some_and(|over| over.ordered) {
                return Err(wrong(at, "DISTINCT cannot stand with ORDER BY in a window", "Leave one of them out."));
            }
            if let Some(term) = terms.first()
                && !term.kind.can_group()
            {
                return Err(wrong(
                    at,
                    format!("DISTINCT cannot compare values of type {}", term.kind),
                    "Aggregate one of its parts.",
                ));
            }
        }
        let takes_order = matches!(name, "ARRAY_AGG" | "STRING_AGG" | "ARRAY_CONCAT_AGG");
        let takes_nulls = matches!(
            name,
            "ARRAY_AGG"
                | "FIRST_VALUE"
                | "LAST_VALUE"
                | "NTH_VALUE"
                | "PERCENTILE_CONT"
                | "PERCENTILE_DISC"
                | "APPROX_QUANTILES"
                | "ANY_VALUE"
                | "LEAD"
                | "LAG"
        );
        if (!within.order.is_empty() || within.limit.is_some()) && !takes_order {
            return Err(wrong(at, format!("{name} takes no ORDER BY and no LIMIT"), "Leave them out."));
        }
        if (within.ignore_nulls || within.respect_nulls) && !takes_nulls {
            return Err(wrong(at, format!("{name} takes no IGNORE NULLS and no RESPECT NULLS"), "Leave it out."));
        }
        let mut all = terms.clone();
        let mut filters: Vec<String> = Vec::new();
        if !condition.is_empty() {
            filters.push(condition.to_owned());
        }
        let mut order = Vec::new();
        for item in within.order {
            let key = self.expr(&item.expr)?;
            // The engine orders distinct values by themselves only.
            let kind = if within.distinct { Kind::Int64 } else { key.kind.clone() };
            if !key.kind.can_order() {
                self.order_item(item, &key.sql, &key.sql, &key.kind)?;
            }
            order.push(self.order_item(item, &key.sql, &key.sql, &kind)?);
            all.push(key);
        }
        let distinct = if within.distinct { "DISTINCT " } else { "" };
        let x = terms.first().map_or("NULL", |term| term.sql.as_str());
        let kind = terms.first().map_or(Kind::Null, |term| term.kind.clone());
        let (template, gives) = match row.rule {
            // A NaN is the least, where the engine makes it the greatest.
            Rule::Aggregate(_) if name == "MIN" && kind == Kind::Float64 => {
                ("(-max({distinct}-({0})){filter}{over})".to_owned(), Kind::Float64)
            }
            Rule::Aggregate(template) | Rule::Window(template) => (template.to_owned(), gives(row, &terms)),
            _ => match name {
                "ARRAY_AGG" => {
                    if within.ignore_nulls {
                        filters.push(format!("{x} IS NOT NULL"));
                    }
                    if matches!(kind, Kind::Array(_)) {
                        return Err(wrong(
                            at,
                            "an array cannot hold arrays",
                            "Use ARRAY_CONCAT_AGG, or STRUCT(x AS a).",
                        ));
                    }
                    let text = self.limited("list({distinct}{0}{order}){filter}{over}", within)?;
                    (text, Kind::array(if kind == Kind::Null { Kind::Int64 } else { kind.clone() }))
                }
                "ARRAY_CONCAT_AGG" => (self.limited("flatten(list({0}{order}){filter}{over})", within)?, kind.clone()),
                "STRING_AGG" => {
                    let delimiter = terms.get(1).map_or("','".to_owned(), |term| term.sql.clone());
                    filters.push(format!("{x} IS NOT NULL"));
                    let text = match within.limit {
                        None if kind != Kind::Bytes => {
                            format!("string_agg({{distinct}}{{0}}, {delimiter}{{order}}){{filter}}{{over}}")
                        }
                        _ => {
                            let list = self.limited("list({distinct}{0}{order}){filter}{over}", within)?;
                            format!("array_to_string({list}, {delimiter})")
                        }
                    };
                    (text, kind.clone())
                }
                "ANY_VALUE" => {
                    let text = match within.having {
                        Some((bound, key)) => {
                            let key = self.expr(key)?;
                            let word =
                                if matches!(bound, HavingBoundKind::Max) { "arg_max_null" } else { "arg_min_null" };
                            filters.push(format!("{} IS NOT NULL", key.sql));
                            let text = format!("{word}({{0}}, {}){{filter}}{{over}}", key.sql);
                            all.push(key);
                            text
                        }
                        None if within.ignore_nulls => "any_value({0}){filter}{over}".to_owned(),
                        // The engine's any_value passes over NULL; the first value is one of them too.
                        None => "any_value({0}){filter}{over}".to_owned(),
                    };
                    (text, kind.clone())
                }
                "MAX_BY" | "MIN_BY" => {
                    let word = if name == "MAX_BY" { "arg_max_null" } else { "arg_min_null" };
                    filters.push(format!("{} IS NOT NULL", terms.get(1).map_or("NULL", |term| term.sql.as_str())));
                    (format!("{word}({{0}}, {{1}}){{filter}}{{over}}"), kind.clone())
                }
                "APPROX_TOP_COUNT" => {
                    let number = written_number(at, name, &terms)?;
                    // NULL is a value here, and no key of the engine's histogram: each is wrapped. Equal counts go by value.
                    let counts = "map_entries(histogram(struct_pack(v := {0})){filter}{over})";
                    let text = format!(
                        "list_transform(list_sort(list_transform({counts}, lambda e: struct_pack(c := -CAST(e.value AS BIGINT), v := e.key.v)))[1:{number}], lambda e: struct_pack(\"value\" := e.v, \"count\" := -e.c))"
                    );
                    let value = if kind == Kind::Null { Kind::Int64 } else { kind.clone() };
                    let fields = vec![(Some("value".to_owned()), value), (Some("count".to_owned()), Kind::Int64)];
                    (text, Kind::array(Kind::Struct(fields)))
                }
                "APPROX_QUANTILES" => {
                    let number = written_number(at, name, &terms)?;
                    if within.respect_nulls {
                        return Err(unsupported(at, "APPROX_QUANTILES with RESPECT NULLS"));
                    }
                    // The value of rank 1 + floor((n - 1) * i / number + 1/2): exact, and the middle one of an odd number.
                    let sorted = "list_sort(list({distinct}{0}){filter}{over})";
                    let text = format!(
                        "list_transform([{sorted}], lambda l: CASE WHEN l IS NULL THEN NULL ELSE list_transform(range(0, {number} + 1), lambda i: l[CAST(1 + floor((len(l) - 1) * i / {number}.0 + 0.5) AS BIGINT)]) END)[1]"
                    );
                    filters.push(format!("{x} IS NOT NULL"));
                    (text, Kind::array(kind.clone()))
                }
                "PERCENTILE_CONT" | "PERCENTILE_DISC" => return self.percentile(at, name, &terms, within, over),
                "AVG" | "SUM" => {
                    let text = match (name, &kind) {
                        ("SUM", Kind::Int64) => "CAST(sum({distinct}{0}){filter}{over} AS BIGINT)",
                        ("SUM", Kind::Float64) => "sum({distinct}{0}){filter}{over}",
                        ("SUM", Kind::Numeric) => "bq_numeric(CAST(sum({distinct}{0}){filter}{over} AS DECIMAL(38,9)))",
                        ("SUM", Kind::BigNumeric) => {
                            "bq_bignumeric(CAST(sum({distinct}{0}){filter}{over} AS DECIMAL(38,18)))"
                        }
                        ("SUM", Kind::Interval) => "sum({distinct}{0}){filter}{over}",
                        ("AVG", Kind::Int64 | Kind::Float64) => "avg({distinct}{0}){filter}{over}",
                        ("AVG", Kind::Numeric) => {
                            "bq_numeric_divide(CAST(sum({distinct}{0}){filter}{over} AS DECIMAL(38,9)), CAST(nullif(count({distinct}{0}){filter}{over}, 0) AS DECIMAL(38,9)))"
                        }
                        _ => return Err(unsupported(at, format!("{name} of {kind}"))),
                    };
                    let gives = if name == "AVG" && kind == Kind::Int64 { Kind::Float64 } else { kind.clone() };
                    (text.to_owned(), gives)
                }
                _ => return Err(unsupported(at, name)),
            },
        };
        if let Some((_, _)) = within.having
            && name != "ANY_VALUE"
        {
            return Err(unsupported(at, format!("HAVING in {name} (ANY_VALUE has it)")));
        }
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        let filter =
            if filters.is_empty() { String::new() } else { format!(" FILTER (WHERE {})", filters.join(" AND ")) };
        let nulls = if within.ignore_nulls { " IGNORE NULLS" } else { "" };
        let sql = fill(&template, &terms, false)
            .replace("{distinct}", distinct)
            .replace("{order}", &order)
            .replace("{filter}", &filter)
            .replace("{nulls}", nulls)
            .replace("{over}", &over_sql);
        Ok(Term::from(at, sql, gives, &all.iter().collect::<Vec<_>>()))
    }

    fn limited(&mut self, list: &str, within: &Within<'_>) -> Read<String> {
        Ok(match within.limit {
            Some(limit) => format!("list_slice({list}, 1, {})", self.whole_number(limit, "LIMIT")?),
            None => list.to_owned(),
        })
    }

    /// PERCENTILE_CONT and PERCENTILE_DISC, which BigQuery has over windows only.
    fn percentile(
        &mut self,
        at: Span,
        name: &str,
        terms: &[Term],
        within: &Within<'_>,
        over: Option<&Over>,
    ) -> Read<Term> {
        let Some(over) = over else {
            return Err(wrong(
                at,
                format!("{name} needs OVER"),
                "Write OVER (PARTITION BY …), or use APPROX_QUANTILES.",
            ));
        };
        if over.ordered || over.framed {
            return Err(wrong(at, format!("the window of {name} has no ORDER BY and no frame"), "Leave them out."));
        }
        if within.respect_nulls || within.distinct {
            return Err(unsupported(at, format!("RESPECT NULLS or DISTINCT in {name}")));
        }
        let [x, p] = terms else {
            return Err(wrong(at, format!("{name} takes a value and a share"), format!("Write {name}(x, 0.5).")));
        };
        let share = match &p.form {
            Form::Int(number) => Some(*number as f64),
            Form::Float(text) => text.parse().ok(),
            _ => None,
        };
        let Some(share) = share.filter(|share| (0.0..=1.0).contains(share)) else {
            return Err(wrong(
                p.at,
                format!("the share of {name} is a number from 0 to 1 that is written"),
                format!("Write {name}(x, 0.5)."),
            ));
        };
        let word = if name == "PERCENTILE_CONT" { "quantile_cont" } else { "quantile_disc" };
        let kind = if name == "PERCENTILE_CONT" { Kind::Float64 } else { x.kind.clone() };
        Ok(Term::from(at, format!("{word}({}, {share:?}){}", x.sql, over.sql), kind, &[x]))
    }

    /// `ARRAY(SELECT …)`: its rows as an array, in its order.
    pub(crate) fn array_query(&mut self, at: Span, query: &Query) -> Read<Term> {
        let rel = self.subquery(query)?;
        let [column] = &rel.columns[..] else {
            return Err(wrong(
                at,
                format!("ARRAY(SELECT …) takes one column, and this gives {}", rel.columns.len()),
                "Leave one, or write SELECT AS STRUCT.",
            ));
        };
        let kind = match &column.kind {
            Kind::Array(_) => return Err(wrong(at, "an array cannot hold arrays", "Write SELECT AS STRUCT.")),
            Kind::Null => Kind::Int64,
            kind => kind.clone(),
        };
        let sql = format!("coalesce(ARRAY({}), CAST([] AS {}[]))", rel.sql, kind.engine());
        Ok(crate::sql::expr::of_query(at, sql, Kind::array(kind), &rel))
    }

    /// A window by its name.
    pub(crate) fn window_named(&mut self, name: &Ident) -> Read<WindowSpec> {
        let found =
            self.scope().windows.iter().find(|(known, _)| same(known, &name.value)).map(|(_, spec)| spec.clone());
        let known: Vec<String> = self.scope().windows.iter().map(|(name, _)| name.clone()).collect();
        found.ok_or_else(|| {
            missing(
                name.span,
                format!("there is no window {}", name.value),
                &name.value,
                known.iter().map(String::as_str),
                "Name it in WINDOW name AS (…).",
            )
        })
    }

    fn over(&mut self, window: &WindowType, name: &str) -> Read<Over> {
        let mut spec = match window {
            WindowType::NamedWindow(name) => self.window_named(name)?,
            WindowType::WindowSpec(spec) => spec.clone(),
        };
        while let Some(base) = spec.window_name.take() {
            let base = self.window_named(&base)?;
            if !spec.partition_by.is_empty() || (!spec.order_by.is_empty() && !base.order_by.is_empty()) {
                return Err(wrong(
                    spec.partition_by.first().map_or(Span::empty(), |e| e.span()),
                    "a window that names another adds an order or a frame only",
                    "Leave out what the named window has.",
                ));
            }
            spec.partition_by = base.partition_by;
            spec.order_by = if spec.order_by.is_empty() { base.order_by } else { spec.order_by };
            spec.window_frame = spec.window_frame.or(base.window_frame);
            spec.window_name = base.window_name;
        }
        let aggregate = std::mem::replace(&mut self.in_aggregate, false);
        let over = self.over_spec(&spec, name);
        self.in_aggregate = aggregate;
        over
    }

    fn over_spec(&mut self, spec: &WindowSpec, name: &str) -> Read<Over> {
        let mut parts = Term::new(Span::empty(), "", Kind::Null);
        let mut text = Vec::new();
        let mut keys = Vec::new();
        for expr in &spec.partition_by {
            let term = self.expr(expr)?;
            if !term.kind.can_group() || term.kind == Kind::Float64 {
                return Err(wrong(
                    expr.span(),
                    format!("PARTITION BY cannot take values of type {}", term.kind),
                    "Cast it, or use one of its parts.",
                ));
            }
            parts.take(&term);
            keys.push(term.sql);
        }
        if !keys.is_empty() {
            text.push(format!("PARTITION BY {}", keys.join(", ")));
        }
        let mut order = Vec::new();
        for item in &spec.order_by {
            let term = self.expr(&item.expr)?;
            // A frame by values has one key.
            let kind = if by_values(spec) { &Kind::Int64 } else { &term.kind };
            order.push(self.order_item(item, &term.sql, &term.sql, kind)?);
            parts.take(&term);
        }
        let needs_order = [
            "RANK",
            "DENSE_RANK",
            "PERCENT_RANK",
            "CUME_DIST",
            "NTILE",
            "LEAD",
            "LAG",
            "FIRST_VALUE",
            "LAST_VALUE",
            "NTH_VALUE",
        ];
        if order.is_empty() && needs_order[..7].contains(&name) {
            return Err(wrong(
                Span::empty(),
                format!("the window of {name} needs ORDER BY"),
                "Write OVER (… ORDER BY …).",
            ));
        }
        if !order.is_empty() {
            text.push(format!("ORDER BY {}", order.join(", ")));
        }
        let mut over = Over {
            sql: String::new(),
            parts,
            ordered: !order.is_empty(),
            descending: matches!(
                spec.order_by.first().and_then(|item| item.options.sort.as_ref()),
                Some(OrderBySort::Desc)
            ),
            frame_ahead: if order.is_empty() { FAR } else { 0 },
            frame_behind: FAR,
            framed: spec.window_frame.is_some(),
        };
        if let Some(frame) = &spec.window_frame {
            if matches!(
                name,
                "RANK" | "DENSE_RANK" | "ROW_NUMBER" | "PERCENT_RANK" | "CUME_DIST" | "NTILE" | "LEAD" | "LAG"
            ) {
                return Err(wrong(
                    Span::empty(),
                    format!("the window of {name} has no frame"),
                    "Leave ROWS or RANGE out.",
                ));
            }
            text.push(self.frame(frame, &mut over)?);
        }
        over.sql = format!(" OVER ({})", text.join(" "));
        Ok(over)
    }

    fn frame(&mut self, frame: &WindowFrame, over: &mut Over) -> Read<String> {
        let units = match frame.units {
            WindowFrameUnits::Rows => "ROWS",
            WindowFrameUnits::Range => "RANGE",
            WindowFrameUnits::Groups => return Err(unsupported(Span::empty(), "GROUPS in a window")),
        };
        let rows = units == "ROWS";
        let start = self.bound(&frame.start_bound)?;
        let end = match &frame.end_bound {
            Some(end) => self.bound(end)?,
            None => "CURRENT ROW".to_owned(),
        };
        let distance = |bound: &WindowFrameBound| -> (u32, u32) {
            let number = |expr: &Expr| match expr {
                Expr::Value(value) if rows => value.value.to_string().parse().unwrap_or(FAR),
                _ => FAR,
            };
            match bound {
                WindowFrameBound::CurrentRow => (0, 0),
                WindowFrameBound::Following(None) => (FAR, 0),
                WindowFrameBound::Preceding(None) => (0, FAR),
                WindowFrameBound::Following(Some(expr)) => (number(expr), 0),
                WindowFrameBound::Preceding(Some(expr)) => (0, number(expr)),
            }
        };
        let (a, b) = (distance(&frame.start_bound), frame.end_bound.as_ref().map_or((0, 0), distance));
        over.frame_ahead = if over.ordered { a.0.max(b.0) } else { FAR };
        over.frame_behind = a.1.max(b.1);
        Ok(format!("{units} BETWEEN {start} AND {end}"))
    }

    fn bound(&mut self, bound: &WindowFrameBound) -> Read<String> {
        let (expr, word) = match bound {
            WindowFrameBound::CurrentRow => return Ok("CURRENT ROW".to_owned()),
            WindowFrameBound::Preceding(None) => return Ok("UNBOUNDED PRECEDING".to_owned()),
            WindowFrameBound::Following(None) => return Ok("UNBOUNDED FOLLOWING".to_owned()),
            WindowFrameBound::Preceding(Some(expr)) => (expr, "PRECEDING"),
            WindowFrameBound::Following(Some(expr)) => (expr, "FOLLOWING"),
        };
        let term = self.expr(expr)?;
        match &term.form {
            Form::Int(number) if *number >= 0 => Ok(format!("{number} {word}")),
            Form::Float(number) if !number.starts_with('-') => Ok(format!("{number} {word}")),
            Form::Param => Ok(format!("{} {word}", term.sql)),
            _ => {
                Err(wrong(expr.span(), "the bound of a window is a number that is written", format!("Write 3 {word}.")))
            }
        }
    }

    /// How many later rows a window function reads, where time runs with the window's order.
    fn later(&self, name: &str, over: &Over, args: &[FunctionArg]) -> u32 {
        let step = || match args.get(1) {
            None => 1,
            Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))) => {
                value.value.to_string().parse().unwrap_or(FAR)
            }
            Some(_) => FAR,
        };
        match (name, over.descending) {
            ("LEAD", false) | ("LAG", true) => step(),
            ("LEAD", true) | ("LAG", false) => 0,
            ("ROW_NUMBER" | "RANK" | "DENSE_RANK", false) => 0,
            ("ROW_NUMBER" | "RANK" | "DENSE_RANK" | "NTILE" | "PERCENT_RANK" | "CUME_DIST", _) => FAR,
            (_, false) => over.frame_ahead,
            (_, true) => over.frame_behind.max(if over.ordered { 0 } else { FAR }),
        }
    }
}

/// How many values an approximate aggregate gives, its second argument.
fn written_number(at: Span, name: &str, terms: &[Term]) -> Read<i64> {
    match terms.get(1).map(|term| &term.form) {
        Some(Form::Int(number @ 1..=10_000)) => Ok(*number),
        _ => Err(wrong(
            at,
            format!("{name} takes a number from 1 to 10000 that is written"),
            format!("Write {name}(x, 4)."),
        )),
    }
}

/// Whether a window's frame is counted in values of its key.
fn by_values(spec: &WindowSpec) -> bool {
    let counted = |bound: &WindowFrameBound| {
        matches!(bound, WindowFrameBound::Preceding(Some(_)) | WindowFrameBound::Following(Some(_)))
    };
    spec.window_frame.as_ref().is_some_and(|frame| {
        frame.units == WindowFrameUnits::Range
            && (counted(&frame.start_bound) || frame.end_bound.as_ref().is_some_and(counted))
    })
}
