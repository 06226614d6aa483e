//! The error of a builder when required fields were not set.

use std::fmt;

/// Required fields that were not set: all of them, by their names in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFields {
    model: &'static str,
    fields: Vec<&'static str>,
}

impl MissingFields {
    /// Collects the fields of a model whose flag says that they are missing.
    pub fn new<const N: usize>(model: &'static str, fields: [(&'static str, bool); N]) -> Self {
        let fields = fields.into_iter().filter(|(_, missing)| *missing).map(|(field, _)| field).collect();
        MissingFields { model, fields }
    }

    /// Returns the names of the missing fields.
    pub fn fields(&self) -> &[&'static str] {
        &self.fields
    }
}

impl fmt::Display for MissingFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} needs {}", self.model, self.fields.join(", "))
    }
}

impl std::error::Error for MissingFields {}
