//! Expressions that are not calls: names, operators, conditions, arrays, structs, subqueries.

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, CeilFloorKind, DataType, Expr, Ident, Query, Spanned as _, StructField,
    Subscript, TrimWhereField, UnaryOperator, Value,
};
use sqlparser::tokenizer::Span;

use crate::sql::analyse::{Analyser, Rel};
use crate::sql::cast::{cast, coerce, common};
use crate::sql::compare;
use crate::sql::fault::{Read, missing, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::scope::fields;
use crate::sql::term::{Form, Term, expect, failure};

impl Analyser<'_> {
    /// An expression in the engine's words.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Read<Term> {
        self.deeper(expr.span(), |this| {
            let mut term = this.expr_inside(expr)?;
            let at = expr.span();
            if at != Span::empty() {
                term.at = at;
            }
            Ok(term)
        })
    }

    fn expr_inside(&mut self, expr: &Expr) -> Read<Term> {
        let at = expr.span();
        match expr {
            Expr::Identifier(name) => self.path(std::slice::from_ref(name)),
            Expr::CompoundIdentifier(path) => self.path(path),
            Expr::Nested(inner) => self.expr(inner),
            Expr::Value(value) => match &value.value {
                Value::Placeholder(name) => self.param(value.span, name),
                _ => crate::sql::literal::literal(value),
            },
            Expr::TypedString(typed) => {
                let kind = Kind::of_type(at, &typed.data_type)?;
                let text = crate::sql::literal::literal(&typed.value)?;
                match &text.form {
                    Form::Text(content) if !typed.uses_odbc_syntax => crate::sql::literal::typed(at, &kind, content),
                    _ => Err(wrong(at, format!("{kind} is followed by no text"), format!("Write {kind} '…'."))),
                }
            }
            Expr::UnaryOp { op, expr: inner } => self.unary(at, *op, inner),
            Expr::BinaryOp { left, op, right } => {
                if let Some(array) = self.typed_array(left, op, right)? {
                    return Ok(array);
                }
                self.binary(at, left, op, right)
            }
            Expr::IsNull(inner) => self.test(at, inner, "IS NULL", false),
            Expr::IsNotNull(inner) => self.test(at, inner, "IS NOT NULL", false),
            Expr::IsTrue(inner) => self.test(at, inner, "IS TRUE", true),
            Expr::IsNotTrue(inner) => self.test(at, inner, "IS NOT TRUE", true),
            Expr::IsFalse(inner) => self.test(at, inner, "IS FALSE", true),
            Expr::IsNotFalse(inner) => self.test(at, inner, "IS NOT FALSE", true),
            Expr::IsUnknown(inner) => self.test(at, inner, "IS NULL", true),
            Expr::IsNotUnknown(inner) => self.test(at, inner, "IS NOT NULL", true),
            Expr::IsDistinctFrom(a, b) => self.compare(at, a, "IS DISTINCT FROM", b),
            Expr::IsNotDistinctFrom(a, b) => self.compare(at, a, "IS NOT DISTINCT FROM", b),
            Expr::Between { expr, negated, low, high } => {
                let terms = [self.expr(expr)?, self.expr(low)?, self.expr(high)?];
                let below_nan = compare::may_be_nan(&terms[2]);
                let [x, low, high] = self.alike(at, terms, "BETWEEN")?;
                let mut sql = format!("({} BETWEEN {} AND {})", x.sql, low.sql, high.sql);
                if below_nan {
                    sql = format!("({sql} AND {})", compare::not_nan(&high.sql, &[&x.sql, &low.sql]));
                }
                let sql = if *negated { format!("(NOT {sql})") } else { sql };
                Ok(Term::from(at, sql, Kind::Bool, &[&x, &low, &high]))
            }
            Expr::InList { expr, list, negated } => {
                let mut terms = vec![self.expr(expr)?];
                for item in list {
                    terms.push(self.expr(item)?);
                }
                let nan: Vec<bool> = terms.iter().map(compare::may_be_nan).collect();
                let terms = self.all_alike(at, terms, "IN")?;
                let x = &terms[0].sql;
                let sql = if let kind @ Kind::Struct(_) = &terms[0].kind {
                    let tests: Vec<String> = terms[1..].iter().map(|item| compare::alike(kind, x, &item.sql)).collect();
                    format!("({})", tests.join(" OR "))
                } else if nan[0] && nan[1..].contains(&true) {
                    let tests = terms[1..].iter().zip(&nan[1..]);
                    let tests: Vec<String> =
                        tests.map(|(item, nan)| compare::comparison(x, "=", &item.sql, [true, *nan])).collect();
                    format!("({})", tests.join(" OR "))
                } else {
                    let list: Vec<&str> = terms[1..].iter().map(|term| term.sql.as_str()).collect();
                    format!("({x} IN ({}))", list.join(", "))
                };
                let sql = if *negated { format!("(NOT {sql})") } else { sql };
                Ok(Term::from(at, sql, Kind::Bool, &terms.iter().collect::<Vec<_>>()))
            }
            Expr::InSubquery { expr, subquery, negated } => self.in_query(at, expr, subquery, *negated),
            Expr::InUnnest { expr, array_expr, negated } => self.in_unnest(at, expr, array_expr, *negated),
            Expr::Like { negated, any, expr, pattern, escape_char } => {
                if escape_char.is_some() {
                    return Err(unsupported(at, "LIKE … ESCAPE (BigQuery's escape is \\)"));
                }
                self.like(at, expr, pattern, *any, *negated)
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                let mut tests = Vec::new();
                let mut results = Vec::new();
                for when in conditions {
                    tests.push(match operand {
                        Some(operand) => self.compare(when.condition.span(), operand, "=", &when.condition)?,
                        None => self.condition(&when.condition, "CASE")?,
                    });
                    results.push(self.expr(&when.result)?);
                }
                if let Some(otherwise) = else_result {
                    results.push(self.expr(otherwise)?);
                }
                let results = self.all_alike_in(at, results, "CASE", false)?;
                let mut sql = "(CASE".to_owned();
                for (test, result) in tests.iter().zip(&results) {
                    sql.push_str(&format!(" WHEN {} THEN {}", test.sql, result.sql));
                }
                if else_result.is_some()
                    && let Some(last) = results.last()
                {
                    sql.push_str(&format!(" ELSE {}", last.sql));
                }
                sql.push_str(" END)");
                let kind = results.first().map_or(Kind::Null, |term| term.kind.clone());
                Ok(Term::from(at, sql, kind, &tests.iter().chain(&results).collect::<Vec<_>>()))
            }
            Expr::Cast { kind, expr, data_type, format } => {
                if format.is_some() {
                    return Err(unsupported(at, "CAST with FORMAT (use FORMAT_DATE, PARSE_DATE and their like)"));
                }
                let safe = match kind {
                    CastKind::Cast => false,
                    CastKind::SafeCast => true,
                    CastKind::TryCast => return Err(unsupported(at, "TRY_CAST (write SAFE_CAST)")),
                    CastKind::DoubleColon => return Err(unsupported(at, ":: (write CAST(x AS type))")),
                };
                let (term, to) = (self.expr(expr)?, Kind::of_type(at, data_type)?);
                let safe = safe || self.safe;
                cast(at, &term, &to, safe)
            }
            Expr::Extract { field, expr: inner, .. } => self.extract(at, field, inner),
            Expr::Ceil {
                expr: inner,
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
            } => {
                let term = self.expr(inner)?;
                self.known(at, "CEIL", vec![term])
            }
            Expr::Floor {
                expr: inner,
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
            } => {
                let term = self.expr(inner)?;
                self.known(at, "FLOOR", vec![term])
            }
            Expr::Substring { expr: inner, substring_from: Some(from), substring_for, special, .. } => {
                if !special {
                    return Err(unsupported(at, "SUBSTRING(x FROM n) (write SUBSTR(x, n))"));
                }
                let mut terms = vec![self.expr(inner)?, self.expr(from)?];
                if let Some(length) = substring_for {
                    terms.push(self.expr(length)?);
                }
                self.known(at, "SUBSTR", terms)
            }
            Expr::Trim { trim_where, trim_what: None, expr: inner, trim_characters } => {
                let name = match trim_where {
                    None => "TRIM",
                    Some(TrimWhereField::Both | TrimWhereField::Leading | TrimWhereField::Trailing) => {
                        return Err(unsupported(at, "TRIM(BOTH …) (write TRIM, LTRIM or RTRIM)"));
                    }
                };
                let mut terms = vec![self.expr(inner)?];
                for characters in trim_characters.iter().flatten() {
                    terms.push(self.expr(characters)?);
                }
                self.known(at, name, terms)
            }
            Expr::Convert { expr: inner, data_type: Some(of), target_before_value: true, .. } => {
                self.array_of_structs(at, inner, of)
            }
            Expr::Function(function) => self.call(function),
            Expr::Exists { subquery, negated } => {
                let rel = self.subquery(subquery)?;
                let not = if *negated { "NOT " } else { "" };
                Ok(of_query(at, format!("({not}EXISTS ({}))", rel.sql), Kind::Bool, &rel))
            }
            Expr::Subquery(query) => {
                let rel = self.subquery(query)?;
                let [column] = &rel.columns[..] else {
                    return Err(wrong(
                        at,
                        format!("a subquery in an expression gives one column, and this gives {}", rel.columns.len()),
                        "Leave one, or write SELECT AS STRUCT.",
                    ));
                };
                let kind = column.kind.clone();
                // The engine would take the first of several rows.
                Ok(of_query(at, format!("({})", rel.sql), kind, &rel))
            }
            Expr::Array(array) => {
                let mut terms = Vec::new();
                for item in &array.elem {
                    terms.push(self.expr(item)?);
                }
                self.array_of(at, terms)
            }
            Expr::Struct { values, fields } => self.structure(at, values, fields),
            Expr::Tuple(values) => self.structure(at, values, &[]),
            Expr::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain),
            Expr::Interval(interval) => self.interval(at, interval),
            Expr::AtTimeZone { .. } => {
                Err(unsupported(at, "AT TIME ZONE outside EXTRACT (use DATETIME(timestamp, zone))"))
            }
            Expr::Named { expr: inner, .. } => self.expr(inner),
            Expr::ILike { .. } => Err(unsupported(at, "ILIKE (write LOWER(x) LIKE …)")),
            Expr::SimilarTo { .. } | Expr::RLike { .. } => {
                Err(unsupported(at, "SIMILAR TO and RLIKE (write REGEXP_CONTAINS)"))
            }
            Expr::Position { .. } => Err(unsupported(at, "POSITION (write STRPOS)")),
            Expr::Collate { .. } => Err(unsupported(at, "COLLATE")),
            other => Err(unsupported(at, format!("the expression {}", brief(other)))),
        }
    }

    /// A path of names: a column, a field, a row.
    pub(crate) fn path(&mut self, path: &[Ident]) -> Read<Term> {
        let Some(first) = path.first() else { return Err(unsupported(Span::empty(), "an empty name")) };
        // BigQuery's system variables and @parameters after a dialect's own reading.
        if first.value.starts_with('@') && first.quote_style.is_none() {
            return if path.len() == 1 && !first.value.starts_with("@@") {
                self.param(first.span, &first.value)
            } else {
                Err(unsupported(first.span, format!("the variable {}", first.value)))
            };
        }
        let in_aggregate = self.in_aggregate;
        let depth = self.scopes.len();
        for (level, scope) in self.scopes.iter().enumerate().rev() {
            if let Some(mut term) = scope.find(path)? {
                // A name of the select list that is an aggregate cannot stand within one: the column is meant.
                if in_aggregate && level + 1 == depth && (term.aggregates || term.windowed) {
                    let columns = crate::sql::scope::Scope {
                        id: scope.id,
                        sources: scope.sources.clone(),
                        star: scope.star.clone(),
                        ..Default::default()
                    };
                    if let Some(column) = columns.find(path)? {
                        term = column;
                    }
                }
                return Ok(term);
            }
        }
        if path.len() == 1 && first.quote_style.is_none() {
            let word = first.value.to_uppercase();
            if matches!(word.as_str(), "CURRENT_DATE" | "CURRENT_TIMESTAMP" | "CURRENT_DATETIME" | "CURRENT_TIME") {
                return self.known(first.span, &word, Vec::new());
            }
        }
        let names: Vec<String> = self.scopes.iter().rev().flat_map(|scope| scope.names().map(str::to_owned)).collect();
        let hint = match names.is_empty() {
            true => "There is no FROM; a text is written in quotes.".to_owned(),
            false => {
                let shown: Vec<&str> = names.iter().map(String::as_str).take(12).collect();
                format!("The columns are {}.", shown.join(", "))
            }
        };
        Err(missing(
            first.span,
            format!("there is no column {}", first.value),
            &first.value,
            names.iter().map(String::as_str).filter(|name| !name.is_empty()),
            &hint,
        ))
    }

    fn test(&mut self, at: Span, inner: &Expr, words: &str, of_bool: bool) -> Read<Term> {
        let term = self.expr(inner)?;
        if of_bool {
            expect(&term, &Kind::Bool, words)?;
        }
        Ok(Term::from(at, format!("({} {words})", term.sql), Kind::Bool, &[&term]))
    }

    fn unary(&mut self, at: Span, op: UnaryOperator, inner: &Expr) -> Read<Term> {
        if op == UnaryOperator::Minus
            && let Expr::Value(value) = inner
            && let Value::Number(text, false) = &value.value
        {
            return crate::sql::literal::number(at, text, true);
        }
        let term = self.expr(inner)?;
        match op {
            UnaryOperator::Not => {
                expect(&term, &Kind::Bool, "what follows NOT")?;
                Ok(Term::from(at, format!("(NOT {})", term.sql), Kind::Bool, &[&term]))
            }
            UnaryOperator::Minus if term.kind.is_number() || term.kind == Kind::Interval => {
                Ok(Term::from(at, format!("(-{})", term.sql), term.kind.clone(), &[&term]))
            }
            UnaryOperator::Plus if term.kind.is_number() => Ok(term),
            UnaryOperator::BitwiseNot if term.kind == Kind::Int64 => {
                Ok(Term::from(at, format!("(~{})", term.sql), Kind::Int64, &[&term]))
            }
            op => Err(wrong(
                at,
                format!("{op} cannot stand before {}", term.kind.with_article()),
                "Cast it, or leave the operator out.",
            )),
        }
    }

    fn binary(&mut self, at: Span, left: &Expr, op: &BinaryOperator, right: &Expr) -> Read<Term> {
        use BinaryOperator as B;
        match op {
            B::Eq => self.compare(at, left, "=", right),
            B::NotEq => self.compare(at, left, "<>", right),
            B::Lt => self.compare(at, left, "<", right),
            B::LtEq => self.compare(at, left, "<=", right),
            B::Gt => self.compare(at, left, ">", right),
            B::GtEq => self.compare(at, left, ">=", right),
            B::And | B::Or => {
                let word = if *op == B::And { "AND" } else { "OR" };
                let (a, b) = (self.expr(left)?, self.expr(right)?);
                expect(&a, &Kind::Bool, &format!("what stands before {word}"))?;
                expect(&b, &Kind::Bool, &format!("what follows {word}"))?;
                Ok(Term::from(at, format!("({} {word} {})", a.sql, b.sql), Kind::Bool, &[&a, &b]))
            }
            B::StringConcat => {
                let (a, b) = (self.expr(left)?, self.expr(right)?);
                let kind = match (&a.kind, &b.kind) {
                    (Kind::Array(_), Kind::Array(_)) => common(&[&a, &b]),
                    (Kind::Null, Kind::Null) => Some(Kind::String),
                    (Kind::Bytes, _) | (_, Kind::Bytes) => common(&[&a, &b]).filter(|kind| *kind == Kind::Bytes),
                    _ => Some(Kind::String),
                };
                let text = |term: &Term| match (&kind, &term.kind) {
                    (Some(Kind::String), from) if from.is_number() || from.is_time() || *from == Kind::Bool => {
                        cast(term.at, term, &Kind::String, false).ok()
                    }
                    (Some(kind), _) => coerce(term, kind),
                    (None, _) => None,
                };
                let (Some(x), Some(y), Some(kind)) = (text(&a), text(&b), kind.clone()) else {
                    return Err(mismatch(at, "||", &a, &b));
                };
                let sql = match kind {
                    Kind::Array(_) => format!(
                        "(CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE list_concat({0}, {1}) END)",
                        x.sql, y.sql
                    ),
                    _ => format!("({} || {})", x.sql, y.sql),
                };
                Ok(Term::from(at, sql, kind, &[&x, &y]))
            }
            B::Plus | B::Minus | B::Multiply | B::Divide => {
                let (a, b) = (self.expr(left)?, self.expr(right)?);
                self.arithmetic(at, a, op, b)
            }
            B::BitwiseAnd | B::BitwiseOr | B::BitwiseXor | B::PGBitwiseShiftLeft | B::PGBitwiseShiftRight => {
                let (a, b) = (self.expr(left)?, self.expr(right)?);
                expect(&a, &Kind::Int64, &format!("what stands before {op}"))?;
                expect(&b, &Kind::Int64, &format!("what follows {op}"))?;
                let (x, y) = (&a.sql, &b.sql);
                let no = failure(self.safe, "a shift by a negative number");
                let sql = match op {
                    B::BitwiseAnd => format!("({x} & {y})"),
                    B::BitwiseOr => format!("({x} | {y})"),
                    B::BitwiseXor => format!("xor({x}, {y})"),
                    // Bits fall off at the left; the engine would call that an overflow.
                    B::PGBitwiseShiftLeft => {
                        format!("(CASE WHEN {y} < 0 THEN {no} WHEN {y} > 63 THEN 0 ELSE bq_shift_left({x}, {y}) END)")
                    }
                    // BigQuery shifts zeros in from the left, whatever the sign.
                    _ => format!(
                        "(CASE WHEN {y} < 0 THEN {no} WHEN {y} > 63 THEN 0 WHEN {y} = 0 THEN {x} ELSE ({x} >> {y}) & ((CAST(1 AS BIGINT) << (63 - {y})) - 1 + (CAST(1 AS BIGINT) << (63 - {y}))) END)"
                    ),
                };
                Ok(Term::from(at, sql, Kind::Int64, &[&a, &b]))
            }
            B::Modulo => Err(unsupported(at, "% (write MOD(a, b))")),
            other => Err(unsupported(at, format!("the operator {other}"))),
        }
    }

    /// `+ - * /` with BigQuery's types: `/` of whole numbers is a FLOAT64, and nothing divides by zero.
    pub(crate) fn arithmetic(&mut self, at: Span, a: Term, op: &BinaryOperator, b: Term) -> Read<Term> {
        use BinaryOperator as B;
        if let Some(term) = self.time_arithmetic(at, &a, op, &b)? {
            return Ok(term);
        }
        let Some(kind) = common(&[&a, &b]).filter(|kind| kind.is_number() || *kind == Kind::Null) else {
            return Err(mismatch(at, &op.to_string(), &a, &b));
        };
        let kind = match (op, kind) {
            (B::Divide, Kind::Int64 | Kind::Null) => Kind::Float64,
            (_, Kind::Null) => Kind::Int64,
            (_, kind) => kind,
        };
        if kind == Kind::BigNumeric && matches!(op, B::Multiply | B::Divide) {
            return Err(unsupported(at, format!("{op} of BIGNUMERIC (cast to NUMERIC or FLOAT64)")));
        }
        let (Some(x), Some(y)) = (coerce(&a, &kind), coerce(&b, &kind)) else {
            return Err(mismatch(at, &op.to_string(), &a, &b));
        };
        let zero = failure(self.safe, "division by zero");
        let sql = match (op, &kind) {
            (B::Divide, Kind::Float64) => format!("(CASE WHEN {1} = 0 THEN {zero} ELSE {0} / {1} END)", x.sql, y.sql),
            (B::Divide, _) => {
                format!("(CASE WHEN {1} = 0 THEN {zero} ELSE bq_numeric_divide({0}, {1}) END)", x.sql, y.sql)
            }
            (B::Multiply, Kind::Numeric) => format!("CAST(({} * {}) AS DECIMAL(38,9))", x.sql, y.sql),
            _ => format!("({} {op} {})", x.sql, y.sql),
        };
        let sql = if kind == Kind::Numeric && matches!(op, B::Plus | B::Minus) {
            format!("CAST({sql} AS DECIMAL(38,9))")
        } else {
            sql
        };
        Ok(Term::from(at, sql, kind, &[&x, &y]))
    }

    /// A comparison of values that are alike, or that a literal makes alike.
    fn compare(&mut self, at: Span, left: &Expr, op: &str, right: &Expr) -> Read<Term> {
        let terms = [self.expr(left)?, self.expr(right)?];
        let nan = [compare::may_be_nan(&terms[0]), compare::may_be_nan(&terms[1])];
        let [a, b] = self.alike(at, terms, op)?;
        let sql = match (&a.kind, op) {
            (Kind::Struct(_), "=") => compare::alike(&a.kind, &a.sql, &b.sql),
            (Kind::Struct(_), "<>") => format!("(NOT {})", compare::alike(&a.kind, &a.sql, &b.sql)),
            _ => compare::comparison(&a.sql, op, &b.sql, nan),
        };
        Ok(Term::from(at, sql, Kind::Bool, &[&a, &b]))
    }

    /// Terms of one type that can be compared.
    fn alike<const N: usize>(&mut self, at: Span, terms: [Term; N], what: &str) -> Read<[Term; N]> {
        let terms = self.all_alike(at, terms.into(), what)?;
        terms.try_into().map_err(|_| unsupported(at, what))
    }

    pub(crate) fn all_alike(&mut self, at: Span, terms: Vec<Term>, what: &str) -> Read<Vec<Term>> {
        self.all_alike_in(at, terms, what, true)
    }

    /// Terms as the type they share.
    pub(crate) fn all_alike_in(&mut self, at: Span, terms: Vec<Term>, what: &str, compared: bool) -> Read<Vec<Term>> {
        let kind = common(&terms.iter().collect::<Vec<_>>());
        let Some(kind) = kind else {
            let mut kinds: Vec<String> = terms.iter().map(Term::called).collect();
            kinds.dedup();
            return Err(wrong(
                at,
                format!("{what} joins values of different types: {}", kinds.join(", ")),
                "Cast one of them: CAST(x AS type).",
            ));
        };
        let struct_equality = matches!(kind, Kind::Struct(_))
            && matches!(what, "=" | "<>" | "IN" | "IS DISTINCT FROM" | "IS NOT DISTINCT FROM");
        if compared && !kind.can_group() && !struct_equality {
            return Err(wrong(
                at,
                format!("{what} cannot compare values of type {kind}"),
                "Compare their parts, or TO_JSON_STRING(…) of each.",
            ));
        }
        terms
            .iter()
            .map(|term| {
                coerce(term, &kind).ok_or_else(|| {
                    wrong(
                        at,
                        format!("{what} needs {kind}, and this is {}", term.kind),
                        format!("Cast it: CAST(… AS {kind})."),
                    )
                })
            })
            .collect()
    }

    fn in_query(&mut self, at: Span, expr: &Expr, query: &Query, negated: bool) -> Read<Term> {
        let term = self.expr(expr)?;
        let rel = self.subquery(query)?;
        let [column] = &rel.columns[..] else {
            return Err(wrong(
                at,
                format!("the query of IN gives one column, and this gives {}", rel.columns.len()),
                "Leave one.",
            ));
        };
        let mut inner = Term::new(at, "q.x", column.kind.clone());
        inner.form = Form::Column;
        let Some(kind) = common(&[&term, &inner]).filter(Kind::can_group) else {
            return Err(mismatch(at, "IN", &term, &inner));
        };
        let (Some(x), Some(y)) = (coerce(&term, &kind), coerce(&inner, &kind)) else {
            return Err(mismatch(at, "IN", &term, &inner));
        };
        let list =
            if inner.kind == kind { rel.sql.clone() } else { format!("SELECT {} FROM ({}) AS q(x)", y.sql, rel.sql) };
        let not = if negated { "NOT " } else { "" };
        let mut result = of_query(at, format!("({} {not}IN ({list}))", x.sql), Kind::Bool, &rel);
        result.take(&x);
        Ok(result)
    }

    fn in_unnest(&mut self, at: Span, expr: &Expr, array: &Expr, negated: bool) -> Read<Term> {
        let (term, array) = (self.expr(expr)?, self.expr(array)?);
        let Kind::Array(of) = &array.kind else {
            return Err(wrong(
                array.at,
                format!("UNNEST needs an ARRAY, and this is {}", array.called()),
                "Give it an array.",
            ));
        };
        let mut element = Term::new(at, "NULL", (**of).clone());
        element.form = Form::Column;
        let Some(kind) = common(&[&term, &element]).filter(Kind::can_group) else {
            return Err(mismatch(at, "IN UNNEST", &term, &element));
        };
        let Some(x) = coerce(&term, &kind) else { return Err(mismatch(at, "IN UNNEST", &term, &element)) };
        let list = format!("CAST({} AS {}[])", array.sql, kind.engine());
        // As IN: NULL where the value is not found and a NULL is in the list; an absent list is an empty one.
        let sql = format!(
            "(CASE WHEN coalesce(len({list}), 0) = 0 THEN FALSE WHEN {0} IS NULL THEN NULL WHEN list_contains({list}, {0}) THEN TRUE WHEN list_count({list}) < len({list}) THEN NULL ELSE FALSE END)",
            x.sql
        );
        let sql = if negated { format!("(NOT {sql})") } else { sql };
        Ok(Term::from(at, sql, Kind::Bool, &[&x, &array]))
    }

    fn like(&mut self, at: Span, expr: &Expr, pattern: &Expr, any: bool, negated: bool) -> Read<Term> {
        let term = self.expr(expr)?;
        expect(&term, &Kind::String, "what stands before LIKE")?;
        let (mut any, mut all) = (any, false);
        let patterns: Vec<&Expr> = match (any, pattern) {
            // The parser knows ANY, and takes ALL and SOME for functions.
            (false, Expr::Function(list)) if ["ALL", "SOME"].contains(&&*list.name.to_string().to_uppercase()) => {
                all = list.name.to_string().eq_ignore_ascii_case("ALL");
                any = !all;
                super::calls::plain_args(list)?
            }
            (true, Expr::Tuple(list)) => list.iter().collect(),
            (true, Expr::Nested(one)) => vec![one],
            (false, pattern) => vec![pattern],
            (true, _) => return Err(unsupported(at, "LIKE ANY of an array (write the patterns in parentheses)")),
        };
        let mut parts = Vec::new();
        let mut result = Term::from(at, "", Kind::Bool, &[&term]);
        for pattern in patterns {
            let pattern = self.expr(pattern)?;
            expect(&pattern, &Kind::String, "the pattern of LIKE")?;
            parts.push(format!("({} LIKE {} ESCAPE '\\')", term.sql, pattern.sql));
            result.take(&pattern);
        }
        // NOT LIKE ANY: some pattern does not match. NOT LIKE ALL: none matches.
        let parts: Vec<String> =
            parts.into_iter().map(|part| if negated { format!("(NOT {part})") } else { part }).collect();
        result.sql = format!("({})", parts.join(if any && !all { " OR " } else { " AND " }));
        Ok(result)
    }

    /// A query within an expression.
    pub(crate) fn subquery(&mut self, query: &Query) -> Read<Rel> {
        let aggregate = std::mem::replace(&mut self.in_aggregate, false);
        let safe = std::mem::replace(&mut self.safe, false);
        let rel = self.query(query);
        self.in_aggregate = aggregate;
        self.safe = safe;
        rel
    }

    /// An array of terms of one type.
    pub(crate) fn array_of(&mut self, at: Span, terms: Vec<Term>) -> Read<Term> {
        let terms = if terms.is_empty() { terms } else { self.all_alike_in(at, terms, "the array", false)? };
        let kind = terms.first().map_or(Kind::Null, |term| term.kind.clone());
        if matches!(kind, Kind::Array(_)) {
            return Err(wrong(at, "an array cannot hold arrays", "Wrap the inner ones: [STRUCT([1, 2] AS a)]."));
        }
        let list: Vec<&str> = terms.iter().map(|term| term.sql.as_str()).collect();
        let sql = match kind {
            Kind::Null if terms.is_empty() => "[]".to_owned(),
            _ => format!("CAST([{}] AS {}[])", list.join(", "), kind.engine()),
        };
        Ok(Term::from(at, sql, Kind::array(kind), &terms.iter().collect::<Vec<_>>()))
    }

    /// `ARRAY<type>[…]`, which the parser reads as comparisons: `(ARRAY < type) > […]`.
    fn typed_array(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Read<Option<Term>> {
        let (BinaryOperator::Gt, Expr::Array(array), Expr::BinaryOp { left: word, op: BinaryOperator::Lt, right: of }) =
            (op, right, left)
        else {
            return Ok(None);
        };
        let (Expr::Identifier(word), Expr::Identifier(of)) = (&**word, &**of) else { return Ok(None) };
        if !word.value.eq_ignore_ascii_case("ARRAY") || array.named {
            return Ok(None);
        }
        let Some(kind) = Kind::of_name(&of.value) else { return Ok(None) };
        let terms = array.elem.iter().map(|item| self.expr(item)).collect::<Read<_>>()?;
        array_as(word.span, terms, &kind).map(Some)
    }

    /// `ARRAY<STRUCT<…>>[…]`, as the dialect gives it: a tuple within has the fields' names and types.
    fn array_of_structs(&mut self, at: Span, array: &Expr, of: &DataType) -> Read<Term> {
        let Expr::Array(array) = array else { return Err(unsupported(at, "CONVERT (write CAST)")) };
        let kind = Kind::of_type(at, of)?;
        let mut terms = Vec::new();
        for item in &array.elem {
            terms.push(match (item, of) {
                (Expr::Tuple(values), DataType::Struct(fields, _)) => self.structure(item.span(), values, fields)?,
                (Expr::Struct { values, fields: own }, DataType::Struct(fields, _)) if own.is_empty() => {
                    self.structure(item.span(), values, fields)?
                }
                _ => self.expr(item)?,
            });
        }
        array_as(at, terms, &kind)
    }

    /// `STRUCT(a AS x, …)`, `STRUCT<x INT64, …>(…)`, `(a, b)`.
    fn structure(&mut self, at: Span, values: &[Expr], types: &[StructField]) -> Read<Term> {
        if !types.is_empty() && types.len() != values.len() {
            return Err(wrong(
                at,
                format!("the STRUCT has {} types and {} values", types.len(), values.len()),
                "Give as many values as types.",
            ));
        }
        let mut terms = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let (name, inner) = match value {
                Expr::Named { expr, name } => (Some(name.value.clone()), &**expr),
                Expr::Identifier(name) if types.is_empty() => (Some(name.value.clone()), value),
                Expr::CompoundIdentifier(path) if types.is_empty() => {
                    (path.last().map(|name| name.value.clone()), value)
                }
                other => (None, other),
            };
            let mut term = self.expr(inner)?;
            let mut name = name;
            if let Some(field) = types.get(index) {
                let kind = Kind::of_type(at, &field.field_type)?;
                let Some(coerced) = coerce(&term, &kind) else {
                    return Err(wrong(
                        term.at,
                        format!("the STRUCT's field {} is {kind}, and this is {}", index + 1, term.kind),
                        format!("Cast it: CAST(… AS {kind})."),
                    ));
                };
                term = coerced;
                name = field.field_name.as_ref().map(|name| name.value.clone());
            }
            terms.push((name, term));
        }
        if terms.is_empty() {
            return Err(unsupported(at, "an empty STRUCT"));
        }
        crate::sql::select::struct_of(at, &terms)
    }

    /// `value[OFFSET(0)].field`.
    fn access(&mut self, root: &Expr, chain: &[AccessExpr]) -> Read<Term> {
        // The parser gives the names of a path one by one: table.column[0] begins with a path.
        let mut path: Vec<Ident> = match root {
            Expr::Identifier(name) => vec![name.clone()],
            Expr::CompoundIdentifier(path) => path.clone(),
            _ => Vec::new(),
        };
        let mut rest = chain;
        if !path.is_empty() {
            while let [AccessExpr::Dot(Expr::Identifier(name)), after @ ..] = rest {
                path.push(name.clone());
                rest = after;
            }
        }
        let mut term = if path.is_empty() { self.expr(root)? } else { self.path(&path)? };
        for step in rest {
            term = match step {
                AccessExpr::Dot(Expr::Identifier(name)) => fields(term, std::slice::from_ref(name))?,
                AccessExpr::Dot(other) => return Err(unsupported(other.span(), "this form of a field")),
                AccessExpr::Subscript(Subscript::Index { index }) => self.element(term, index)?,
                AccessExpr::Subscript(Subscript::Slice { .. }) => {
                    return Err(unsupported(term.at, "a slice of an array"));
                }
            };
            term.form = Form::Computed;
        }
        Ok(term)
    }

    fn element(&mut self, term: Term, index: &Expr) -> Read<Term> {
        let at = term.at;
        let (from_one, safe, number) = match index {
            Expr::Function(function) => {
                let word = function.name.to_string().to_uppercase();
                let place = match word.as_str() {
                    "OFFSET" => (false, false),
                    "SAFE_OFFSET" => (false, true),
                    "ORDINAL" => (true, false),
                    "SAFE_ORDINAL" => (true, true),
                    _ => (false, false),
                };
                if matches!(word.as_str(), "OFFSET" | "SAFE_OFFSET" | "ORDINAL" | "SAFE_ORDINAL") {
                    let [inner] = &super::calls::plain_args(function)?[..] else {
                        return Err(wrong(at, format!("{word} takes one number"), format!("Write [{word}(0)].")));
                    };
                    (place.0, place.1, self.expr(inner)?)
                } else {
                    (false, false, self.expr(index)?)
                }
            }
            other => (false, false, self.expr(other)?),
        };
        if term.kind == Kind::Json {
            let step = match number.kind {
                Kind::String => format!("json_extract({}, concat('$.\"', {}, '\"'))", term.sql, number.sql),
                Kind::Int64 => format!("json_extract({}, concat('$[', {}, ']'))", term.sql, number.sql),
                _ => return Err(wrong(at, "JSON is indexed by a name or a number", "Write j['name'] or j[0].")),
            };
            return Ok(Term::from(at, step, Kind::Json, &[&term, &number]));
        }
        let Kind::Array(of) = &term.kind else {
            return Err(wrong(
                at,
                format!("[] is asked of {}", term.kind.with_article()),
                "Only an ARRAY and JSON have elements.",
            ));
        };
        expect(&number, &Kind::Int64, "the place in an array")?;
        let (list, n) = (&term.sql, &number.sql);
        let first = i64::from(from_one);
        let place = if from_one { n.clone() } else { format!("({n} + 1)") };
        let outside = failure(safe || self.safe, "the place is outside the array");
        let sql = format!(
            "(CASE WHEN {list} IS NULL OR {n} IS NULL THEN NULL WHEN {n} < {first} OR {n} >= len({list}) + {first} THEN {outside} ELSE list_extract({list}, {place}) END)"
        );
        Ok(Term::from(at, sql, (**of).clone(), &[&term, &number]))
    }
}

/// What a subquery brings into the expression around it.
pub(crate) fn of_query(at: Span, sql: String, kind: Kind, rel: &Rel) -> Term {
    let mut term = Term::new(at, sql, kind);
    term.ahead = rel.columns.iter().map(|column| column.ahead).max().unwrap_or(0);
    term.has_query = true;
    term.free.clone_from(&rel.outer);
    term
}

/// An array of a type that is written.
fn array_as(at: Span, terms: Vec<Term>, kind: &Kind) -> Read<Term> {
    let mut items = Vec::new();
    for term in terms {
        items.push(coerce(&term, kind).ok_or_else(|| {
            wrong(
                term.at,
                format!("the array holds {kind}, and this is {}", term.kind),
                format!("Cast it: CAST(… AS {kind})."),
            )
        })?);
    }
    let list: Vec<&str> = items.iter().map(|term| term.sql.as_str()).collect();
    let sql = format!("CAST([{}] AS {}[])", list.join(", "), kind.engine());
    Ok(Term::from(at, sql, Kind::array(kind.clone()), &items.iter().collect::<Vec<_>>()))
}

pub(crate) fn mismatch(at: Span, op: &str, a: &Term, b: &Term) -> crate::sql::fault::Fault {
    wrong(at, format!("{op} cannot join {} with {}", a.called(), b.called()), "Cast one of them: CAST(x AS type).")
}

fn brief(expr: &Expr) -> String {
    let text: String = expr.to_string().chars().take(40).collect();
    text
}
