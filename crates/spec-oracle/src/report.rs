//! What came of exercising an operation. Plain data, on its way from one program to another.

use serde::{Deserialize, Serialize};

/// The outcome of exercising an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The document.
    pub document: String,
    /// The `operationId`.
    pub operation: String,
    /// The number of times that it was asked and answered.
    pub exchanges: usize,
    /// The number of answers that the document declares.
    pub answers: usize,
    /// The number of those that were given.
    pub answered: usize,
    /// The number of failures in a shape that the document declares.
    pub shaped: usize,
    /// The number of things in the exchanges that are not as the document says.
    pub violations: usize,
    /// The number of things that arrived or came back otherwise than they were sent, or not at all.
    pub mismatches: usize,
    /// The first of both, in sentences.
    pub said: Vec<String>,
    /// The parts that were not exercised, and why.
    pub left_out: Vec<String>,
}
