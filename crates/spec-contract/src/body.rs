//! Bodies: their media type, their syntax and what is in them.
//!
//! Knows the media types of OpenAPI. Must not know whether a request or a response carries the body, save
//! what the caller says.

use crate::contract::pointer;
use crate::form::{Form, multipart, urlencoded};
use crate::headers::text;
use crate::judgement::{Kind, Part, Side, Violation};
use crate::media::{self, Media};
use crate::numbers;
use crate::pieces::{Cut, Cutter};
use crate::texts::{Parts, Read, Spelling, WAYS};
use crate::validators::{Finding, Validators};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::Value;
use spec_api::{Api, MediaKind, MediaType, Sequence};
use spec_document::{Location, Pointer};

/// A body, and what the document says of it.
pub(crate) struct Given<'a> {
    pub(crate) side: Side,
    pub(crate) api: &'a Api,
    pub(crate) validators: &'a Validators<'static>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) bytes: &'a [u8],
    /// The declared forms; none where there must be no body.
    pub(crate) declared: &'a [MediaType],
    /// True if the message is refused without a body.
    pub(crate) required: bool,
    /// Where the body is declared, or where it would be.
    pub(crate) location: &'a Location,
}

/// The share of a body that has to be there before something can be said of it.
pub(crate) enum Reading<'a> {
    /// One byte: something is there.
    FirstByte,
    /// All of it.
    Whole,
    /// Each of its pieces.
    Pieces(&'a MediaType, Sequence),
}

/// Returns the syntax of a body: of a range, only the message tells it.
fn kind(media: &MediaType, given: &Media) -> MediaKind {
    let is_of_bytes = media.kind == MediaKind::Bytes && MediaKind::of(&media.name) == MediaKind::Text;
    let is_range = media.name.contains('*') && !is_of_bytes;
    if is_range { MediaKind::of(&given.essence) } else { media.kind }
}

impl Given<'_> {
    /// Holds the body against the document.
    pub(crate) fn check(&self, violations: &mut Vec<Violation>) {
        let mut push = |part, schema: &Location, message: String, kind| {
            violations.push(Violation {
                side: self.side,
                part,
                name: None,
                pointer: String::new(),
                schema: pointer(schema),
                message,
                kind,
            });
        };
        if self.declared.is_empty() {
            if !self.bytes.is_empty() {
                push(
                    Part::Body,
                    self.location,
                    "there is a body, but none is declared".to_owned(),
                    Kind::Undeclared,
                );
            }
            return;
        }
        let content_type = text(self.headers, CONTENT_TYPE.as_str());
        if self.bytes.is_empty() && content_type.is_none() {
            if self.required {
                push(Part::Body, self.location, "the body is missing".to_owned(), Kind::Missing);
            }
            return;
        }
        let media = self.media_type(content_type.as_ref(), &mut |message, kind| {
            push(Part::ContentType, self.location, message, kind);
        });
        let Some((media, given)) = media else { return };
        if self.is_encoded() {
            let message = "the body is encoded (Content-Encoding) and can't be read here".to_owned();
            return push(Part::Body, &media.location, message, Kind::Unchecked);
        }
        self.content(media, &given, violations);
    }

    /// Holds the body of an answer against the document, or says that there must be none, whatever the
    /// document says (RFC 9110, 6.4.1).
    pub(crate) fn check_answer(&self, has_body: bool, violations: &mut Vec<Violation>) {
        if has_body {
            self.check(violations);
        } else if !self.bytes.is_empty() {
            violations.push(Violation {
                side: self.side,
                part: Part::Body,
                name: None,
                pointer: String::new(),
                schema: pointer(self.location),
                message: "there is a body, but HTTP allows none here".to_owned(),
                kind: Kind::Undeclared,
            });
        }
    }

    /// Returns true if the body is encoded, so that nothing can be said of what is in it.
    fn is_encoded(&self) -> bool {
        let encoding = text(self.headers, CONTENT_ENCODING.as_str()).and_then(Result::ok).unwrap_or_default();
        !encoding.trim().is_empty() && !encoding.trim().eq_ignore_ascii_case("identity")
    }

    /// Says how much of the body has to be there before something can be said of it. Its bytes do not count.
    pub(crate) fn reading(&self) -> Reading<'_> {
        let content_type = text(self.headers, CONTENT_TYPE.as_str());
        let media = self.media_type(content_type.as_ref(), &mut |_, _| {});
        let Some((media, given)) = media.filter(|_| !self.is_encoded()) else { return Reading::FirstByte };
        match (Sequence::of(&given.essence), kind(media, &given)) {
            (Some(sequence), _) => Reading::Pieces(media, sequence),
            (None, MediaKind::Bytes) => Reading::FirstByte,
            (None, _) => Reading::Whole,
        }
    }

    /// Returns the declared form that the body has, and its media type as it was given; reports one that is
    /// not declared.
    fn media_type(
        &self,
        content_type: Option<&Result<String, ()>>,
        push: &mut dyn FnMut(String, Kind),
    ) -> Option<(&MediaType, Media)> {
        let names = || {
            let names: Vec<&str> = self.declared.iter().map(|media| media.name.as_str()).collect();
            names.join(" or ")
        };
        let parse = |text: &String| {
            // What the document itself writes wrongly is right here.
            let is_declared = self.declared.iter().any(|media| media.name == *text);
            Media::parse(text).or_else(|| is_declared.then(|| Media::parse(&text.replace(',', ";")))?)
        };
        let parsed = content_type.map(|text| text.as_ref().ok().and_then(parse));
        match parsed {
            Some(Some(given)) => match media::find(self.declared, &given) {
                Some(media) => Some((media, given)),
                None => {
                    let message = format!("{} is not declared; the body must be {}", given.essence, names());
                    push(message, Kind::Undeclared);
                    None
                }
            },
            Some(None) => {
                let message = format!("this is no media type; the body must be {}", names());
                push(message, Kind::Malformed);
                None
            }
            None => {
                push(format!("there is none; the body must be {}", names()), Kind::Missing);
                // With one form alone there is no doubt about what the body should be.
                let [media] = self.declared else { return None };
                Media::parse(&media.name).map(|given| (media, given))
            }
        }
    }

    /// Holds the content against its form.
    fn content(&self, media: &MediaType, given: &Media, violations: &mut Vec<Violation>) {
        let mut push = |name: Option<String>, message: String, kind| {
            let (part, schema) = (Part::Body, pointer(&media.location));
            violations.push(Violation {
                side: self.side,
                part,
                name,
                pointer: String::new(),
                schema,
                message,
                kind,
            });
        };
        if let Some(sequence) = Sequence::of(&given.essence) {
            return self.pieces(media, sequence, violations);
        }
        let schema = || media.schema.map(|id| Parts::new(&self.api.json, self.api.json_schema(id)));
        match kind(media, given) {
            MediaKind::Json if self.bytes.is_empty() => {
                if self.required {
                    push(None, "the body is missing".to_owned(), Kind::Missing);
                }
            }
            MediaKind::Json if self.is_known_to_fit(media) => {}
            MediaKind::Json => match numbers::json(self.bytes) {
                Ok(value) => add(self.side, self.findings(media, &value), violations),
                Err(error) => push(None, format!("the body is not JSON: {error}"), Kind::Malformed),
            },
            MediaKind::Form => match std::str::from_utf8(self.bytes) {
                Ok(text) => {
                    let schema = schema();
                    self.form(media, urlencoded(text, media, schema.as_ref()), schema.as_ref(), violations);
                }
                Err(_) => push(None, "the form is not UTF-8".to_owned(), Kind::Malformed),
            },
            MediaKind::Multipart => {
                let schema = schema();
                match multipart(self.bytes, given, media, schema.as_ref()) {
                    Ok(form) => self.form(media, form, schema.as_ref(), violations),
                    Err(message) => push(None, message, Kind::Malformed),
                }
            }
            MediaKind::Text => {
                let charset = given.parameter("charset").unwrap_or("utf-8");
                let is_utf8 = ["utf-8", "us-ascii"].iter().any(|own| own.eq_ignore_ascii_case(charset));
                match std::str::from_utf8(self.bytes) {
                    Ok(text) if media.essence() == "text/plain" => {
                        add(self.side, self.text_findings(media, text), violations);
                    }
                    Err(_) if is_utf8 => push(None, "the text is not UTF-8".to_owned(), Kind::Malformed),
                    _ => {}
                }
            }
            MediaKind::Bytes => {}
        }
    }

    /// Holds each piece of a sequence against what the document says of it. The first word of a pointer is
    /// the piece's number, from 0, as if they were a list.
    fn pieces(&self, media: &MediaType, sequence: Sequence, violations: &mut Vec<Violation>) {
        let Ok(text) = std::str::from_utf8(self.bytes) else {
            let (part, schema, message) =
                (Part::Body, pointer(&media.location), "the text is not UTF-8".to_owned());
            let kind = Kind::Malformed;
            violations.push(Violation {
                side: self.side,
                part,
                name: None,
                pointer: String::new(),
                schema,
                message,
                kind,
            });
            return;
        };
        let mut cutter = Cutter::new(sequence, usize::MAX);
        let mut cuts = cutter.feed(text.as_bytes());
        cuts.push((text.len(), cutter.finish()));
        let pieces = cuts.into_iter().map(|(_, cut)| cut).filter(|cut| *cut != Cut::Nothing);
        for (number, piece) in pieces.enumerate() {
            self.piece(media, sequence, number, &piece, violations);
        }
    }

    /// Holds one piece of a sequence against what the document says of it.
    pub(crate) fn piece(
        &self,
        media: &MediaType,
        sequence: Sequence,
        number: usize,
        piece: &Cut,
        violations: &mut Vec<Violation>,
    ) {
        let item = self.api.item(media);
        let of = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).map_err(|_| "the piece is not UTF-8".to_owned())?;
            if sequence == Sequence::Events && item.is_none() {
                // The data of such events is text.
                return Ok(None);
            }
            let text = if sequence == Sequence::Events { text } else { text.trim() };
            serde_json::from_str(text).map(Some).map_err(|error| format!("the piece is not JSON: {error}"))
        };
        let read: Result<Option<Value>, String> = match piece {
            Cut::Piece(bytes) => of(bytes),
            Cut::Stray => Err("there is no record separator before the piece".to_owned()),
            Cut::TooLong | Cut::Nothing => Ok(None),
        };
        let place = item.and_then(|id| self.api.schema(id).pointer());
        let found = match (read, place) {
            (Ok(Some(value)), Some(place)) => self.validators.findings(place, &value, false),
            (Ok(_), _) => Vec::new(),
            (Err(message), _) => {
                let (kind, schema) = (Kind::Malformed, pointer(&media.location));
                vec![Finding { pointer: String::new(), schema, message, kind, missing: None }]
            }
        };
        let numbered =
            |finding: Finding| Finding { pointer: format!("/{number}{}", finding.pointer), ..finding };
        add(self.side, found.into_iter().map(numbered).collect(), violations);
    }

    /// Returns true if nothing is wrong with a body of JSON. That is known sooner than what is.
    fn is_known_to_fit(&self, media: &MediaType) -> bool {
        let pointer = media.schema.and_then(|id| self.api.schema(id).pointer());
        self.validators.takes(pointer, self.bytes)
    }

    fn findings(&self, media: &MediaType, value: &Value) -> Vec<Finding> {
        let pointer = media.schema.and_then(|id| self.api.schema(id).pointer());
        pointer.map(|pointer| self.validators.findings(pointer, value, false)).unwrap_or_default()
    }

    /// Holds a text against the schema of what it stands for: a number, say.
    fn text_findings(&self, media: &MediaType, text: &str) -> Vec<Finding> {
        let read = Read::Texts(vec![text.into()]);
        let spelling = media.schema.map(|id| Spelling::of(self.api, id));
        spelling.map(|spelling| spelling.findings(self.api, self.validators, read, false)).unwrap_or_default()
    }

    /// Returns the value of the body as its schema sees it: JSON, or the fields of a form with the types that
    /// the schema asks for, as far as the texts allow; none of a body that is neither, or can't be read.
    pub(crate) fn value(&self) -> Option<Value> {
        let content_type = text(self.headers, CONTENT_TYPE.as_str());
        let (media, given) = self.media_type(content_type.as_ref(), &mut |_, _| {})?;
        if self.is_encoded() || Sequence::of(&given.essence).is_some() {
            return None;
        }
        let schema = media.schema.map(|id| Parts::new(&self.api.json, self.api.json_schema(id)));
        let form = match kind(media, &given) {
            MediaKind::Json => return numbers::json(self.bytes).ok(),
            MediaKind::Form => urlencoded(std::str::from_utf8(self.bytes).ok()?, media, schema.as_ref()),
            MediaKind::Multipart => multipart(self.bytes, &given, media, schema.as_ref()).ok()?,
            MediaKind::Text | MediaKind::Bytes => return None,
        };
        Some(self.fields(media, &form, &schema?).1)
    }

    /// Returns the fields of a form in the way in which their schema takes them, and what is wrong with them.
    fn fields(&self, media: &MediaType, form: &Form, schema: &Parts<'_>) -> (Vec<Finding>, Value) {
        let of = |how| {
            let value = form.value(schema, how);
            (self.findings(media, &value), value)
        };
        let first = of(WAYS[0]);
        if first.0.is_empty() {
            return first;
        }
        WAYS[1..].iter().map(|how| of(*how)).find(|(findings, _)| findings.is_empty()).unwrap_or(first)
    }

    fn form(
        &self,
        media: &MediaType,
        form: Form,
        schema: Option<&Parts<'_>>,
        violations: &mut Vec<Violation>,
    ) {
        let Some(schema) = schema else { return };
        let mut push = |name: String, message: String, kind| {
            let (part, schema) = (Part::Body, pointer(&media.location));
            violations.push(Violation {
                side: self.side,
                part,
                name: Some(name),
                pointer: String::new(),
                schema,
                message,
                kind,
            });
        };
        for (name, message) in &form.malformed {
            push(name.clone(), message.clone(), Kind::Malformed);
        }
        for name in &form.undeclared {
            push(name.clone(), "the field is not declared".to_owned(), Kind::Undeclared);
        }
        let (mut findings, value) = self.fields(media, &form, schema);
        // What is in a file is not for a schema of JSON to say, and a field that can't be read is not
        // missing.
        findings.retain(|finding| {
            let first = Pointer::parse(&finding.pointer)
                .and_then(|pointer| Some(pointer.tokens().next()?.into_owned()));
            let is_content = value.pointer(&finding.pointer).is_some_and(Value::is_string);
            let in_file = is_content && first.is_some_and(|name| form.files.contains(&name));
            let is_unreadable = |missing: &String| form.malformed.iter().any(|(name, _)| name == missing);
            !in_file && !finding.missing.as_ref().is_some_and(is_unreadable)
        });
        add(self.side, findings, violations);
    }
}

fn add(side: Side, findings: Vec<Finding>, violations: &mut Vec<Violation>) {
    violations.extend(findings.into_iter().map(|finding| Violation {
        side,
        part: Part::Body,
        name: None,
        pointer: finding.pointer,
        schema: finding.schema,
        message: finding.message,
        kind: finding.kind,
    }));
}
