//! Asks models about instances: `suite CASES FROM` reads `[{"model": …, "data": …}]` and writes a line of
//! JSON for each case from the given one on: `{"taken": true}`, `{"refused": …}` or `{"broken": …}`.
//!
//! Whoever runs it starts it again behind a case that ends it.

#![allow(warnings)]

mod rows;

use serde_json::{Value, json};
use std::error::Error;
use std::io::Write;
use std::panic::{catch_unwind, set_hook};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [cases, from] = arguments.as_slice() else { return Err("usage: suite CASES FROM".into()) };
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(cases)?)?;
    set_hook(Box::new(|_| {}));
    for case in &cases[from.parse()?..] {
        let verdict = rows::all().find(|(name, _)| case["model"] == *name).ok_or("an unknown model")?.1;
        let text = serde_json::to_vec(&case["data"])?;
        let answer = match catch_unwind(|| verdict(&text)) {
            Ok(Ok(())) => json!({ "taken": true }),
            Ok(Err(reason)) => json!({ "refused": reason }),
            Err(panic) => json!({ "broken": said(&*panic) }),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn said(panic: &dyn std::any::Any) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("it panics: {}", text.unwrap_or_default())
}
