//! Calls of functions: which declaration a call means, and how its arguments are written into it.

use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned as _};
use sqlparser::tokenizer::Span;

use crate::sql::analyse::Analyser;
use crate::sql::cast::{coerce, common, distance};
use crate::sql::fault::{Read, missing, unsupported, wrong};
use crate::sql::functions::{Call, Rule, SqlFunction, functions, named};
use crate::sql::kind::Kind;
use crate::sql::term::{Form, Term, failure, out_of_years};

/// Functions that BigQuery has and this does not.
const ELSEWHERE: &[&str] = &[
    "ACOSH",
    "APPROX_TOP_SUM",
    "ASINH",
    "ATANH",
    "BAG_OF_WORDS",
    "BOOL_ARRAY",
    "COLLATE",
    "CODE_POINTS_TO_BYTES",
    "COSINE_DISTANCE",
    "COT",
    "COTH",
    "CSC",
    "CSCH",
    "DATE_BUCKET",
    "DATETIME_BUCKET",
    "EUCLIDEAN_DISTANCE",
    "FARM_FINGERPRINT",
    "FLOAT64_ARRAY",
    "FROM_BASE32",
    "GAP_FILL",
    "GENERATE_RANGE_ARRAY",
    "INT64_ARRAY",
    "JSON_ARRAY_APPEND",
    "JSON_ARRAY_INSERT",
    "JSON_FLATTEN",
    "JSON_KEYS",
    "JSON_REMOVE",
    "JSON_SET",
    "JSON_STRIP_NULLS",
    "JUSTIFY_DAYS",
    "JUSTIFY_HOURS",
    "JUSTIFY_INTERVAL",
    "LAX_BOOL",
    "LAX_FLOAT64",
    "LAX_INT64",
    "LAX_STRING",
    "NORMALIZE_AND_CASEFOLD",
    "RANGE",
    "SAFE_CONVERT_BYTES_TO_STRING",
    "SEC",
    "SECH",
    "SESSION_USER",
    "SHA512",
    "SOUNDEX",
    "STRING_ARRAY",
    "TEXT_ANALYZE",
    "TIMESTAMP_BUCKET",
    "TO_BASE32",
];

/// A signature in parts.
struct Signature<'s> {
    wants: Vec<&'s str>,
    /// How many of them must be there.
    least: usize,
    /// The last one may come again.
    many: bool,
    gives: &'s str,
}

fn signature(text: &str) -> Signature<'_> {
    let (call, gives) = text.rsplit_once(" -> ").unwrap_or((text, "ANY"));
    let inner = call.split_once('(').map_or("", |(_, inner)| inner.trim_end_matches(')'));
    let least = inner
        .split('[')
        .next()
        .unwrap_or_default()
        .split(',')
        .filter(|part| !matches!(part.trim(), "" | "..."))
        .count();
    let mut wants = Vec::new();
    let mut many = false;
    for part in inner.split([',', '[', ']']).map(str::trim).filter(|part| !part.is_empty()) {
        if part == "..." {
            many = true;
        } else {
            wants.push(part.split_once(' ').map_or("ANY", |(_, kind)| kind));
        }
    }
    Signature { wants, least, many, gives }
}

/// The arguments of a call without anything else in its parentheses.
pub(crate) fn plain_args(function: &Function) -> Read<Vec<&Expr>> {
    let at = function.name.span();
    match &function.args {
        FunctionArguments::None => Ok(Vec::new()),
        FunctionArguments::Subquery(_) => Err(unsupported(at, "a query as an argument (put it in parentheses)")),
        FunctionArguments::List(list) => {
            if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
                return Err(wrong(
                    at,
                    format!("{} is no aggregate: DISTINCT, ORDER BY and their like have no place in it", function.name),
                    "Leave them out.",
                ));
            }
            list.args.iter().map(|arg| plain_arg(at, arg)).collect()
        }
    }
}

pub(crate) fn plain_arg(at: Span, arg: &FunctionArg) -> Read<&Expr> {
    match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(expr),
        FunctionArg::Unnamed(_) => Err(wrong(at, "* can stand in COUNT(*) only", "Name a column.")),
        _ => Err(unsupported(at, "an argument with a name")),
    }
}

impl Analyser<'_> {
    /// A call.
    pub(crate) fn call(&mut self, function: &Function) -> Read<Term> {
        let at = function.name.span();
        let mut name = function.name.to_string().replace('`', "").to_uppercase();
        let safe = match name.strip_prefix("SAFE.") {
            Some(rest) => {
                name = rest.to_owned();
                true
            }
            None => false,
        };
        if !matches!(function.parameters, FunctionArguments::None)
            || function.uses_odbc_syntax
            || !function.within_group.is_empty()
        {
            return Err(unsupported(at, format!("this way to call {name}")));
        }
        if function.filter.is_some() {
            return Err(unsupported(at, "FILTER (write COUNTIF, or IF within the aggregate)"));
        }
        if name == "ARRAY"
            && let FunctionArguments::Subquery(query) = &function.args
        {
            return self.array_query(at, query);
        }
        let rows = named(&name);
        let Some(first) = rows.first() else {
            let group = name.split_once('.').map(|(group, _)| group);
            let elsewhere = |group| ["HLL_COUNT", "KLL_QUANTILES", "NET", "KEYS", "AEAD", "ML"].contains(&group);
            if ELSEWHERE.contains(&name.as_str()) || group.is_some_and(elsewhere) {
                return Err(unsupported(at, name));
            }
            let mut known: Vec<&str> = functions().iter().map(|function| function.name).collect();
            known.dedup();
            return Err(missing(
                at,
                format!("there is no function {name}"),
                &name,
                known,
                "docs/sql.md lists the functions.",
            ));
        };
        match first.rule {
            Rule::Aggregate(_) | Rule::Window(_) | Rule::Special => {
                if safe {
                    return Err(unsupported(at, "SAFE. before an aggregate or a window function"));
                }
                return self.aggregate_or_window(function, &name, &rows);
            }
            Rule::Syntax => {
                return Err(wrong(
                    at,
                    format!("{name} is not written this way"),
                    format!("Write {}.", first.signature),
                ));
            }
            Rule::Sql(_) | Rule::Own(_) => {}
        }
        if function.over.is_some() || function.null_treatment.is_some() {
            return Err(wrong(
                at,
                format!("{name} is no window function: OVER has no place after it"),
                "Leave OVER out.",
            ));
        }
        let exprs = plain_args(function)?;
        if safe { self.safe_call(at, exprs, &rows) } else { self.resolve(at, exprs, &rows) }
    }

    /// A call the parser gives a form of its own.
    pub(crate) fn known(&mut self, at: Span, name: &str, terms: Vec<Term>) -> Read<Term> {
        self.choose(at, Vec::new(), terms, &named(name))
    }

    fn resolve(&mut self, at: Span, exprs: Vec<&Expr>, rows: &[&'static SqlFunction]) -> Read<Term> {
        let terms = self.arguments(&exprs, rows)?;
        self.choose(at, exprs, terms, rows)
    }

    /// The arguments; those that are parts of dates are not read as columns.
    fn arguments(&mut self, exprs: &[&Expr], rows: &[&'static SqlFunction]) -> Read<Vec<Term>> {
        let is_part = |index: usize| {
            rows.iter().any(|row| {
                let signature = signature(row.signature);
                signature.wants.get(index) == Some(&"PART")
            })
        };
        let safe = std::mem::replace(&mut self.safe, false);
        let mut terms = Vec::new();
        for (index, expr) in exprs.iter().enumerate() {
            terms.push(match is_part(index) {
                true => Ok(Term::new(expr.span(), "NULL", Kind::Null)),
                false => self.expr(expr),
            });
        }
        self.safe = safe;
        terms.into_iter().collect()
    }

    /// `SAFE.f(…)`: NULL where the function fails. What fails in an argument still fails.
    fn safe_call(&mut self, at: Span, exprs: Vec<&Expr>, rows: &[&'static SqlFunction]) -> Read<Term> {
        let terms = self.arguments(&exprs, rows)?;
        let variable = format!("v{}", self.fresh());
        let mut parts = Vec::new();
        let mut inside = Vec::new();
        for (index, term) in terms.iter().enumerate() {
            let constant = matches!(term.form, Form::Int(_) | Form::Float(_) | Form::Text(_))
                || term.sql == "NULL"
                || term.kind == Kind::Interval;
            let mut bound = term.clone();
            if !constant {
                parts.push(format!("a{index} := {}", term.sql));
                bound.sql = format!("{variable}.a{index}");
            }
            inside.push(bound);
        }
        let outer = std::mem::replace(&mut self.safe, true);
        let result = self.choose(at, exprs, inside, rows);
        self.safe = outer;
        let mut result = result?;
        if parts.is_empty() {
            parts.push("a := 0".to_owned());
        }
        result.sql =
            format!("list_transform([struct_pack({})], lambda {variable}: TRY({}))[1]", parts.join(", "), result.sql);
        for term in &terms {
            result.take(term);
        }
        Ok(result)
    }

    /// The declaration that fits the arguments best, and the call in its words.
    pub(crate) fn choose(
        &mut self,
        at: Span,
        exprs: Vec<&Expr>,
        terms: Vec<Term>,
        rows: &[&'static SqlFunction],
    ) -> Read<Term> {
        let (row, terms) = fit(at, rows, terms)?;
        match row.rule {
            Rule::Own(rule) => rule(self, &Call { name: row.name, at, exprs, terms }),
            Rule::Sql(template) => {
                let sql = fill(template, &terms, self.safe);
                let kind = gives(row, &terms);
                Ok(Term::from(at, sql, kind, &terms.iter().collect::<Vec<_>>()))
            }
            _ => Err(unsupported(at, row.name)),
        }
    }
}

/// The declaration that fits best, with the arguments as it wants them.
pub(crate) fn fit(
    at: Span,
    rows: &[&'static SqlFunction],
    terms: Vec<Term>,
) -> Read<(&'static SqlFunction, Vec<Term>)> {
    let mut best: Option<(u32, &'static SqlFunction, Vec<Term>)> = None;
    for row in rows {
        let signature = signature(row.signature);
        let enough = terms.len() >= signature.least && (signature.many || terms.len() <= signature.wants.len());
        if !enough {
            continue;
        }
        if let Some((cost, written)) = match_args(&signature, &terms)
            && best.as_ref().is_none_or(|(least, _, _)| cost < *least)
        {
            best = Some((cost, row, written));
        }
    }
    if let Some((_, row, written)) = best {
        return Ok((row, written));
    }
    let given: Vec<String> = terms.iter().map(Term::called).collect();
    let name = rows.first().map_or("", |row| row.name);
    let ways: Vec<&str> =
        rows.iter().map(|row| row.signature.split(" -> ").next().unwrap_or(row.signature)).take(4).collect();
    Err(wrong(
        at,
        format!("{name} cannot be called with ({})", given.join(", ")),
        format!("Call {}.", ways.join(" or ")),
    ))
}

fn match_args(signature: &Signature<'_>, terms: &[Term]) -> Option<(u32, Vec<Term>)> {
    let want = |index: usize| signature.wants.get(index).or(signature.wants.last()).copied().unwrap_or("ANY");
    let of =
        |letter: &str| -> Vec<&Term> { (0..terms.len()).filter(|i| want(*i) == letter).map(|i| &terms[i]).collect() };
    let shared = common(&of("T"));
    let mut number = common(&of("N"));
    if number == Some(Kind::Null) {
        number = Some(Kind::Int64);
    }
    if !of("T").is_empty() && shared.is_none() || !of("N").is_empty() && !number.as_ref().is_some_and(Kind::is_number) {
        return None;
    }
    let mut cost = 0;
    let mut written = Vec::new();
    for (index, term) in terms.iter().enumerate() {
        let to = match want(index) {
            "ANY" | "PART" => term.kind.clone(),
            "T" => shared.clone()?,
            "N" => number.clone()?,
            "ARRAY" => match &term.kind {
                Kind::Array(_) => term.kind.clone(),
                Kind::Null => Kind::array(Kind::Int64),
                _ => return None,
            },
            "ORDERED" => term.kind.can_order().then(|| term.kind.clone())?,
            name => Kind::of_name(name)?,
        };
        cost += distance(term, &to)?;
        written.push(coerce(term, &to)?);
    }
    Some((cost, written))
}

/// The type a call gives.
pub(crate) fn gives(row: &SqlFunction, terms: &[Term]) -> Kind {
    let signature = signature(row.signature);
    let shared = |letter: &str| {
        let index = signature.wants.iter().position(|want| *want == letter);
        let kind = index.and_then(|index| terms.get(index)).map_or(Kind::Null, |term| term.kind.clone());
        if letter == "N" && kind == Kind::Null { Kind::Int64 } else { kind }
    };
    match signature.gives {
        "T" => shared("T"),
        "N" => shared("N"),
        "ARRAY" => shared("ARRAY"),
        "ORDERED" => shared("ORDERED"),
        "ANY" => shared("ANY"),
        "ARRAY<T>" => Kind::array(shared("T")),
        name => Kind::of_name(name).unwrap_or(Kind::Null),
    }
}

/// The template with the arguments in their places.
pub(crate) fn fill(template: &str, terms: &[Term], safe: bool) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        text.push_str(before);
        let Some((inside, after)) = from.split_once('}') else {
            text.push('{');
            rest = from;
            continue;
        };
        match inside.parse::<usize>() {
            Ok(index) => text.push_str(terms.get(index).map_or("NULL", |term| term.sql.as_str())),
            Err(_) if inside == "*" => {
                let all: Vec<&str> = terms.iter().map(|term| term.sql.as_str()).collect();
                text.push_str(&all.join(", "));
            }
            Err(_) => match inside.split_once(':') {
                Some(("fail", message)) => text.push_str(&failure(safe, message)),
                Some(("years", engine)) => text.push_str(&out_of_years(safe, engine)),
                _ => {
                    text.push('{');
                    text.push_str(inside);
                    text.push('}');
                }
            },
        }
        rest = after;
    }
    text.push_str(rest);
    text
}
