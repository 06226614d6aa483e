//! Judgements: violations, each with its place in the message and in the document.
//!
//! Plain data. Must not know how violations are found.

use std::fmt::{self, Write};

/// The result of checking one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The `operationId` of the operation that the message belongs to; absent where the document has none for
    /// it.
    pub operation: Option<String>,
    /// Everything that is wrong, in a stable order: the request before the response; in a request path,
    /// query, headers, cookies, security, content type and body; in a response status, headers, content type
    /// and body. Parameters and headers are in the document's order, what the document does not declare comes
    /// after them in the order of names, violations in a body are in the order of their pointers.
    pub violations: Vec<Violation>,
}

impl Judgement {
    /// Returns true if nothing is wrong.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.violations.is_empty()
    }
}

impl fmt::Display for Judgement {
    /// Writes all violations, one on each line; nothing where there are none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{violation}")?;
        }
        Ok(())
    }
}

/// One thing that is not as the document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The message of an exchange that it is in.
    pub side: Side,
    /// The part of the message that it is in.
    pub part: Part,
    /// The parameter, header, form field or security scheme that it is about; a header's name is as the
    /// document writes it.
    pub name: Option<String>,
    /// The JSON pointer (RFC 6901) to the offending value, in the body or in the parameter's value. Of
    /// something that is missing it points to the object that lacks it.
    pub pointer: String,
    /// The JSON pointer into the document ([`Api::json`](spec_api::Api::json)) to what is violated: the
    /// keyword of a schema, or the declaration of a parameter, header, body, response or operation.
    pub schema: String,
    /// The fault, in a sentence on one line. Values of headers, parameters and cookies that carry credentials
    /// are never part of it; other values only where they are short.
    pub message: String,
    /// The kind of violation.
    pub kind: Kind,
}

impl fmt::Display for Violation {
    /// Writes everything on one line; control characters, which names and pointers may have, are escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{} {}", self.side, self.part);
        if let Some(name) = &self.name {
            text.push_str(&format!(" `{name}`"));
        }
        if !self.pointer.is_empty() {
            text.push_str(&format!(" at {}", self.pointer));
        }
        text.push_str(&format!(": {} ({}", self.message, self.kind));
        if !self.schema.is_empty() {
            text.push_str(&format!(", see {}", self.schema));
        }
        text.push(')');
        for character in text.chars() {
            match character.is_control() {
                true => write!(f, "{}", character.escape_default())?,
                false => f.write_char(character)?,
            }
        }
        Ok(())
    }
}

/// The messages of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The message that the client sends.
    Request,
    /// The message that the server answers with.
    Response,
}

impl Side {
    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Request => "request",
            Side::Response => "response",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The part of a message that a violation is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The method, on a path that the document has.
    Method,
    /// The path.
    Path,
    /// The query.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
    /// The credentials.
    Security,
    /// The status.
    Status,
    /// The media type of the body.
    ContentType,
    /// The body.
    Body,
    /// The operation that the message is said to belong to: the caller named an operation that the document
    /// does not have.
    Operation,
}

impl Part {
    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Method => "method",
            Part::Path => "path",
            Part::Query => "query",
            Part::Header => "header",
            Part::Cookie => "cookie",
            Part::Security => "security",
            Part::Status => "status",
            Part::ContentType => "content type",
            Part::Body => "body",
            Part::Operation => "operation",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kind of a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Something that has to be there is not.
    Missing,
    /// Something is there that the document does not declare or refuses.
    Undeclared,
    /// Something can't be read: it is not in the syntax or style that the document asks for.
    Malformed,
    /// A value is read, but its schema does not allow it.
    Invalid,
    /// Nothing can be said, because the schema itself can't be used;
    /// [`examples::check`](crate::examples::check) tells why.
    Unchecked,
}

impl Kind {
    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Missing => "missing",
            Kind::Undeclared => "undeclared",
            Kind::Malformed => "malformed",
            Kind::Invalid => "invalid",
            Kind::Unchecked => "unchecked",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
