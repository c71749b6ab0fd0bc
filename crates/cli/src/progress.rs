//! The progress of a job on standard error: a bar on a terminal, a line a stage elsewhere. Ctrl-C cancels the job.

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use algomosaic_api::{Job, Problem};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

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

/// The first Ctrl-C asks the work to stop, the second stops the process at once.
fn cancel_on_interrupt(job: &Job) {
    static FIRST: OnceLock<Job> = OnceLock::new();
    if FIRST.set(job.clone()).is_ok() {
        // Without a handler Ctrl-C ends the process, which is safe as well.
        let _ = ctrlc::set_handler(|| {
            if let Some(job) = FIRST.get() {
                if job.is_cancelled() {
                    std::process::exit(130);
                }
                job.cancel();
            }
        });
    }
}

fn bar(job: &Job, ends: &std::sync::mpsc::Receiver<()>) {
    let bar = ProgressBar::new(1000);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}") {
        bar.set_style(style);
    }
    while ends.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
        let progress = job.progress();
        bar.set_position((progress.fraction * 1000.0) as u64);
        bar.set_message(progress.stage);
    }
    bar.finish_and_clear();
}

fn lines(job: &Job, ends: &std::sync::mpsc::Receiver<()>) {
    let mut shown = String::new();
    while ends.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
        let progress = job.progress();
        if progress.stage != shown {
            eprintln!("{:>3} %  {}", (progress.fraction * 100.0) as u64, progress.stage);
            shown = progress.stage;
        }
    }
}
