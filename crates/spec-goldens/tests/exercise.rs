//! Every operation of every small document: generated client against generated server on loopback, every declared answer, with
//! values that are made of the document, held against the document. `oracle exercise` does the same for documents elsewhere.

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

#[tokio::test]
async fn clients_and_servers_keep_to_their_documents() {
    let (mut exchanges, mut wrong) = (0, Vec::new());
    for document in glue::GLUED {
        let (_, path) = DOCUMENTS.iter().find(|(name, _)| *name == document.name).expect("the document");
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let read = workspace::read(Path::new(path), &mut sources, &mut diagnostics).expect("a tree");
        let api = spec_api::read(&read, &mut diagnostics).expect("an Api");
        let mut run = match Run::new(*document, api).await {
            Ok(run) => run,
            Err(error) => panic!("{}: {error}", document.name),
        };
        for index in 0..document.operations.len() {
            let report = run.operation(index, 1, 3).await;
            exchanges += report.exchanges;
            let said = report.said.iter().chain(&report.left_out);
            wrong.extend(said.map(|said| format!("{}, {}: {said}", document.name, report.operation)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(exchanges > 300, "{exchanges}");
}
