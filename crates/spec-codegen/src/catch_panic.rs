//! Panics as values: engines panic on documents that they did not expect.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs an engine, and returns what it made.
///
/// # Errors
///
/// Returns the engine's message if it panicked.
pub(crate) fn run<T>(engine: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(engine));
    QUIET.set(before);
    result.map_err(|panic| match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "it panicked without a word".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn a_panic_is_a_value() {
        assert_eq!(run(|| 7), Ok(7));
        assert_eq!(run(|| -> u8 { panic!("no {}", "way") }), Err("no way".to_owned()));
        assert_eq!(run(|| -> u8 { std::panic::panic_any(1) }), Err("it panicked without a word".to_owned()));
    }
}
