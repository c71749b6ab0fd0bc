//! What people did with runs, as events of a table of its own: tags, notes, aliases, trash. Rows are only ever added, all of
//! one act together; of two events on the same thing the later counts. The lineage tables are never changed.

use std::collections::{BTreeMap, BTreeSet};

use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::{Cell, IfExists, Marks, Staging, cells, lineage, timestamp_text};
use polars::prelude::{Column, DataFrame};

use crate::wire::AliasChange;
use crate::workspace::Workspace;

/// What happened to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The run.
    pub(crate) run: String,
    /// What was done.
    pub(crate) act: Act,
    /// The tag or the alias.
    pub(crate) name: String,
    /// The note, or the scope of the alias.
    pub(crate) value: String,
}

/// What can be done with a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Tag,
    Untag,
    Note,
    Alias,
    Unalias,
    Delete,
    Restore,
    Purge,
}

impl Act {
    const ALL: [Act; 8] =
        [Act::Tag, Act::Untag, Act::Note, Act::Alias, Act::Unalias, Act::Delete, Act::Restore, Act::Purge];

    const fn name(self) -> &'static str {
        match self {
            Act::Tag => "tag",
            Act::Untag => "untag",
            Act::Note => "note",
            Act::Alias => "alias",
            Act::Unalias => "unalias",
            Act::Delete => "delete",
            Act::Restore => "restore",
            Act::Purge => "purge",
        }
    }
}

/// How a run stands after all its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) tags: BTreeSet<String>,
    pub(crate) note: String,
    /// When it went to the trash.
    pub(crate) deleted_at: Option<String>,
    /// When its model file was removed for good.
    pub(crate) purged_at: Option<String>,
}

/// What an alias stands for: one run has it in each domain and outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    pub(crate) domain: String,
    pub(crate) outcome: String,
}

impl Scope {
    /// As the table has it: `{domain}/{outcome}`, or the outcome alone.
    pub(crate) fn text(&self) -> String {
        if self.domain.is_empty() { self.outcome.clone() } else { format!("{}/{}", self.domain, self.outcome) }
    }

    /// A domain may hold slashes, an outcome is a column's name and holds none.
    fn parse(text: &str) -> Scope {
        let (domain, outcome) = text.rsplit_once('/').unwrap_or(("", text));
        Scope { domain: domain.to_owned(), outcome: outcome.to_owned() }
    }
}

/// Everything people added, as it stands.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    runs: BTreeMap<String, Standing>,
    /// Who has an alias, also while that run is in the trash: it has it again when it is restored.
    aliases: BTreeMap<(String, Scope), String>,
    history: Vec<AliasChange>,
    /// Microseconds since 1970 of the last event.
    last_us: i64,
}

impl Registry {
    /// What was added to a run.
    pub(crate) fn of(&self, run: &str) -> Standing {
        self.runs.get(run).cloned().unwrap_or_default()
    }

    /// Whether a run is in the trash, or purged from it.
    pub(crate) fn is_deleted(&self, run: &str) -> bool {
        self.runs.get(run).is_some_and(|standing| standing.deleted_at.is_some())
    }

    /// Every run in the trash whose model file is kept.
    pub(crate) fn trash(&self) -> Vec<String> {
        let kept = |standing: &Standing| standing.deleted_at.is_some() && standing.purged_at.is_none();
        self.runs.iter().filter(|(_, standing)| kept(standing)).map(|(run, _)| run.clone()).collect()
    }

    /// Every run that was purged.
    pub(crate) fn purged(&self) -> Vec<String> {
        self.runs.iter().filter(|(_, standing)| standing.purged_at.is_some()).map(|(run, _)| run.clone()).collect()
    }

    /// The aliases of a run, by name.
    pub(crate) fn aliases_of(&self, run: &str) -> Vec<String> {
        self.aliases.iter().filter(|(_, of)| *of == run).map(|((alias, _), _)| alias.clone()).collect()
    }

    /// Who has an alias in a scope.
    pub(crate) fn holder(&self, alias: &str, scope: &Scope) -> Option<&str> {
        self.aliases.get(&(alias.to_owned(), scope.clone())).map(String::as_str)
    }

    /// The scopes of an alias with who has it there; runs in the trash have none.
    pub(crate) fn holders(&self, alias: &str) -> Vec<(Scope, String)> {
        self.aliases
            .iter()
            .filter(|((name, _), run)| name == alias && !self.is_deleted(run))
            .map(|((_, scope), run)| (scope.clone(), run.clone()))
            .collect()
    }

    /// Every alias that was ever given, the last first.
    pub(crate) fn history(&self) -> Vec<AliasChange> {
        self.history.iter().rev().cloned().collect()
    }

    fn take(&mut self, time_us: i64, event: Event) {
        let at = timestamp_text(time_us);
        self.last_us = self.last_us.max(time_us);
        let standing = self.runs.entry(event.run.clone()).or_default();
        match event.act {
            Act::Tag => drop(standing.tags.insert(event.name)),
            Act::Untag => drop(standing.tags.remove(&event.name)),
            Act::Note => standing.note = event.value,
            Act::Delete => standing.deleted_at = Some(at),
            Act::Restore => standing.deleted_at = None,
            Act::Purge => standing.purged_at = Some(at),
            Act::Alias | Act::Unalias => {
                let scope = Scope::parse(&event.value);
                let key = (event.name.clone(), scope.clone());
                let given = event.act == Act::Alias;
                let from = if given { self.aliases.insert(key, event.run.clone()) } else { self.aliases.remove(&key) };
                self.history.push(AliasChange {
                    alias: event.name,
                    outcome: scope.outcome,
                    domain: scope.domain,
                    model_execution_id: given.then_some(event.run),
                    from,
                    at,
                });
            }
        }
    }
}

/// What stands in the table of events.
pub(crate) fn read(workspace: &Workspace) -> Result<Registry, Problem> {
    let name = workspace.warehouse().name(lineage::EVENTS)?;
    let mut registry = Registry::default();
    if !workspace.warehouse().exists(&name)? {
        return Ok(registry);
    }
    let sql = format!(
        "SELECT UNIX_MICROS(event_time), model_execution_id, event, name, value FROM `{name}` ORDER BY event_time"
    );
    for row in cells(&workspace.warehouse().query(&sql, None, &Job::new())?.frame)? {
        // An event of a later version means nothing here.
        if let [Cell::Int(time), Cell::Text(run), Cell::Text(act), Cell::Text(name), Cell::Text(value)] = &row[..]
            && let Some(act) = Act::ALL.into_iter().find(|known| known.name() == act)
        {
            registry.take(*time, Event { run: run.clone(), act, name: name.clone(), value: value.clone() });
        }
    }
    Ok(registry)
}

/// Lets `decide` see how things stand and say what happens, while no one else changes it; the events count together. None
/// is no change. Returns how things stand afterwards, with what `decide` answered.
pub(crate) fn change<T>(
    workspace: &Workspace,
    decide: impl FnOnce(&Registry) -> Result<(Vec<Event>, T), Problem>,
) -> Result<(Registry, T), Problem> {
    workspace.writable()?;
    let staging = Staging::create(workspace.root(), &algomosaic_data::unique())?;
    let mut transaction = staging.transaction()?;
    let name = workspace.warehouse().name(lineage::EVENTS)?;
    workspace.warehouse().hold(&mut transaction, &name)?;
    let mut registry = read(workspace)?;
    let (events, answer) = decide(&registry)?;
    if !events.is_empty() {
        // A clock that was set back must not make a later event the earlier one.
        let first_us = chrono::Utc::now().timestamp_micros().max(registry.last_us + 1);
        let frame = rows(first_us, &events)?;
        workspace.warehouse().stage(&mut transaction, &name, &frame, &Marks::new(), IfExists::Append)?;
        transaction.commit()?;
        for (time, event) in (first_us..).zip(events) {
            registry.take(time, event);
        }
    }
    Ok((registry, answer))
}

fn rows(first_us: i64, events: &[Event]) -> Result<DataFrame, algomosaic_data::Error> {
    let text = |name: &str, of: fn(&Event) -> &str| -> Column {
        Column::new(name.into(), events.iter().map(of).collect::<Vec<&str>>())
    };
    let columns = vec![
        lineage::times("event_time", (first_us..).take(events.len()).collect())?,
        text("model_execution_id", |event| &event.run),
        text("event", |event| event.act.name()),
        text("name", |event| &event.name),
        text("value", |event| &event.value),
    ];
    Ok(DataFrame::new(events.len(), columns)?)
}

/// A tag: any text in one line, without a comma, since lists of tags are written with commas.
pub(crate) fn tag(text: &str) -> Result<String, Problem> {
    let tag = text.trim();
    let fault = match tag.chars().count() {
        0 => "is empty",
        1..=60 if !tag.contains(|c: char| c.is_control() || c == ',') => return Ok(tag.to_owned()),
        1..=60 => "holds a comma or a line break",
        _ => "is longer than 60 characters",
    };
    Err(Problem::new(
        Code::BadInput,
        format!("the tag {text:?} {fault}; a tag is 1 to 60 characters in one line, without a comma"),
        "Write another, such as `baseline` or `before costs`.",
    ))
}

/// An alias: it stands where an id can stand, so it must not look like the start of one.
pub(crate) fn alias(text: &str) -> Result<String, Problem> {
    let refused = |fault: &str| {
        Problem::new(
            Code::BadInput,
            format!(
                "the alias {text:?} {fault}; an alias is 2 to 40 small letters, digits, `-` and `_`, a letter first"
            ),
            "Write another, such as `champion` or `challenger-2`.",
        )
    };
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !(2..=40).contains(&text.len()) {
        Err(refused(if text.len() < 2 { "is too short" } else { "is too long" }))
    } else if !text.chars().all(fits) || !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        Err(refused("holds other characters"))
    } else if text.chars().all(|c| c.is_ascii_hexdigit()) {
        Err(refused("could be the start of an id (digits and the letters a to f alone)"))
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(act: Act, run: &str, name: &str, value: &str) -> Event {
        Event { run: run.into(), act, name: name.into(), value: value.into() }
    }

    #[test]
    fn of_two_events_on_the_same_thing_the_later_counts() {
        let mut registry = Registry::default();
        for (time, event) in (1..).zip([
            event(Act::Tag, "a", "x", ""),
            event(Act::Tag, "a", "y", ""),
            event(Act::Untag, "a", "x", ""),
            event(Act::Note, "a", "", "first"),
            event(Act::Note, "a", "", "second"),
            event(Act::Delete, "b", "", ""),
            event(Act::Restore, "b", "", ""),
            event(Act::Delete, "c", "", ""),
        ]) {
            registry.take(time, event);
        }
        let a = registry.of("a");
        assert_eq!((a.tags.into_iter().collect::<Vec<_>>(), a.note.as_str()), (vec!["y".to_owned()], "second"));
        assert_eq!((registry.is_deleted("b"), registry.is_deleted("c")), (false, true));
        assert_eq!(registry.trash(), ["c"]);
    }

    #[test]
    fn an_alias_has_one_run_in_each_domain_and_outcome() {
        let mut registry = Registry::default();
        let given = [("a", "ROR_n10"), ("b", "ROR_n10"), ("c", "eu/ROR_n10"), ("d", "ROR_n5")];
        for (time, (run, scope)) in (1..).zip(given) {
            registry.take(time, event(Act::Alias, run, "champion", scope));
        }
        let runs = |registry: &Registry| -> Vec<String> {
            registry.holders("champion").into_iter().map(|(_, run)| run).collect()
        };
        assert_eq!(runs(&registry), ["b", "d", "c"]);
        assert_eq!(registry.history()[2].from.as_deref(), Some("a"), "moving it is told");
        registry.take(9, event(Act::Delete, "b", "", ""));
        assert_eq!(runs(&registry), ["d", "c"], "a run in the trash is named by none");
        registry.take(10, event(Act::Restore, "b", "", ""));
        assert_eq!(runs(&registry), ["b", "d", "c"], "and has its alias again");
        assert_eq!(Scope::parse("us/daily/ROR_n10").text(), "us/daily/ROR_n10");
    }

    #[test]
    fn a_tag_and_an_alias_have_rules() {
        for good in ["x", " before costs ", "é", "2026"] {
            assert_eq!(tag(good).unwrap(), good.trim());
        }
        for bad in ["", "  ", "a,b", "a\nb", &"x".repeat(61)] {
            assert_eq!(tag(bad).unwrap_err().code, Code::BadInput, "{bad:?}");
        }
        for good in ["champion", "challenger-2", "a_b", "face-1"] {
            assert_eq!(alias(good).unwrap(), good);
        }
        for bad in ["", "x", "Champion", "2nd", "beef", "a b", "é-1", "a/b", "a:b", &"x".repeat(41)] {
            assert_eq!(alias(bad).unwrap_err().code, Code::BadInput, "{bad:?}");
        }
    }
}
