//! Shares independent pieces of work among threads. With one thread, the caller's own does everything.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Error;

pub(crate) struct Workers {
    pool: Option<rayon::ThreadPool>,
    pub(crate) threads: usize,
}

/// Rounds without work after which a thread rests, about a fifth of a millisecond. Pieces of work are often shorter than
/// waking a thread takes, so threads stay awake between them.
const ROUNDS: u32 = 500;
const REST: Duration = Duration::from_micros(50);

impl Workers {
    pub(crate) fn new(threads: usize) -> Result<Self, Error> {
        if threads == 0 || threads > 1024 {
            let rule = "between 1 and 1024".to_owned();
            return Err(Error::Param { name: "threads", value: threads.to_string(), rule });
        }
        let pool = || rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = (threads > 1).then(pool).transpose().map_err(|error| Error::Threads(error.to_string()))?;
        Ok(Workers { pool, threads })
    }

    /// Runs `work` on one of the threads, while the others stay awake for what it shares out.
    pub(crate) fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        let Some(pool) = &self.pool else { return work() };
        let done = AtomicBool::new(false);
        pool.scope(|scope| {
            let caller = pool.current_thread_index();
            let done = &done;
            scope.spawn_broadcast(move |_, context| {
                let mut idle = 0;
                // The caller's own thread would wait for itself.
                while Some(context.index()) != caller && !done.load(Ordering::Relaxed) {
                    wait(&mut idle);
                    if idle > ROUNDS {
                        std::thread::sleep(REST);
                    }
                }
            });
            let _done = Done(done);
            work()
        })
    }

    /// Does `work` on each item.
    pub(crate) fn each<T: Send>(&self, items: &mut [T], work: impl Fn(&mut T) + Sync + Send) {
        let Some(pool) = self.pool.as_ref().filter(|_| items.len() > 1) else {
            return items.iter_mut().for_each(work);
        };
        let others = self.threads.min(items.len()) - 1;
        let (queue, busy) = (Mutex::new(items.iter_mut()), AtomicUsize::new(others));
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work_off = || {
            while let Some(item) = next() {
                work(item);
            }
        };
        pool.scope(|scope| {
            for _ in 0..others {
                scope.spawn(|_| {
                    work_off();
                    busy.fetch_sub(1, Ordering::Release);
                });
            }
            work_off();
            let mut idle = 0;
            while busy.load(Ordering::Acquire) > 0 && idle < ROUNDS {
                wait(&mut idle);
            }
        });
    }

    /// The results of `work` for 0 to `count - 1`, in order.
    pub(crate) fn map<R: Send>(&self, count: usize, work: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
        let mut results: Vec<_> = (0..count).map(|number| (number, None)).collect();
        self.each(&mut results, |(number, result)| *result = Some(work(*number)));
        results.into_iter().filter_map(|(_, result)| result).collect()
    }
}

/// Does a piece of what others share out; where there is none, one more idle round passes.
fn wait(idle: &mut u32) {
    if let Some(rayon::Yield::Executed) = rayon::yield_now() {
        *idle = 0;
    } else {
        *idle += 1;
        std::thread::yield_now();
    }
}

/// Tells that the work is done, even when it panics.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_results_keep_their_order() {
        for threads in [1, 2, 3, 8] {
            let workers = Workers::new(threads).unwrap();
            for count in [0, 1, 2, 7, 1000] {
                let square = |number: usize| workers.map(number % 3, |inner| inner).len() + number * number;
                let expected: Vec<usize> = (0..count).map(|number| number % 3 + number * number).collect();
                assert_eq!(workers.map(count, square), expected, "outside");
                assert_eq!(workers.run(|| workers.map(count, square)), expected, "inside");
                let mut items = vec![0; count];
                workers.run(|| (0..20).for_each(|_| workers.each(&mut items, |item| *item += 1)));
                assert_eq!(items, vec![20; count]);
            }
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_leaves_the_threads_usable() {
        let workers = Workers::new(2).unwrap();
        let all = |count: usize| workers.run(|| workers.map(count, |number| assert!(number < 10)).len());
        assert!(catch_unwind(AssertUnwindSafe(|| all(20))).is_err());
        assert_eq!(all(10), 10);
    }
}
