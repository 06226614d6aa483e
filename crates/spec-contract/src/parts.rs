//! Messages that come in parts: the head first, then the body, as a whole or item by item.
//!
//! Knows what of a body has to be kept until something can be said of it. What it has to be is for the other
//! modules to say, so that parts are judged as whole messages are. Must not know how messages come.

use crate::body::{self, Given};
use crate::contract::Contract;
use crate::judgement::{Judgement, Violation};
use crate::pieces::{Cut, Cutter};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method, StatusCode, Uri};
use spec_api::Operation;
use spec_http::message::is_bodiless;
use std::fmt;

/// What can be said of a message before its body is there.
#[derive(Debug)]
pub struct Head {
    /// What is wrong with everything but the body.
    pub judgement: Judgement,
    /// What the document says of the body; none where no operation is meant, or the status is not declared.
    pub payload: Option<Payload>,
}

/// The body that a message should have.
#[derive(Clone)]
pub struct Payload {
    contract: Contract,
    /// The position of the operation.
    operation: usize,
    /// The position of the response that is meant; none of a request.
    response: Option<usize>,
    /// True if HTTP allows no body here.
    is_bodiless: bool,
    /// What the head says of the body: media type and encoding.
    headers: HeaderMap,
    reading: Reading,
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload").field("operation", &self.operation().id).finish_non_exhaustive()
    }
}

/// The share of a body that has to be there before something can be said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Whether there is anything at all: bytes that are not looked at, a body that is not declared, one that
    /// is encoded.
    FirstByte,
    /// All of it.
    Whole,
    /// Each item of it: it is a sequence (OpenAPI 3.2, 4.14.3).
    Items,
}

impl Contract {
    /// Holds a request without its body against the operation that it leads to, as [`Contract::request`]
    /// does.
    #[must_use]
    pub fn request_head(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Head {
        let (operation, judgement) = self.request_parts(method, uri, headers);
        let payload = operation.map(|operation| self.payload(operation, None, false, headers));
        Head { judgement, payload }
    }

    /// Holds a response without its body against what an operation declares, as [`Contract::response`] does.
    #[must_use]
    pub fn response_head(&self, operation_id: &str, status: StatusCode, headers: &HeaderMap) -> Head {
        let code = status.as_u16();
        let (answer, judgement) = self.response_parts(operation_id, code, headers);
        let payload = answer.map(|(operation, response)| {
            let is_head = self.api().operations[operation].method == spec_api::Method::Head;
            let is_bodiless = is_head || is_bodiless(code);
            self.payload(operation, Some(response), is_bodiless, headers)
        });
        Head { judgement, payload }
    }

    fn payload(
        &self,
        operation: usize,
        response: Option<usize>,
        is_bodiless: bool,
        headers: &HeaderMap,
    ) -> Payload {
        let mut kept = HeaderMap::new();
        for name in [CONTENT_TYPE, CONTENT_ENCODING] {
            for value in headers.get_all(&name) {
                kept.append(name.clone(), value.clone());
            }
        }
        let contract = self.clone();
        let reading = Reading::FirstByte;
        let mut payload = Payload { contract, operation, response, is_bodiless, headers: kept, reading };
        if !is_bodiless {
            payload.reading = match payload.given(&[]).reading() {
                body::Reading::FirstByte => Reading::FirstByte,
                body::Reading::Whole => Reading::Whole,
                body::Reading::Pieces(..) => Reading::Items,
            };
        }
        payload
    }
}

impl Payload {
    fn operation(&self) -> &Operation {
        &self.contract.api().operations[self.operation]
    }

    fn given<'a>(&'a self, bytes: &'a [u8]) -> Given<'a> {
        let operation = self.operation();
        match self.response.and_then(|index| operation.responses.get(index)) {
            Some(response) => self.contract.body_of_response(response, &self.headers, bytes),
            None => self.contract.body_of_request(operation, &self.headers, bytes),
        }
    }

    /// Says how much of the body has to be kept.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// Holds a body against the document. Where [`Payload::reading`] says that its first byte will do, any
    /// part of it that is not empty will.
    #[must_use]
    pub fn check(&self, bytes: &[u8]) -> Vec<Violation> {
        let mut violations = Vec::new();
        self.given(bytes).check_answer(!self.is_bodiless, &mut violations);
        violations
    }

    /// Begins to look at the items of a sequence; `limit` is the largest length of one, in bytes. None where
    /// the body is no sequence.
    #[must_use]
    pub fn items(&self, limit: usize) -> Option<Items> {
        if self.reading != Reading::Items {
            return None;
        }
        let body::Reading::Pieces(_, sequence) = self.given(&[]).reading() else { return None };
        Some(Items { payload: self.clone(), cutter: Cutter::new(sequence, limit), number: 0 })
    }
}

/// The items of a sequence, each held against the document once it is there.
#[derive(Debug)]
pub struct Items {
    payload: Payload,
    cutter: Cutter,
    number: usize,
}

/// An item that is at its end, or something between items: a comment, an empty line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it ends: the number of bytes from the beginning of those that were given last.
    pub end: usize,
    /// True if it is longer than the limit, and was not looked at.
    pub is_too_long: bool,
    /// What is wrong with it. The first word of a pointer is its number, from 0.
    pub violations: Vec<Violation>,
}

impl Items {
    /// Takes the next bytes, and says what ends in them.
    #[must_use]
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Item> {
        self.cutter.feed(bytes).into_iter().map(|(end, cut)| self.judged(end, &cut)).collect()
    }

    /// Says what ends with the body.
    #[must_use]
    pub fn finish(&mut self) -> Item {
        let cut = self.cutter.finish();
        self.judged(0, &cut)
    }

    fn judged(&mut self, end: usize, cut: &Cut) -> Item {
        let mut violations = Vec::new();
        if *cut != Cut::Nothing {
            let number = self.number;
            self.number += 1;
            let given = self.payload.given(&[]);
            if let body::Reading::Pieces(media, sequence) = given.reading() {
                given.piece(media, sequence, number, cut, &mut violations);
            }
        }
        Item { end, is_too_long: *cut == Cut::TooLong, violations }
    }
}
