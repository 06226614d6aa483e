//! What the document says of the texts of an operation's messages, found once for all of them.
//!
//! Knows where headers and parameters are declared. Must not know any message.

use crate::contract::pointer;
use crate::path::Template;
use crate::texts::Spelling;
use serde_json::Value;
use spec_api::{Api, Header, Operation};

/// The words of a document on the texts of an operation's messages.
pub(crate) struct Rules {
    /// Of each parameter, in the order of the operation.
    pub(crate) parameters: Vec<Spelling>,
    /// Names in the query that the path asks for by itself.
    pub(crate) query_of_path: Vec<String>,
    /// Of each header of each response, in the order of the operation.
    pub(crate) headers: Vec<Vec<HeaderRule>>,
}

/// The words of a document on the text of a header.
pub(crate) struct HeaderRule {
    pub(crate) spelling: Spelling,
    pub(crate) explode: bool,
    /// The media type of its text, where it has one.
    pub(crate) content: Option<String>,
}

impl Rules {
    pub(crate) fn of(api: &Api, operation: &Operation) -> Rules {
        let parameters = operation.parameters.iter();
        let headers = |headers: &[Header]| headers.iter().map(|own| HeaderRule::of(api, own)).collect();
        Rules {
            parameters: parameters.map(|own| Spelling::of(api, own.schema)).collect(),
            query_of_path: Template::new(&operation.path).query().map(str::to_owned).collect(),
            headers: operation.responses.iter().map(|own| headers(&own.headers)).collect(),
        }
    }
}

impl HeaderRule {
    fn of(api: &Api, header: &Header) -> HeaderRule {
        let declaration = api.json.pointer(&pointer(&header.location));
        let explode = declaration.and_then(|header| header.get("explode")).and_then(Value::as_bool);
        let content = declaration.and_then(|header| header.get("content")?.as_object()?.keys().next());
        HeaderRule {
            spelling: Spelling::of(api, header.schema),
            explode: explode.unwrap_or(false),
            content: content.cloned(),
        }
    }
}
