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

/// Operations that are known not to take all that their document's schemas do: document, operation, what is said, and the reason.
const KNOWN: &[(&str, &str, &str, &str)] = &[(
    "several-files",
    "list_pets",
    "`kind` must be one of",
    "the tag of a union says which variant a value is; to the schema alone it is any text",
)];

#[tokio::test]
async fn clients_and_servers_keep_to_their_documents() {
    let (mut exchanges, mut wrong, mut met) = (0, Vec::new(), Vec::new());
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
            let is_meant = |(name, operation, said, _): &(&str, &str, &str, &str)| {
                (*name, *operation) == (document.name, report.operation.as_str())
                    && report.said.iter().any(|own| own.contains(said))
            };
            match KNOWN.iter().position(is_meant) {
                Some(known) => met.push(known),
                None => {
                    let said = report.said.iter().chain(&report.left_out);
                    wrong.extend(said.map(|said| format!("{}, {}: {said}", document.name, report.operation)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(exchanges > 300, "{exchanges}");
    for (index, (document, operation, _, reason)) in KNOWN.iter().enumerate() {
        assert!(met.contains(&index), "{document}, {operation} takes everything, take it off the list: {reason}");
    }
}
