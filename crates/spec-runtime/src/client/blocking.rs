//! Calls of those who do not wait asynchronously.
//!
//! Must not know what is called.

use std::sync::OnceLock;
use std::{io, thread};
use tokio::runtime::{Builder, Handle, Runtime};

/// Does a future to its end, on a runtime that lives as long as the process. Within another runtime it is
/// done by a thread of its own, so that it never panics there; that runtime's thread waits.
///
/// # Errors
///
/// When the runtime can't be started.
pub(crate) fn block_on<F>(future: F) -> io::Result<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = match RUNTIME.get() {
        Some(runtime) => runtime,
        None => {
            let mut builder = Builder::new_multi_thread();
            let made = builder.worker_threads(1).thread_name("blocking-calls").enable_all().build()?;
            RUNTIME.get_or_init(|| made)
        }
    };
    if Handle::try_current().is_err() {
        return Ok(runtime.block_on(future));
    }
    thread::scope(|scope| match scope.spawn(|| runtime.block_on(future)).join() {
        Ok(output) => Ok(output),
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
