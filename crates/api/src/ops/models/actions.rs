//! What a person does with a run: tags, a note, aliases, the trash.

use std::collections::BTreeSet;

use algomosaic_core::{Code, Job, Problem};

use crate::ops::runs;
use crate::wire::{AliasChange, RunSummary, TrashChange};
use crate::workspace::Workspace;

use super::events::{self, Act, Event, Scope};

/// Characters of a note at most.
const LONGEST_NOTE: usize = 10_000;

fn event(run: &str, act: Act, name: &str, value: &str) -> Event {
    Event { run: run.to_owned(), act, name: name.to_owned(), value: value.to_owned() }
}

/// Gives a run tags. Those it has already change nothing.
pub(crate) fn tag(workspace: &Workspace, wanted: &str, tags: &[String]) -> Result<RunSummary, Problem> {
    let tags = tags.iter().map(|tag| events::tag(tag)).collect::<Result<BTreeSet<String>, Problem>>()?;
    let run = runs::find(workspace, wanted)?;
    events::change(workspace, |registry| {
        let has = registry.of(&run).tags;
        Ok((tags.difference(&has).map(|tag| event(&run, Act::Tag, tag, "")).collect(), ()))
    })?;
    runs::summary(workspace, &run)
}

/// Takes tags from a run. One it does not have is refused.
pub(crate) fn untag(workspace: &Workspace, wanted: &str, tags: &[String]) -> Result<RunSummary, Problem> {
    let tags = tags.iter().map(|tag| events::tag(tag)).collect::<Result<BTreeSet<String>, Problem>>()?;
    let run = runs::find(workspace, wanted)?;
    events::change(workspace, |registry| {
        let has = registry.of(&run).tags;
        if let Some(missing) = tags.difference(&has).next() {
            let has: Vec<&str> = has.iter().map(String::as_str).collect();
            let has = if has.is_empty() { "none".to_owned() } else { has.join(", ") };
            return Err(Problem::not_found(
                format!("the run {} has no tag {missing:?}; its tags: {has}", runs::short(&run)),
                "Name one of its tags.",
            ));
        }
        Ok((tags.iter().map(|tag| event(&run, Act::Untag, tag, "")).collect(), ()))
    })?;
    runs::summary(workspace, &run)
}

/// Writes the note of a run over an earlier one; empty text removes it.
pub(crate) fn note(workspace: &Workspace, wanted: &str, text: &str) -> Result<RunSummary, Problem> {
    let text = text.trim();
    let length = text.chars().count();
    if length > LONGEST_NOTE {
        return Err(Problem::bad(
            format!("the note has {length} characters; {LONGEST_NOTE} is the most"),
            "Shorten it, or keep it in a file and note the file's name.",
        ));
    }
    let run = runs::find(workspace, wanted)?;
    events::change(workspace, |registry| {
        let same = registry.of(&run).note == text;
        Ok((if same { Vec::new() } else { vec![event(&run, Act::Note, "", text)] }, ()))
    })?;
    runs::summary(workspace, &run)
}

/// Gives a run an alias. Another run of the same outcome and domain that has it loses it, and is named.
pub(crate) fn give_alias(workspace: &Workspace, wanted: &str, alias: &str) -> Result<AliasChange, Problem> {
    let alias = events::alias(alias)?;
    let run = runs::find(workspace, wanted)?;
    let (scope, text) = scope(workspace, &run)?;
    let (registry, has_it) = events::change(workspace, |registry| {
        let has_it = registry.holder(&alias, &scope) == Some(run.as_str());
        Ok((if has_it { Vec::new() } else { vec![event(&run, Act::Alias, &alias, &text)] }, has_it))
    })?;
    let mut last = last_change(&registry, &alias, &scope)?;
    if has_it {
        last.from = Some(run);
    }
    Ok(last)
}

/// Takes an alias from a run.
pub(crate) fn take_alias(workspace: &Workspace, wanted: &str, alias: &str) -> Result<AliasChange, Problem> {
    let alias = events::alias(alias)?;
    let run = runs::find_any(workspace, wanted)?;
    let (scope, text) = scope(workspace, &run)?;
    let (registry, ()) = events::change(workspace, |registry| {
        if registry.holder(&alias, &scope) != Some(run.as_str()) {
            return Err(Problem::not_found(
                format!("the run {} has no alias {alias}", runs::short(&run)),
                "`algom models aliases` shows who has which.",
            ));
        }
        Ok((vec![event(&run, Act::Unalias, &alias, &text)], ()))
    })?;
    last_change(&registry, &alias, &scope)
}

/// Who has which alias since when, the last change first; with every change where the history is wanted.
pub(crate) fn aliases(workspace: &Workspace, history: bool) -> Result<Vec<AliasChange>, Problem> {
    let registry = events::read(workspace)?;
    let mut seen = BTreeSet::new();
    let mut changes = registry.history();
    changes.retain(|change| {
        let newest = seen.insert((change.alias.clone(), change.domain.clone(), change.outcome.clone()));
        let names_a_run = change.model_execution_id.as_deref().is_some_and(|run| !registry.is_deleted(run));
        history || (newest && names_a_run)
    });
    Ok(changes)
}

/// Puts a run into the trash; its rows and its model file stay. A run with an alias only where it is forced: predictions
/// and backtests that name the alias would find nothing.
pub(crate) fn delete(workspace: &Workspace, wanted: &str, force: bool) -> Result<TrashChange, Problem> {
    let run = runs::find_any(workspace, wanted)?;
    let (_, aliases) = events::change(workspace, |registry| {
        if registry.is_deleted(&run) {
            return Err(Problem::not_found(
                format!("the run {} is in the trash already", runs::short(&run)),
                "`algom models list --trash` shows what is there.",
            ));
        }
        let aliases = registry.aliases_of(&run);
        if !aliases.is_empty() && !force {
            return Err(Problem::bad(
                format!(
                    "the run {} is {}, and whatever names it so would find no model",
                    runs::short(&run),
                    aliases.join(" and ")
                ),
                "Give the alias to another run first, or delete it all the same (--force).",
            ));
        }
        Ok((vec![event(&run, Act::Delete, "", "")], aliases))
    })?;
    Ok(TrashChange { model_execution_ids: vec![run], aliases, removed_files: Vec::new() })
}

/// Takes a run out of the trash, with the aliases that no other run was given meanwhile.
pub(crate) fn restore(workspace: &Workspace, wanted: &str) -> Result<TrashChange, Problem> {
    let run = runs::find_deleted(workspace, wanted)?;
    let (registry, ()) = events::change(workspace, |registry| {
        if !registry.is_deleted(&run) {
            return Err(not_in_trash(&run));
        }
        Ok((vec![event(&run, Act::Restore, "", "")], ()))
    })?;
    let aliases = registry.aliases_of(&run);
    Ok(TrashChange { model_execution_ids: vec![run], aliases, removed_files: Vec::new() })
}

/// Removes the model files of runs in the trash for good; none named are all of them. Their rows stay in the tables. A file
/// that another run has as well stays.
pub(crate) fn purge(workspace: &Workspace, wanted: &[String]) -> Result<TrashChange, Problem> {
    let named =
        wanted.iter().map(|run| runs::find_deleted(workspace, run)).collect::<Result<BTreeSet<_>, Problem>>()?;
    let files = runs::model_files(workspace)?;
    let (registry, going) = events::change(workspace, |registry| {
        let trash = registry.trash();
        if let Some(kept) = named.iter().find(|run| !trash.contains(run)) {
            return Err(not_in_trash(kept));
        }
        let going: Vec<String> = if named.is_empty() { trash } else { named.iter().cloned().collect() };
        Ok((going.iter().map(|run| event(run, Act::Purge, "", "")).collect(), going))
    })?;
    // Those of earlier purges as well: a process may have died before it removed them.
    let purged = registry.purged();
    let is_purged = |run: &String| purged.contains(run);
    let unused = files.into_iter().filter(|(file, runs)| !file.is_empty() && runs.keys().all(is_purged));
    let unused = unused.map(|(file, runs)| (file, runs.into_values().collect())).collect();
    let removed = workspace.store().remove(&unused, &Job::new()).map_err(|error| {
        let problem = Problem::from(error);
        Problem::new(
            problem.code,
            format!("the runs are purged, but files of their models may be left: {}", problem.message),
            format!("Purge again later, which removes them. {}", problem.hint),
        )
    })?;
    Ok(TrashChange { model_execution_ids: going, aliases: Vec::new(), removed_files: removed })
}

fn not_in_trash(run: &str) -> Problem {
    Problem::not_found(
        format!("the run {} is not in the trash", runs::short(run)),
        "`algom models list --trash` shows what is there.",
    )
}

fn scope(workspace: &Workspace, run: &str) -> Result<(Scope, String), Problem> {
    let values = runs::metadata_of(workspace, run)?;
    let get = |name: &str| values.get(name).cloned().unwrap_or_default();
    let scope = Scope { domain: runs::domain(&get("model_file")), outcome: get("outcome_variable") };
    let text = scope.text();
    Ok((scope, text))
}

fn last_change(registry: &events::Registry, alias: &str, scope: &Scope) -> Result<AliasChange, Problem> {
    registry
        .history()
        .into_iter()
        .find(|change| change.alias == alias && change.domain == scope.domain && change.outcome == scope.outcome)
        .ok_or_else(|| Problem::new(Code::Internal, format!("the alias {alias} has no history"), "Please report this."))
}
