//! Clocks and timers, and futures and answers that stay on their thread: all that is otherwise in a browser.
//!
//! Elsewhere these are the clocks of the system, the timers of tokio, and nothing at all. Must not know
//! calls.

#[cfg(not(target_arch = "wasm32"))]
mod there {
    pub(crate) use std::time::Instant as Clock;
    use std::time::SystemTime;
    pub(crate) use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

    /// A value that may be sent to another thread.
    pub(crate) type OnItsThread<T> = T;

    /// Makes a value one that may be sent to another thread.
    pub(crate) fn on_its_thread<T>(value: T) -> OnItsThread<T> {
        value
    }

    /// Takes a value out of what [`on_its_thread`] made of it.
    pub(crate) fn taken<T>(value: OnItsThread<T>) -> T {
        value
    }

    /// Returns the time of day.
    pub(crate) fn now() -> SystemTime {
        SystemTime::now()
    }

    /// Makes a future one that may be sent to another thread, because it is never: in a browser there is but
    /// one. Elsewhere it may be sent as it is.
    pub fn staying<F: Future + Send>(future: F) -> F {
        future
    }
}

#[cfg(target_arch = "wasm32")]
mod there {
    use send_wrapper::SendWrapper;
    use std::time::SystemTime;
    pub(crate) use wasmtimer::std::Instant;
    pub(crate) use wasmtimer::std::Instant as Clock;
    pub(crate) use wasmtimer::tokio::{sleep, sleep_until, timeout, timeout_at};

    /// A value that may be sent to another thread, because it is never: there is but one.
    pub(crate) type OnItsThread<T> = SendWrapper<T>;

    /// Makes a value one that may be sent to another thread.
    pub(crate) fn on_its_thread<T>(value: T) -> OnItsThread<T> {
        SendWrapper::new(value)
    }

    /// Takes a value out of what [`on_its_thread`] made of it.
    pub(crate) fn taken<T>(value: OnItsThread<T>) -> T {
        value.take()
    }

    /// Returns the time of day.
    pub(crate) fn now() -> SystemTime {
        let since = wasmtimer::std::SystemTime::now().duration_since(wasmtimer::std::UNIX_EPOCH);
        SystemTime::UNIX_EPOCH + since.unwrap_or_default()
    }

    /// Makes a future one that may be sent to another thread, because it is never: in a browser there is but
    /// one. Elsewhere it may be sent as it is.
    pub fn staying<F: Future>(future: F) -> SendWrapper<F> {
        SendWrapper::new(future)
    }
}

pub use there::staying;
pub(crate) use there::{
    Clock, Instant, OnItsThread, now, on_its_thread, sleep, sleep_until, taken, timeout, timeout_at,
};
