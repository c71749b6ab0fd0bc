//! Small parts merged into larger ones, so that a table to which was appended a thousand times is read as quickly as one
//! written at once. The rows stay in their order; readers of the old parts keep them for a while.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use algomosaic_core::Job;

use crate::commit::{sync_folder, unique};
use crate::engine::{self, Engine, read_parts};
use crate::error::{IoContext as _, Result};
use crate::limits::Limits;
use crate::part::into_described_part;
use crate::table_dir::TableDir;
use crate::warehouse::{descriptions, marks};

/// A table with so many parts is looked at.
const MANY: usize = 96;
/// And then again after so many more: a table that cannot be merged costs nothing in between.
const AGAIN: usize = 16;
/// A part of fewer bytes is small.
const SMALL: u64 = 16 << 20;

/// Merges runs of small parts when there are many. An append calls it after it counts.
pub(crate) fn merge_small_parts(dir: &TableDir) -> Result<()> {
    let count = dir.parts()?.len();
    if count < MANY || !count.is_multiple_of(AGAIN) {
        return Ok(());
    }
    let table = dir.lock()?;
    let parts = dir.parts()?;
    let runs = runs(&parts)?;
    // Another process may have merged them in between, or there is little to gain.
    if parts.len() < MANY || runs.len() > parts.len() / 2 {
        return Ok(());
    }
    let generation = format!("gen-{}", unique());
    let place = dir.path().join(&generation);
    if let Err(error) = fill(&place, &runs) {
        // What is left is removed with the old generations.
        let _ = fs::remove_dir_all(&place);
        return Err(error);
    }
    table.replace(&generation)
}

/// Neighbours that become one part: small ones together, a large one alone.
fn runs(parts: &[PathBuf]) -> Result<Vec<Vec<PathBuf>>> {
    let mut runs: Vec<Vec<PathBuf>> = Vec::new();
    let mut room = 0;
    for part in parts {
        let bytes = fs::metadata(part).at("reading a part", part)?.len();
        match runs.last_mut() {
            Some(run) if bytes <= room => run.push(part.clone()),
            _ => {
                runs.push(vec![part.clone()]);
                room = SMALL;
            }
        }
        room = room.saturating_sub(bytes);
    }
    Ok(runs)
}

/// Writes each run as one part of the new generation, under the name of its first, which keeps the order.
fn fill(place: &Path, runs: &[Vec<PathBuf>]) -> Result<()> {
    fs::create_dir_all(place).at("making a folder", place)?;
    let connection = Engine::with_files(&Limits { threads: Some(1), ..Limits::default() })?.connection()?;
    for run in runs {
        let Some(name) = run.first().and_then(|first| first.file_name()) else { continue };
        let to = place.join(name);
        match &run[..] {
            // The same file under a second name, where the file system can.
            [one] if fs::hard_link(one, &to).is_ok() => continue,
            [one] => {
                fs::copy(one, &to).at("copying a part", one)?;
            }
            several => {
                let select = format!("SELECT * FROM {}", read_parts(several));
                let (marks, descriptions) = (marks(&connection, several)?, descriptions(&connection, several)?);
                engine::run(&connection, &into_described_part(&select, &to, &marks, &descriptions), &Job::new())?;
            }
        }
        File::open(&to).and_then(|file| file.sync_all()).at("syncing a file", &to)?;
    }
    sync_folder(place)
}
