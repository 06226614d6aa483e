//! How an operation says that its list comes in pages: by links that lead to itself (OpenAPI 3.1, 4.8.20), or
//! by one of the extensions that generators of clients know.
//!
//! Must not know whether an operation has the parameters and properties that are spoken of.

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{AnswerPlace, PageInput, PageOutput, PageStyle, Pagination, ParameterIn, RequestPlace};
use spec_document::{Code, Diagnostic, Pointer};

/// Reads an extension.
type Extension = for<'a> fn(&mut Input<'a>, &Cursor<'a>) -> Option<Declared>;

/// The extensions that are read, the first one first.
const EXTENSIONS: [(&str, Extension); 4] = [
    ("x-speakeasy-pagination", speakeasy),
    ("x-ms-pageable", ms_pageable),
    ("x-fern-pagination", fern),
    ("x-dropshot-pagination", dropshot),
];

/// The parts of a declaration, wherever it stands.
struct Declared {
    style: PageStyle,
    inputs: Vec<(PageInput, RequestPlace)>,
    outputs: Vec<(PageOutput, AnswerPlace)>,
}

/// Reads how the operation at a cursor pages; none where it does not say. Of several declarations the first
/// one that can be read counts.
pub(super) fn read<'a>(input: &mut Input<'a>, at: &Cursor<'a>, id: &str) -> Option<Pagination> {
    if let Some(linked) = read_links(input, at, id) {
        return Some(linked);
    }
    for (name, read) in EXTENSIONS {
        let Some(extension) = at.child(name) else { continue };
        if let Some(Declared { style, inputs, outputs }) = read(input, &extension) {
            let location = input.location(&extension.pointer).key();
            return Some(Pagination { location, declared_by: name, style, first: None, inputs, outputs });
        }
    }
    None
}

/// Reads the links of answers. One that leads to the operation itself, with a value of the answer for a
/// parameter, leads to the next page.
fn read_links<'a>(input: &mut Input<'a>, operation: &Cursor<'a>, id: &str) -> Option<Pagination> {
    let own = format!("#{}", operation.pointer);
    for (_, response) in operation.child("responses")?.members() {
        let Some(response) = input.follow(response) else { continue };
        for (_, link) in response.child("links").map(|links| links.members()).unwrap_or_default() {
            let Some(link) = target(input, link) else { continue };
            let text = |key: &str| link.child(key).and_then(|child| child.node.as_str());
            if text("operationId") != Some(id) && text("operationRef") != Some(own.as_str()) {
                continue;
            }
            let Some(parameters) = link.child("parameters") else { continue };
            let mut told = parameters
                .members()
                .into_iter()
                .filter_map(|(name, value)| Some((parameter(name), answer_place(value.node.as_str()?)?)));
            // With several values, it is no longer clear which of them says that there is a next page.
            if let (Some((asked, answer)), None) = (told.next(), told.next()) {
                return Some(Pagination {
                    location: input.location(&link.pointer).key(),
                    declared_by: "links",
                    style: PageStyle::Cursor,
                    first: None,
                    inputs: vec![(PageInput::Cursor, asked)],
                    outputs: vec![(PageOutput::Next, answer)],
                });
            }
        }
    }
    None
}

/// Returns a link, or the one of the document that is referred to there. Nothing else depends on links, so
/// that a reference that leads nowhere is no link.
fn target<'a>(input: &Input<'a>, link: Cursor<'a>) -> Option<Cursor<'a>> {
    let Some(reference) = link.child("$ref") else { return Some(link) };
    let pointer = Pointer::parse(reference.node.as_str()?.strip_prefix('#')?)?;
    names_of(&pointer).iter().try_fold(Cursor::root(input.document), |at, name| at.child(name))
}

/// Returns the parameter that a link speaks of: its name, and before it the place, if it needs one.
fn parameter(name: &str) -> RequestPlace {
    let places = [ParameterIn::Path, ParameterIn::Query, ParameterIn::Header, ParameterIn::Cookie];
    let qualified = name.split_once('.').and_then(|(place, name)| {
        Some((places.into_iter().find(|known| known.key() == place)?, name.to_owned()))
    });
    match qualified {
        Some((place, name)) => RequestPlace::Parameter(name, Some(place)),
        None => RequestPlace::Parameter(name.to_owned(), None),
    }
}

/// Returns the place of a runtime expression (OpenAPI 3.1, 4.8.20.4) that means a value of the answer.
fn answer_place(expression: &str) -> Option<AnswerPlace> {
    let expression =
        expression.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(expression);
    let source = expression.strip_prefix("$response.")?;
    if let Some(name) = source.strip_prefix("header.") {
        return Some(AnswerPlace::Header(name.to_owned()));
    }
    let pointer = Pointer::parse(source.strip_prefix("body#")?)?;
    Some(AnswerPlace::Body(names_of(&pointer)))
}

fn names_of(pointer: &Pointer) -> Vec<String> {
    let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
    pointer.as_str().split('/').skip(1).map(unescaped).collect()
}

/// Reads what Speakeasy has: `type`, `inputs` and `outputs`, these by JSONPath.
fn speakeasy<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<Declared> {
    is_object(input, at)?;
    let style = text(input, at, "type")?;
    let mut inputs = Vec::new();
    for own in at.child("inputs").map(|inputs| inputs.items()).unwrap_or_default() {
        let (name, kind) = (text(input, &own, "name")?, text(input, &own, "type")?);
        let asked = match kind {
            "page" => PageInput::Page,
            "offset" => PageInput::Offset,
            "limit" => PageInput::Limit,
            "cursor" => PageInput::Cursor,
            _ => return refuse(input, &own, &format!("{kind:?} is no input"), SPEAKEASY_INPUTS),
        };
        let is_body = own.child("in").and_then(|place| place.node.as_str()) == Some("requestBody");
        inputs
            .push((asked, if is_body { RequestPlace::Body(vec![name.to_owned()]) } else { parameter(name) }));
    }
    let has = |wanted: PageInput| inputs.iter().any(|(own, _)| *own == wanted);
    let style = match style {
        "offsetLimit" if has(PageInput::Offset) => PageStyle::Offset,
        "offsetLimit" if has(PageInput::Page) => PageStyle::Page,
        "offsetLimit" => return refuse(input, at, "no input says which page is asked for", SPEAKEASY_INPUTS),
        "cursor" => PageStyle::Cursor,
        "url" => PageStyle::Url,
        _ => {
            let help = "write `offsetLimit`, `cursor` or `url`";
            return refuse(input, at, &format!("{style:?} is no type of pagination"), help);
        }
    };
    let known = [
        ("results", PageOutput::Items),
        ("numPages", PageOutput::TotalPages),
        ("nextCursor", PageOutput::Next),
        ("nextUrl", PageOutput::Next),
    ];
    let outputs = outputs(input, &at.child("outputs"), &known, "$")?;
    Some(Declared { style, inputs, outputs })
}

const SPEAKEASY_INPUTS: &str = "give one the type `page`, `offset`, `limit` or `cursor`";

/// Reads what AutoRest has: the name of the URL of the next page, and that of the items.
fn ms_pageable<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<Declared> {
    is_object(input, at)?;
    let name = |input: &mut Input<'a>, key: &str, default: Option<&str>| match at.child(key) {
        Some(own) if own.node.as_str().is_some() => own.node.as_str().map(str::to_owned),
        Some(own) if !own.node.is_null() => {
            refuse(input, &own, "this must be a string or null", "write a name")
        }
        Some(_) => None,
        None => default.map(str::to_owned),
    };
    let items = name(input, "itemName", Some("value"));
    let next = name(input, "nextLinkName", None);
    let place = |name: String| AnswerPlace::Body(name.split('.').map(str::to_owned).collect());
    let items = items.map(|items| (PageOutput::Items, place(items)));
    let style = if next.is_some() { PageStyle::Url } else { PageStyle::Single };
    let outputs = items.into_iter().chain(next.map(|next| (PageOutput::Next, place(next)))).collect();
    Some(Declared { style, inputs: Vec::new(), outputs })
}

/// Reads what Fern has: parts of the request by `$request.…`, and of the answer by `$response.…`. `true`
/// means what stands at the root.
fn fern<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<Declared> {
    let shared = Cursor::root(input.document).child("x-fern-pagination");
    let at = match (at.node.as_bool(), &shared) {
        (Some(false), _) => return Some(Declared::single()),
        (Some(true), Some(shared)) => shared,
        _ => at,
    };
    is_object(input, at)?;
    let mut inputs = Vec::new();
    for (key, asked) in
        [("cursor", PageInput::Cursor), ("offset", PageInput::Offset), ("step", PageInput::Limit)]
    {
        let Some(own) = at.child(key) else { continue };
        let path = own.node.as_str().and_then(|text| property_path(text, "$request"));
        match path.as_deref() {
            Some([name]) => inputs.push((asked, parameter(name))),
            Some([body, names @ ..]) if body == "body" => {
                inputs.push((asked, RequestPlace::Body(names.to_vec())))
            }
            _ => return refuse(input, &own, "this is no part of a request", "write `$request.name`"),
        }
    }
    let known = [
        ("results", PageOutput::Items),
        ("next_cursor", PageOutput::Next),
        ("next_uri", PageOutput::Next),
        ("has-next-page", PageOutput::HasMore),
    ];
    let outputs = outputs(input, &Some(at.clone()), &known, "$response")?;
    let has = |wanted: PageInput| inputs.iter().any(|(own, _)| *own == wanted);
    let style = match at.child("next_uri") {
        Some(_) => PageStyle::Url,
        None if has(PageInput::Cursor) => PageStyle::Cursor,
        // Without a step, the offset is that of a page.
        None if has(PageInput::Offset) && has(PageInput::Limit) => PageStyle::Offset,
        None if has(PageInput::Offset) => PageStyle::Page,
        None => {
            let help = "add `cursor`, `offset` or `next_uri`";
            return refuse(input, at, "nothing says how the next page is asked for", help);
        }
    };
    if style == PageStyle::Page {
        inputs.iter_mut().for_each(|(asked, _)| *asked = PageInput::Page);
    }
    Some(Declared { style, inputs, outputs })
}

/// Reads what Dropshot has: it always has the same parameters and the same answer.
fn dropshot<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<Declared> {
    match at.node.as_bool() {
        Some(false) => return Some(Declared::single()),
        Some(true) => {}
        None => is_object(input, at)?,
    }
    let place = |name: &str| AnswerPlace::Body(vec![name.to_owned()]);
    Some(Declared {
        style: PageStyle::Cursor,
        inputs: vec![(PageInput::Cursor, parameter("page_token")), (PageInput::Limit, parameter("limit"))],
        outputs: vec![(PageOutput::Items, place("items")), (PageOutput::Next, place("next_page"))],
    })
}

impl Declared {
    /// Returns that there are no pages.
    fn single() -> Self {
        Declared { style: PageStyle::Single, inputs: Vec::new(), outputs: Vec::new() }
    }
}

/// Reads the outputs that are known, each a path from a root. None where one can't be read.
fn outputs<'a>(
    input: &mut Input<'a>,
    at: &Option<Cursor<'a>>,
    known: &[(&str, PageOutput)],
    root: &str,
) -> Option<Vec<(PageOutput, AnswerPlace)>> {
    let mut outputs = Vec::new();
    for (key, output) in known {
        let Some(own) = at.as_ref().and_then(|at| at.child(key)) else { continue };
        match own.node.as_str().and_then(|text| property_path(text, root)) {
            Some(names) => outputs.push((*output, AnswerPlace::Body(names))),
            None => {
                let help = format!("write a path of properties: `{root}.meta.next`");
                return refuse(input, &own, "this path can't be followed", &help);
            }
        }
    }
    Some(outputs)
}

/// Returns the names of a JSONPath (RFC 9535) that has properties only.
fn property_path(text: &str, root: &str) -> Option<Vec<String>> {
    let mut rest = text.strip_prefix(root)?;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix("['").or_else(|| rest.strip_prefix("[\"")) {
            Some(quoted) => quoted.split_once("']").or_else(|| quoted.split_once("\"]"))?,
            None => {
                let plain = rest.strip_prefix('.')?;
                plain.split_at(plain.find(['.', '[']).unwrap_or(plain.len()))
            }
        };
        if name.is_empty() || name == "*" {
            return None;
        }
        names.push(name.to_owned());
        rest = after;
    }
    Some(names)
}

/// Returns a text that must be there.
fn text<'a>(input: &mut Input<'a>, at: &Cursor<'a>, key: &str) -> Option<&'a str> {
    let text = at.child(key).and_then(|own| own.node.as_str());
    if text.is_none() {
        return refuse(
            input,
            at,
            &format!("`{key}` is no text, or missing"),
            &format!("write `{key}` as a text"),
        );
    }
    text
}

/// Warns of a value that is no object.
fn is_object<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<()> {
    match at.object() {
        Some(_) => Some(()),
        None => refuse(input, at, "this must be an object", "write what says how the operation pages"),
    }
}

/// Warns that a declaration can't be read.
fn refuse<'a, T>(input: &mut Input<'a>, at: &Cursor<'a>, fault: &str, help: &str) -> Option<T> {
    let location = input.location(&at.pointer);
    let message = format!("{fault}, so clients will not page by it");
    input.push(Diagnostic::warning(Code::PaginationIgnored, location, message).help(help));
    None
}
