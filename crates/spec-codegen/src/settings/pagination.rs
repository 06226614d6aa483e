//! How operations page, as settings say it.
//!
//! Knows the words of the setting. Must not know whether a document has the operations and fields.

use super::reader::{self, Reader, Value};
use crate::Report;
use spec_api::{AnswerPlace, PageInput, PageOutput, PageStyle, Pagination, ParameterIn, RequestPlace};
use spec_document::{Code, Diagnostics, Location, Pointer, Sources};
use std::str::FromStr;
use toml::de::DeValue;

/// The ways in which operations page, beyond what the document declares.
#[derive(Clone, Debug)]
pub struct Paging {
    /// True if it is guessed how an operation pages of which nothing is declared.
    pub guess: bool,
    /// The declarations for single operations, by operationId.
    pub operations: Vec<(String, Pagination)>,
}

impl Default for Paging {
    fn default() -> Self {
        Paging { guess: true, operations: Vec::new() }
    }
}

impl FromStr for Paging {
    type Err = Report;

    /// Reads what stands after `pagination =` in `codegen.toml`.
    fn from_str(text: &str) -> Result<Paging, Report> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("pagination", text);
        let paging = reader::pagination(&sources, source, &mut diagnostics);
        paging.ok_or(Report { sources, diagnostics })
    }
}

/// The keys of an operation that name a place of its answer.
const OUTPUTS: [(&str, PageOutput); 6] = [
    ("items", PageOutput::Items),
    ("next", PageOutput::Next),
    ("page", PageOutput::Page),
    ("total-pages", PageOutput::TotalPages),
    ("total-items", PageOutput::TotalItems),
    ("has-more", PageOutput::HasMore),
];

const KEYS: [&str; 10] = [
    "style",
    "parameter",
    "first",
    "limit",
    "items",
    "next",
    "page",
    "total-pages",
    "total-items",
    "has-more",
];

impl Reader<'_> {
    /// Reads whether paging is guessed, or what is said of single operations.
    pub(super) fn paging(&mut self, value: &Value<'_>) -> Paging {
        if let DeValue::Boolean(guess) = value.get_ref() {
            return Paging { guess: *guess, operations: Vec::new() };
        }
        let mut paging = Paging::default();
        for (id, entry) in self.table(value) {
            let location = Location::span(self.source, id.span());
            let said = match entry.get_ref() {
                DeValue::Boolean(false) => Some(Pagination {
                    location,
                    declared_by: "the settings",
                    style: PageStyle::Single,
                    first: None,
                    inputs: Vec::new(),
                    outputs: Vec::new(),
                }),
                _ => self.operation_paging(entry, location),
            };
            paging.operations.extend(said.map(|said| (id.get_ref().to_string(), said)));
        }
        paging
    }

    /// Reads how one operation pages.
    fn operation_paging(&mut self, entry: &Value<'_>, location: Location) -> Option<Pagination> {
        if !matches!(entry.get_ref(), DeValue::Table(_)) {
            let message = "this must be a table, or `false`".to_owned();
            self.error(
                Code::InvalidSetting,
                entry.span(),
                message,
                "write how it pages: { style = \"…\", … }",
            );
            return None;
        }
        let (mut style, mut parameter, mut first) = (None, None, None);
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for (key, value) in self.table(entry) {
            match key.get_ref().as_ref() {
                "style" => {
                    let words = [
                        ("page", PageStyle::Page),
                        ("offset", PageStyle::Offset),
                        ("cursor", PageStyle::Cursor),
                        ("url", PageStyle::Url),
                    ];
                    style = Some(self.choice(value, &words)?);
                }
                "parameter" => parameter = Some(request_place(&self.text(value)?)),
                "first" => first = Some(self.first_page(value)?),
                "limit" => inputs.push((PageInput::Limit, request_place(&self.text(value)?))),
                other => match OUTPUTS.iter().find(|(name, _)| *name == other) {
                    Some((_, output)) => outputs.push((*output, answer_place(&self.text(value)?))),
                    None => {
                        self.unknown(other, key.span(), &KEYS);
                        return None;
                    }
                },
            }
        }
        let asked = match style {
            Some(PageStyle::Page) => Some(PageInput::Page),
            Some(PageStyle::Offset) => Some(PageInput::Offset),
            Some(PageStyle::Cursor) => Some(PageInput::Cursor),
            _ => None,
        };
        let says_next = outputs.iter().any(|(output, _)| *output == PageOutput::Next);
        let (fault, help) = match (style, asked, &parameter) {
            (Some(other), ..) if first.is_some() && other != PageStyle::Page => {
                ("only pages with numbers have a first number", "remove `first`")
            }
            (None, ..) => {
                ("nothing says how the operation pages", "add `style = \"cursor\"`, or another one")
            }
            (_, Some(_), None) => ("no parameter asks for the next page", "add `parameter = \"…\"`"),
            (_, None, Some(_)) => ("a URL needs no parameter", "remove `parameter`"),
            (Some(PageStyle::Cursor | PageStyle::Url), ..) if !says_next => {
                ("nothing says where the next page is", "add `next = \"…\"`, a field of the answer")
            }
            _ => {
                inputs.extend(asked.zip(parameter));
                let (style, declared_by) = (style?, "the settings");
                return Some(Pagination { location, declared_by, style, first, inputs, outputs });
            }
        };
        self.error(Code::InvalidSetting, entry.span(), fault.to_owned(), help);
        None
    }
}

impl Reader<'_> {
    /// Reads the number of the first page.
    fn first_page(&mut self, value: &Value<'_>) -> Option<i64> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            let message = "this must be a whole number".to_owned();
            self.error(
                Code::InvalidSetting,
                value.span(),
                message,
                "write the number of the first page, like 1",
            );
        }
        number
    }
}

/// Reads a place in a request: `cursor`, `header:X-Cursor`, or `body:/paging/cursor`.
fn request_place(text: &str) -> RequestPlace {
    match text.split_once(':') {
        Some(("body", path)) => RequestPlace::Body(path_of(path)),
        Some(("header", name)) => RequestPlace::Parameter(name.to_owned(), Some(ParameterIn::Header)),
        Some(("query", name)) => RequestPlace::Parameter(name.to_owned(), Some(ParameterIn::Query)),
        _ => RequestPlace::Parameter(text.to_owned(), None),
    }
}

/// Reads a place in an answer: `next`, `/paging/next`, or `header:Link`.
fn answer_place(text: &str) -> AnswerPlace {
    match text.split_once(':') {
        Some(("header", name)) => AnswerPlace::Header(name.to_owned()),
        _ => AnswerPlace::Body(path_of(text)),
    }
}

/// Returns the names of a JSON pointer, or the one name that is written without slashes.
fn path_of(text: &str) -> Vec<String> {
    match Pointer::parse(text) {
        Some(pointer) => {
            let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
            pointer.as_str().split('/').skip(1).map(unescaped).collect()
        }
        None => vec![text.to_owned()],
    }
}
