//! What came of exercising an operation. Plain data, on its way from one program to another.

use serde::{Deserialize, Serialize};

/// What came of exercising an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The document.
    pub document: String,
    /// The `operationId`.
    pub operation: String,
    /// How often it was asked and answered.
    pub exchanges: usize,
    /// How many answers the document declares.
    pub answers: usize,
    /// How many of them were given.
    pub answered: usize,
    /// How many failures have a shape that the document declares.
    pub shaped: usize,
    /// What in the exchanges is not as the document says.
    pub violations: usize,
    /// What arrived or came back otherwise than it was sent, or not at all.
    pub mismatches: usize,
    /// The first of both, in sentences.
    pub said: Vec<String>,
    /// What was not exercised, and why.
    pub left_out: Vec<String>,
}
