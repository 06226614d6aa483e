//! A thread that judges what has passed, so that no message waits for it.
//!
//! Knows that only so many wait. Must not know what is judged.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

/// How often an idle thread looks for something to do before it sleeps until it is woken: waking a thread
/// takes whoever does it longer than all else here.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(1);

type Job = Box<dyn FnOnce() + Send>;

/// A thread, from the first job on until this is dropped.
pub(crate) struct Background {
    limit: usize,
    /// The largest number of bytes that jobs keep while they wait.
    bytes: usize,
    queue: Arc<Queue>,
    /// Whether there is a thread.
    thread: OnceLock<bool>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    /// Something is to be done.
    due: Condvar,
    /// Nothing is.
    done: Condvar,
}

#[derive(Default)]
struct State {
    /// Each with the number of bytes that it keeps.
    jobs: VecDeque<(usize, Job)>,
    /// The bytes of all jobs that are not done.
    bytes: usize,
    is_asleep: bool,
    is_busy: bool,
    is_over: bool,
}

impl Background {
    /// Makes a thread for which at most so many jobs wait, with so many bytes.
    pub(crate) fn new(limit: usize, bytes: usize) -> Background {
        Background { limit, bytes, queue: Arc::default(), thread: OnceLock::new() }
    }

    /// Leaves a job that keeps so many bytes to the thread. One that keeps more than may wait is taken where
    /// nothing else is.
    ///
    /// # Errors
    ///
    /// Returns the job if too many wait, or there can be no thread.
    pub(crate) fn push<F: FnOnce() + Send + 'static>(&self, bytes: usize, job: F) -> Result<(), F> {
        let is_there = *self.thread.get_or_init(|| {
            let queue = self.queue.clone();
            thread::Builder::new().name("spec-guard".to_owned()).spawn(move || queue.work()).is_ok()
        });
        let mut state = self.queue.lock();
        let is_heavy = state.bytes > 0 && state.bytes.saturating_add(bytes) > self.bytes;
        if !is_there || state.jobs.len() >= self.limit || is_heavy {
            return Err(job);
        }
        state.bytes = state.bytes.saturating_add(bytes);
        state.jobs.push_back((bytes, Box::new(job)));
        let is_asleep = state.is_asleep;
        drop(state);
        if is_asleep {
            self.queue.due.notify_one();
        }
        Ok(())
    }

    /// Waits until all jobs are done.
    pub(crate) fn flush(&self) {
        let mut state = self.queue.lock();
        while !state.jobs.is_empty() || state.is_busy {
            state = self.queue.done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.queue.lock().is_over = true;
        self.queue.due.notify_one();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut idle = 0;
        loop {
            let mut state = self.lock();
            let jobs = std::mem::take(&mut state.jobs);
            state.is_busy = !jobs.is_empty();
            if jobs.is_empty() {
                self.done.notify_all();
                if state.is_over {
                    return;
                }
                if idle < LOOKS {
                    drop(state);
                    idle += 1;
                    thread::sleep(PAUSE);
                } else {
                    state.is_asleep = true;
                    state = self.due.wait(state).unwrap_or_else(PoisonError::into_inner);
                    state.is_asleep = false;
                }
                continue;
            }
            drop(state);
            idle = 0;
            for (bytes, job) in jobs {
                // A sink that panics has said so; others are still to be told.
                let _ = catch_unwind(AssertUnwindSafe(job));
                if bytes > 0 {
                    let mut state = self.lock();
                    state.bytes = state.bytes.saturating_sub(bytes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Background, LOOKS, PAUSE};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, mpsc};

    #[test]
    fn jobs_are_done_in_their_order_and_only_so_many_wait() {
        let background = Background::new(3, 1);
        let (begin, begun) = mpsc::channel::<()>();
        let (inside, is_inside) = mpsc::channel();
        assert!(background.push(0, move || inside.send(begun.recv()).unwrap()).is_ok());
        let done = Arc::new(AtomicUsize::new(0));
        let count = |number: usize| {
            let done = done.clone();
            move || assert_eq!(done.fetch_add(1, Ordering::Relaxed), number)
        };
        // The first one may wait, too, or not any more.
        let taken = (0..5).map_while(|number| background.push(0, count(number)).ok()).count();
        assert!((2..=4).contains(&taken), "{taken}");
        begin.send(()).unwrap();
        background.flush();
        is_inside.recv().unwrap().unwrap();
        assert_eq!(done.load(Ordering::Relaxed), taken);
    }

    #[test]
    fn only_so_many_bytes_wait() {
        let background = Background::new(100, 10);
        let (begin, begun) = mpsc::channel::<()>();
        // One that is larger than all is taken alone.
        assert!(background.push(12, move || begun.recv().unwrap()).is_ok());
        assert!(background.push(1, || {}).is_err());
        begin.send(()).unwrap();
        background.flush();
        assert!(background.push(6, || {}).is_ok());
        background.flush();
        assert!(background.push(6, || {}).is_ok());
    }

    #[test]
    fn it_outlives_panics_and_wakes() {
        let background = Background::new(10, 1);
        let done = Arc::new(AtomicUsize::new(0));
        for _ in 0..2 {
            assert!(background.push(0, || panic!("as a sink may")).is_ok());
            let own = done.clone();
            let count = move || {
                own.fetch_add(1, Ordering::Relaxed);
            };
            assert!(background.push(0, count).is_ok());
            background.flush();
            std::thread::sleep(PAUSE * LOOKS * 3);
        }
        assert_eq!(done.load(Ordering::Relaxed), 2);
    }
}
