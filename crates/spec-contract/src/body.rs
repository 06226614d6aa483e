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
use crate::texts::{self, Parts, Read, WAYS};
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
        let encoding = text(self.headers, CONTENT_ENCODING.as_str()).and_then(Result::ok).unwrap_or_default();
        if !encoding.trim().is_empty() && !encoding.trim().eq_ignore_ascii_case("identity") {
            let message = "the body is encoded (Content-Encoding) and can't be read here".to_owned();
            return push(Part::Body, &media.location, message, Kind::Unchecked);
        }
        self.content(media, &given, violations);
    }

    /// Returns the declared form that the body has, and its media type as it was given; reports one that is not
    /// declared.
    fn media_type(
        &self,
        content_type: Option<&Result<String, ()>>,
        push: &mut dyn FnMut(String, Kind),
    ) -> Option<(&MediaType, Media)> {
        let names: Vec<&str> = self.declared.iter().map(|media| media.name.as_str()).collect();
        let names = names.join(" or ");
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
                    let message = format!("{} is not declared; the body must be {names}", given.essence);
                    push(message, Kind::Undeclared);
                    None
                }
            },
            Some(None) => {
                let message = format!("this is no media type; the body must be {names}");
                push(message, Kind::Malformed);
                None
            }
            None => {
                push(format!("there is none; the body must be {names}"), Kind::Missing);
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
        let schema = media.schema.map(|id| Parts::new(&self.api.json, self.api.json_schema(id)));
        // Of a range, only the message tells what the syntax is.
        let is_of_bytes = media.kind == MediaKind::Bytes && MediaKind::of(&media.name) == MediaKind::Text;
        let is_range = media.name.contains('*') && !is_of_bytes;
        let kind = if is_range { MediaKind::of(&given.essence) } else { media.kind };
        match kind {
            MediaKind::Json if self.bytes.is_empty() => {
                if self.required {
                    push(None, "the body is missing".to_owned(), Kind::Missing);
                }
            }
            MediaKind::Json => match numbers::json(self.bytes) {
                Ok(value) => add(self.side, self.findings(media, &value), violations),
                Err(error) => push(None, format!("the body is not JSON: {error}"), Kind::Malformed),
            },
            MediaKind::Form => match std::str::from_utf8(self.bytes) {
                Ok(text) => {
                    self.form(media, urlencoded(text, media, schema.as_ref()), schema.as_ref(), violations)
                }
                Err(_) => push(None, "the form is not UTF-8".to_owned(), Kind::Malformed),
            },
            MediaKind::Multipart => match multipart(self.bytes, given, media, schema.as_ref()) {
                Ok(form) => self.form(media, form, schema.as_ref(), violations),
                Err(message) => push(None, message, Kind::Malformed),
            },
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
        let item = self.api.item(media);
        if item.is_none() && sequence == Sequence::Events {
            return;
        }
        let place = item.and_then(|id| self.api.schema(id).pointer());
        for (number, piece) in pieces(text, sequence).iter().enumerate() {
            let found = match serde_json::from_str::<Value>(piece) {
                Ok(value) => {
                    place.map(|place| self.validators.findings(place, &value, false)).unwrap_or_default()
                }
                Err(error) => {
                    let (schema, message) =
                        (pointer(&media.location), format!("the piece is not JSON: {error}"));
                    vec![Finding {
                        pointer: String::new(),
                        schema,
                        message,
                        kind: Kind::Malformed,
                        missing: None,
                    }]
                }
            };
            let numbered =
                |finding: Finding| Finding { pointer: format!("/{number}{}", finding.pointer), ..finding };
            add(self.side, found.into_iter().map(numbered).collect(), violations);
        }
    }

    fn findings(&self, media: &MediaType, value: &Value) -> Vec<Finding> {
        let pointer = media.schema.and_then(|id| self.api.schema(id).pointer());
        pointer.map(|pointer| self.validators.findings(pointer, value, false)).unwrap_or_default()
    }

    /// Holds a text against the schema of what it stands for: a number, say.
    fn text_findings(&self, media: &MediaType, text: &str) -> Vec<Finding> {
        let read = Read::Texts(vec![text.into()]);
        media.schema.map(|id| texts::findings(self.api, self.validators, id, read, false)).unwrap_or_default()
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
        let of = |how| {
            let value = form.value(schema, how);
            (self.findings(media, &value), value)
        };
        let (mut findings, mut value) = of(WAYS[0]);
        if !findings.is_empty()
            && let Some(fitting) =
                WAYS[1..].iter().map(|how| of(*how)).find(|(findings, _)| findings.is_empty())
        {
            (findings, value) = fitting;
        }
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

/// Returns the pieces of a sequence: of events, their data.
fn pieces(text: &str, sequence: Sequence) -> Vec<String> {
    let texts = |separator: char| {
        let texts = text.split(separator).map(str::trim).filter(|piece| !piece.is_empty());
        texts.map(str::to_owned).collect()
    };
    match sequence {
        Sequence::Lines => texts('\n'),
        Sequence::Records => texts('\u{1e}'),
        Sequence::Events => {
            // HTML Living Standard, 9.2.6: an empty line ends an event, one without data is none, and neither
            // is an unfinished one.
            let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
            let (mut events, mut data) = (Vec::new(), Vec::new());
            for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
                match line.split_once(':').unwrap_or((line, "")) {
                    ("", "") if line.is_empty() && !data.is_empty() => {
                        events.push(std::mem::take(&mut data).join("\n"))
                    }
                    ("data", text) => data.push(text.strip_prefix(' ').unwrap_or(text).to_owned()),
                    _ => {}
                }
            }
            events
        }
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
