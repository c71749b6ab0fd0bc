//! The progress of a job on standard error: a bar on a terminal once it takes long, a line a stage
//! elsewhere. Ctrl-C cancels the job.

use std::io::IsTerminal as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use algomosaic_api::{Job, Problem};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// What takes less shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(100);

/// Runs the work with a job whose progress is shown.
pub(crate) fn with_job<T>(output: &Output, work: impl FnOnce(&Job) -> Result<T, Problem>) -> Result<T, Problem> {
    let job = Job::new();
    cancel_on_interrupt(&job);
    if !output.shows_progress() {
        return work(&job);
    }
    let terminal = std::io::stderr().is_terminal();
    std::thread::scope(|scope| {
        let (ended, ends) = channel::<()>();
        let watched = job.clone();
        scope.spawn(move || if terminal { bar(&watched, &ends) } else { lines(&watched, &ends) });
        let result = work(&job);
        drop(ended);
        result
    })
}

/// The first Ctrl-C asks the work that runs to stop, the second stops the process at once.
fn cancel_on_interrupt(job: &Job) {
    static RUNNING: Mutex<Option<Job>> = Mutex::new(None);
    static HANDLER: Once = Once::new();
    let running = || RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    *running() = Some(job.clone());
    HANDLER.call_once(|| {
        // Without a handler Ctrl-C ends the process, which is safe as well.
        let _ = ctrlc::set_handler(move || {
            let job = running().clone();
            if let Some(job) = job {
                if job.is_cancelled() {
                    std::process::exit(130);
                }
                job.cancel();
            }
        });
    });
}

/// The share done, the time and the stage; a share that is not known does not show. What is quick passes without a word.
fn bar(job: &Job, ends: &Receiver<()>) {
    if ends.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let style =
        |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let unknown = style("{spinner} {elapsed}  {msg}");
    let known = style("{bar:30} {percent:>3} %  {elapsed}  {msg}");
    let bar = ProgressBar::new(100).with_style(unknown).with_elapsed(PATIENCE);
    let mut is_known = false;
    while ends.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let progress = job.progress();
        if progress.fraction > 0.0 && !is_known {
            is_known = true;
            bar.set_style(known.clone());
        }
        bar.set_position((progress.fraction * 100.0) as u64);
        bar.set_message(progress.stage);
        bar.tick();
    }
    bar.finish_and_clear();
}

fn lines(job: &Job, ends: &Receiver<()>) {
    let mut shown = String::new();
    while ends.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        let progress = job.progress();
        if progress.stage != shown {
            eprintln!("{:>3} %  {}", (progress.fraction * 100.0) as u64, progress.stage);
            shown = progress.stage;
        }
    }
}
