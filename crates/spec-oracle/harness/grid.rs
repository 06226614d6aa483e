//! Walks through cells: `grid JOB FROM` writes a line of JSON for each operation of each document from the
//! given one on: what came of its cells. The job is `{NAME: {"path": PATH, "operations": [[CELL]]}}`.
//!
//! Whoever runs it starts it again behind an operation that ends it.

#![allow(warnings)]

mod rows;

use spec_api::Api;
use spec_document::{Diagnostics, Renderer, Sources};
use spec_oracle::cells::{Grid, Walked};
use spec_oracle::loopback::Walk;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

#[derive(serde::Deserialize)]
struct Paper {
    path: String,
    operations: Vec<Vec<usize>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    // What panics is reported where it is waited for.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments = std::env::args().skip(1);
    let (Some(job), Some(from)) = (arguments.next(), arguments.next()) else {
        return Err("grid JOB FROM".into());
    };
    let job: BTreeMap<String, Paper> = serde_json::from_str(&std::fs::read_to_string(job)?)?;
    let from: usize = from.parse()?;
    let grid = Grid::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut number = 0;
    for document in rows::all() {
        let paper = job.get(document.name).ok_or("the document has no cells")?;
        let mut walk = None;
        for (index, cells) in paper.operations.iter().enumerate() {
            number += 1;
            if number <= from {
                continue;
            }
            let walked = runtime.block_on(async {
                if walk.is_none() {
                    walk = Some(Walk::new(*document, read(&paper.path)?).await?);
                }
                let walk = walk.as_ref().ok_or("there is no walk")?;
                Ok::<Vec<Walked>, String>(walk.operation(index, &grid, cells).await)
            })?;
            let mut out = std::io::stdout().lock();
            serde_json::to_writer(&mut out, &walked)?;
            writeln!(out)?;
            out.flush()?;
        }
    }
    Ok(())
}

/// Reads a document.
fn read(path: &str) -> Result<Api, String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let read = spec_codegen::workspace::read(path.as_ref(), &mut sources, &mut diagnostics);
    let api = read.and_then(|document| spec_api::read(&document, &mut diagnostics));
    api.ok_or_else(|| Renderer::new(&sources).render_all(&diagnostics))
}
