//! Shares independent pieces of work among threads. With one thread, the caller's own does everything.

use rayon::prelude::*;

use crate::Error;

pub(crate) struct Workers {
    pool: Option<rayon::ThreadPool>,
    pub(crate) threads: usize,
}

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

    /// Runs `work` on one of the threads, so that what it shares out starts without waking one first.
    pub(crate) fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// Does `work` on each item.
    pub(crate) fn each<T: Send>(&self, items: &mut [T], work: impl Fn(&mut T) + Sync + Send) {
        match &self.pool {
            Some(pool) if items.len() > 1 => pool.install(|| items.par_iter_mut().with_max_len(1).for_each(work)),
            _ => items.iter_mut().for_each(work),
        }
    }

    /// The results of `work` for 0 to `count - 1`, in order.
    pub(crate) fn map<R: Send>(&self, count: usize, work: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
        match &self.pool {
            Some(pool) if count > 1 => pool.install(|| (0..count).into_par_iter().with_max_len(1).map(work).collect()),
            _ => (0..count).map(work).collect(),
        }
    }
}
