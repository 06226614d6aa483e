//! Parameter values ↔ text: the styles of OpenAPI 3.1, 4.8.12.3 and 4.8.12.4, which are those of RFC 6570.
//!
//! Both directions stand here, so that a client and a server cannot disagree. Knows JSON values, not models;
//! percent-encoding is left to those who know where the text goes. Where the specification leaves open how
//! something is written, the form that most servers read is taken:
//!
//! * An item of a list, or a member of an object, that is composed itself is a JSON text; in a `deepObject`
//!   it has names of its own.
//! * A list in a `deepObject` has `[]` behind its name, or the numbers of its items where these are composed.
//! * A list in an object whose members stand alone repeats the name of the member.
//! * A list or an object without items is not written (RFC 6570, 3.2.1), but for a header, which is empty
//!   then (RFC 9110, 5.6.1).
//! * Null, and what is empty inside something else, has no text.

mod read;
mod write;

pub use read::{from_pairs, from_text, numbered};
use serde_json::Value;
use std::fmt;
pub use write::{to_joined, to_pairs, to_text};

/// A style: a rule by which a value becomes text (OpenAPI 3.1, 4.8.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `a,b`: path and header.
    Simple,
    /// `.a.b`: path.
    Label,
    /// `;name=a,b`: path.
    Matrix,
    /// `name=a&name=b`, or `name=a,b`: query, cookie and forms.
    Form,
    /// `name=a b`: query.
    SpaceDelimited,
    /// `name=a|b`: query.
    PipeDelimited,
    /// `name[key]=a`: query.
    DeepObject,
}

impl Style {
    /// Returns the style of a name in a document.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Style> {
        use Style::{DeepObject, Form, Label, Matrix, PipeDelimited, Simple, SpaceDelimited};
        let all = [Simple, Label, Matrix, Form, SpaceDelimited, PipeDelimited, DeepObject];
        all.into_iter().find(|style| style.name() == name)
    }

    /// Returns the name of the style in a document (OpenAPI 3.1, 4.8.12.3).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Style::Simple => "simple",
            Style::Label => "label",
            Style::Matrix => "matrix",
            Style::Form => "form",
            Style::SpaceDelimited => "spaceDelimited",
            Style::PipeDelimited => "pipeDelimited",
            Style::DeepObject => "deepObject",
        }
    }

    fn delimiter(self) -> char {
        match self {
            Style::SpaceDelimited => ' ',
            Style::PipeDelimited => '|',
            _ => ',',
        }
    }
}

/// Why a value has no text in its style: what is read of it would be another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// Null, inside a list or an object.
    Null,
    /// A list or an object without items, inside another one or where nothing can stand for it; or an empty
    /// text, alone in a list.
    Empty,
    /// A text that holds this sign, which separates texts.
    Separator(char),
    /// A text with a space at one of its ends, which is not kept there.
    Space,
    /// A name between brackets that is empty, or holds one.
    Bracket,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritable::Null => f.write_str("it holds null, which has no text"),
            Unwritable::Empty => {
                f.write_str("it is or holds an empty list, object or text, for which nothing can be written")
            }
            Unwritable::Separator(sign) => write!(f, "an item of it holds {sign:?}, which separates items"),
            Unwritable::Space => f.write_str("it has a space at an end, which is not kept"),
            Unwritable::Bracket => f.write_str("a name in it is empty or holds a bracket, which ends names"),
        }
    }
}

/// The kind of value that a parameter's text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One text.
    Scalar,
    /// A list of texts.
    Array,
    /// Texts by name.
    Object,
}

/// Returns the text of an item of a list, or of a member of an object; what is composed itself stands as
/// JSON.
///
/// # Errors
///
/// That it has none.
pub fn item_text(value: &Value) -> Result<String, Unwritable> {
    match value {
        Value::Null => Err(Unwritable::Null),
        other => Ok(scalar(other)),
    }
}

/// Returns a value as a bare text; what is itself composed stands as JSON.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Returns the text of a text, a number or a boolean; none of anything else.
pub fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Some(scalar(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
