//! The text of a document → its contract, for tests that have the document beside them.
//!
//! Knows how documents are read. Must not know files: a document that refers to others is read by whoever
//! knows where they are.

use crate::Contract;
use spec_document::{Diagnostics, Renderer, Sources};
use std::fmt;

/// A report of why a document is no contract: each error with its line, and what to do.
#[derive(Clone)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same as for people: this is what a test shows that unwraps it.
impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.0)
    }
}

impl std::error::Error for Unreadable {}

impl Contract {
    /// Reads the contract of a document that is one text, of YAML or JSON. The name stands in messages.
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong with the document, and what it refers to beyond itself.
    ///
    /// ```
    /// use spec_contract::Contract;
    ///
    /// let text = "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\npaths: {}\n";
    /// assert_eq!(Contract::read("pets.yaml", text)?.api().title, "Pets");
    /// let wrong = Contract::read("pets.yaml", &text.replace("paths: {}", "paths: []")).unwrap_err();
    /// assert!(wrong.to_string().contains("pets.yaml:3:8"), "{wrong}");
    /// # Ok::<(), spec_contract::Unreadable>(())
    /// ```
    pub fn read(name: &str, text: &str) -> Result<Contract, Unreadable> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add(name, text);
        let document = sources.parse(source, None, &mut diagnostics);
        let api = document.and_then(|document| spec_api::read(&document, &mut diagnostics));
        match api {
            Some(api) if !diagnostics.has_errors() => Ok(Contract::new(api)),
            _ => Err(Unreadable(Renderer::new(&sources).render_all(&diagnostics))),
        }
    }
}
