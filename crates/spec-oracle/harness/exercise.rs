//! Exercises clients against servers: `exercise JOB FROM` writes a line of JSON for each operation of each
//! document from the given one on. The job is `{"seed": …, "times": …, "hostile": …, "documents": {NAME:
//! PATH}}`.
//!
//! Whoever runs it starts it again behind an operation that ends it.

#![allow(warnings)]

mod rows;

use serde_json::Value;
use spec_api::Api;
use spec_document::{Diagnostics, Renderer, Sources};
use spec_oracle::loopback::{Report, Run};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

#[derive(serde::Deserialize)]
struct Job {
    seed: u64,
    times: usize,
    hostile: Option<usize>,
    documents: BTreeMap<String, String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    // What panics is reported where it is waited for.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments = std::env::args().skip(1);
    let (Some(job), Some(from)) = (arguments.next(), arguments.next()) else {
        return Err("exercise JOB FROM".into());
    };
    let job: Job = serde_json::from_str(&std::fs::read_to_string(job)?)?;
    let from: usize = from.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut number = 0;
    for document in rows::all() {
        let mut run = None;
        for index in 0..document.operations.len() {
            number += 1;
            if number <= from {
                continue;
            }
            let report = runtime.block_on(async {
                if run.is_none() {
                    let path = job.documents.get(document.name).ok_or("the document has no path")?;
                    run = Some(Run::new(*document, read(path)?).await?);
                }
                let run = run.as_mut().ok_or("there is no run")?;
                Ok::<Report, String>(match job.hostile {
                    Some(requests) => run.hostile(index, job.seed, requests).await,
                    None => run.operation(index, job.seed, job.times).await,
                })
            })?;
            let mut out = std::io::stdout().lock();
            serde_json::to_writer(&mut out, &report)?;
            writeln!(out)?;
            out.flush()?;
        }
    }
    Ok(())
}

/// Reads a document, and the files that it refers to.
fn read(path: &str) -> Result<Api, String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let read = spec_codegen::workspace::read(path.as_ref(), &mut sources, &mut diagnostics);
    let api = read.and_then(|document| spec_api::read(&document, &mut diagnostics));
    api.ok_or_else(|| Renderer::new(&sources).render_all(&diagnostics))
}
