//! Every operation of every small document: generated client against generated server on loopback, every
//! declared answer, with values that are made of the document, held against the document; and requests that
//! mean harm. `oracle exercise` and `oracle hostile` do the same for documents elsewhere, the latter with a
//! million requests.

use spec_codegen::workspace;
use spec_document::{Diagnostics, Sources};
use spec_goldens::DOCUMENTS;
use spec_oracle::loopback::Run;
use std::path::Path;

// What is not used of a document is not asked for, either.
#[allow(clippy::all, deprecated, missing_docs, unused)]
mod glue {
    include!(concat!(env!("OUT_DIR"), "/glue.rs"));
}

/// A document, with what it means and a server of it.
async fn served(document: &spec_oracle::loopback::Document) -> Run {
    let (_, path) = DOCUMENTS.iter().find(|(name, _)| *name == document.name).expect("the document");
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let read = workspace::read(Path::new(path), &mut sources, &mut diagnostics).expect("a tree");
    let api = spec_api::read(&read, &mut diagnostics).expect("an Api");
    match Run::new(*document, api).await {
        Ok(run) => run,
        Err(error) => panic!("{}: {error}", document.name),
    }
}

#[tokio::test]
async fn clients_and_servers_keep_to_their_documents() {
    let (mut exchanges, mut shaped, mut wrong) = (0, 0, Vec::new());
    for document in glue::GLUED {
        let mut run = served(document).await;
        for index in 0..document.operations.len() {
            let report = run.operation(index, 1, 3).await;
            exchanges += report.exchanges;
            shaped += report.shaped;
            let said = report.said.iter().chain(&report.left_out);
            wrong.extend(said.map(|said| format!("{}, {}: {said}", document.name, report.operation)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(exchanges > 300, "{exchanges}");
    assert!(shaped > 30, "{shaped}");
}

#[tokio::test]
async fn servers_keep_their_heads() {
    let (mut requests, mut called, mut wrong) = (0, 0, Vec::new());
    for document in glue::GLUED {
        let mut run = served(document).await;
        for index in 0..document.operations.len() {
            let report = run.hostile(index, 1, 40).await;
            requests += report.exchanges;
            called += report.answered;
            wrong.extend(
                report.said.iter().map(|said| format!("{}, {}: {said}", document.name, report.operation)),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Many are valid all the same, so that the others were not refused at the door.
    assert!(requests > 5000 && called > requests / 4 && called < requests * 3 / 4, "{requests}, {called}");
}
