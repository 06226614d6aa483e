//! How long a large document takes. Run it alone, in release, to see the figure:
//! `cargo test -p spec-contract --release --test speed -- --nocapture`.

use spec_document::{Code, Diagnostics, Sources};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// A document with as many components in a circle, each with four examples of tiny schemas and a pattern of
/// its own.
fn document(components: usize) -> String {
    let mut text = String::from(
        "openapi: 3.1.0\ninfo: {title: Large, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n",
    );
    for index in 0..components {
        let _ = write!(
            text,
            "    Schema{index}:\n      type: object\n      properties:\n        \
             name: {{type: string, pattern: '^[a-z]+{index}$', examples: [abc{index}]}}\n        \
             size: {{type: [integer, 'null'], minimum: 0, examples: [{index}]}}\n        \
             kind: {{type: string, enum: [a, b], examples: [a]}}\n        \
             next: {{$ref: '#/components/schemas/Schema{}', examples: [{{size: {}}}]}}\n",
            (index + 1) % components,
            if index == 7 { "-1" } else { "1" },
        );
    }
    text
}

#[test]
fn a_thousand_examples() {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("large.yaml", document(250));
    let document = sources.parse(source, None, &mut diagnostics).expect("a tree");
    let api = spec_api::read(&document, &mut diagnostics).expect("an Api");
    assert_eq!((api.examples.len(), diagnostics.len()), (1000, 0));
    let mut found = Diagnostics::new();
    let start = Instant::now();
    spec_contract::examples::check(&api, &mut found);
    let time = start.elapsed();
    eprintln!("1000 examples: {time:?}");
    let codes: Vec<Code> = found.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::ExampleMismatch]);
    // Far above what it takes, so that a busy machine does not matter; what is quadratic still fails.
    assert!(time < Duration::from_secs(20), "{time:?}");
}
