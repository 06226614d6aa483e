//! YAML text to tree.
//!
//! Knows YAML 1.2, through the events of `saphyr-parser`: the core schema for plain scalars
//! (YAML 1.2.2 section 10.3.2), anchors and aliases, tags, and the merge key `<<` of YAML 1.1,
//! which people use. Must not hand on anything JSON cannot express: later stages know the JSON
//! data model only.

use std::collections::HashMap;
use std::ops::Range;

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::MAX_DEPTH;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::json::{duplicate_key, number_too_large};
use crate::node::{Member, Node, Number, Object, Value};
use crate::source::{SourceId, floor_char_boundary};

/// How many values a text may have, aliases expanded.
const MAX_NODES: usize = 5_000_000;

/// How much anchors and aliases may copy, in the unit of [`weight`].
const MAX_COPIED: usize = 1_000_000;

/// Parses a YAML text; `None` after a syntax error, of which the first is reported, or if a
/// limit is exceeded.
pub(crate) fn parse(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut builder = Builder {
        source,
        offsets: Offsets::new(text),
        diagnostics,
        frames: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        copied: 0,
        root: None,
    };
    builder.check_characters().ok()?;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::DocumentStart(_), span)) if builder.root.is_some() => {
                let span = builder.offsets.span(span);
                builder.error(
                    Code::InvalidYaml,
                    span,
                    "the text has a second document",
                    "keep one document per file, and remove the line with three dashes",
                );
                break;
            }
            Ok((event, span)) => builder.event(event, span).ok()?,
            Err(error) => {
                builder.syntax_error(&error);
                return None;
            }
        }
    }
    if builder.root.is_none() {
        builder.error(
            Code::InvalidYaml,
            0..0,
            "the text is empty",
            "a document is a mapping of keys to values",
        );
    }
    builder.root
}

/// The rest of the text is not worth reading; the reason has been reported.
struct Stop;

struct Builder<'a> {
    source: SourceId,
    offsets: Offsets<'a>,
    diagnostics: &'a mut Diagnostics,
    /// The collections that are open, outermost first.
    frames: Vec<Frame>,
    /// The finished values that have an anchor, by the parser's number for it.
    anchors: HashMap<usize, Node>,
    nodes: usize,
    copied: usize,
    root: Option<Node>,
}

/// A collection that is still open.
struct Frame {
    span: Range<usize>,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping {
        members: IndexMap<String, Member>,
        /// The values of `<<`.
        merges: Vec<Node>,
        /// The key whose value comes next.
        key: Option<Key>,
    },
}

enum Key {
    Name(String, Range<usize>),
    Merge,
    /// Reported already; its value is read and dropped.
    Invalid,
}

impl Builder<'_> {
    fn error(&mut self, code: Code, span: Range<usize>, message: impl Into<String>, help: &str) {
        let location = Location::span(self.source, span);
        self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
    }

    fn limit(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) -> Stop {
        self.error(Code::LimitExceeded, span, message, help);
        Stop
    }

    fn too_deep(&mut self, span: Range<usize>) -> Stop {
        self.limit(
            span,
            format!("the text nests deeper than {MAX_DEPTH} levels"),
            "move inner values to a place of their own and refer to them",
        )
    }

    /// Control characters are not part of YAML (section 5.1), but the parser lets some pass.
    fn check_characters(&mut self) -> Result<(), Stop> {
        let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
        let Some(offset) = self.offsets.text.as_bytes().iter().position(control) else {
            return Ok(());
        };
        let message = format!(
            "the control character U+{:04X} stands in the text",
            self.offsets.text.as_bytes()[offset]
        );
        let help = "control characters are written as escapes in double quotes, such as \"\\0\"";
        self.error(Code::InvalidYaml, offset..offset + 1, message, help);
        Err(Stop)
    }

    fn syntax_error(&mut self, error: &ScanError) {
        let text = self.offsets.text;
        // At the end of the text, show the last line that has something on it.
        let start = self.offsets.byte(error.marker().index()).min(text.trim_end().len());
        let rest = &text[start..];
        let end = start + rest.chars().next().filter(|next| *next != '\n').map_or(0, char::len_utf8);
        let info = error.info();
        // The parser has a limit of its own for `[` and `{`.
        if info.contains("recursion limit") {
            self.too_deep(start..end);
            return;
        }
        self.error(Code::InvalidYaml, start..end, info, syntax_help(info));
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let span = self.offsets.span(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "!!seq", &span);
                self.open(Content::Sequence(Vec::new()), anchor, span)
            }
            Event::MappingStart(anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "!!map", &span);
                let members = IndexMap::new();
                self.open(Content::Mapping { members, merges: Vec::new(), key: None }, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, content: Content, anchor: usize, span: Range<usize>) -> Result<(), Stop> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        if self.expects_key() {
            self.invalid_key(span.clone());
        }
        self.frames.push(Frame { span, anchor, content });
        Ok(())
    }

    fn close(&mut self, end: Range<usize>) -> Result<(), Stop> {
        let Some(mut frame) = self.frames.pop() else { return Ok(()) };
        // Flow collections end with their bracket. Block collections end with their last child,
        // because the parser's event stands where something else begins.
        if self.offsets.text[end.clone()].starts_with([']', '}']) {
            frame.span.end = frame.span.end.max(end.end);
        }
        let value = match frame.content {
            Content::Sequence(nodes) => Value::Array(nodes),
            Content::Mapping { mut members, merges, .. } => {
                for node in merges {
                    self.merge(&mut members, node);
                }
                Value::Object(Object(members))
            }
        };
        self.finish(Node::new(value, frame.span), frame.anchor)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Range<usize>,
    ) -> Result<(), Stop> {
        let span = self.scalar_span(text, style, span);
        if self.expects_key() {
            // A key is its text, whatever the schema makes of it: `200` is "200".
            let merge = text == "<<" && style == ScalarStyle::Plain && tag.is_none();
            let key = if merge { Key::Merge } else { Key::Name(text.to_owned(), span.clone()) };
            self.set_key(key, span.clone());
            return self.register(anchor, &Node::new(Value::String(text.to_owned()), span));
        }
        let value = self.scalar_value(text, style, tag, &span);
        self.finish(Node::new(value, span), anchor)
    }

    /// The parser's span for a scalar, without the line breaks after a block scalar. A value that
    /// is not written at all has the span of its `:` or `-`, or of what comes next.
    fn scalar_span(&self, text: &str, style: ScalarStyle, span: Range<usize>) -> Range<usize> {
        let written = &self.offsets.text[span.clone()];
        if text.is_empty() && style == ScalarStyle::Plain && !written.starts_with(['&', '!']) {
            let place = if matches!(written, ":" | "-" | "?") { span.end } else { span.start };
            return place..place;
        }
        span.start..span.start + written.trim_end().len()
    }

    fn scalar_value(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: &Range<usize>,
    ) -> Value {
        let string = || Value::String(text.to_owned());
        let resolved = match tag.map(tag_name).as_deref() {
            None if style == ScalarStyle::Plain => resolve(text),
            None | Some("!!str" | "!") => return string(),
            Some(tag @ ("!!null" | "!!bool" | "!!int" | "!!float")) => {
                let resolved = resolve(text);
                let matches = match &resolved {
                    Resolved::Value(Value::Null) => tag == "!!null",
                    Resolved::Value(Value::Bool(_)) => tag == "!!bool",
                    Resolved::Value(Value::Number(number)) => {
                        tag == "!!float" || tag == "!!int" && !number.as_str().contains(['.', 'e'])
                    }
                    Resolved::TooLarge | Resolved::NotFinite => true,
                    Resolved::Value(_) | Resolved::String => false,
                };
                if !matches {
                    let message = format!("the value is not what its tag {tag} says");
                    self.error(
                        Code::InvalidValue,
                        span.clone(),
                        message,
                        "change the value or remove the tag",
                    );
                }
                resolved
            }
            Some(tag) => {
                self.unsupported_tag(tag, span);
                return string();
            }
        };
        match resolved {
            Resolved::Value(value) => value,
            Resolved::String => string(),
            Resolved::TooLarge => {
                self.diagnostics.push(number_too_large(self.source, span.clone()));
                Value::Null
            }
            Resolved::NotFinite => {
                self.error(
                    Code::InvalidValue,
                    span.clone(),
                    "infinity and NaN are not values of JSON",
                    "write a number, or put the word in quotes for a string",
                );
                Value::Null
            }
        }
    }

    fn check_collection_tag(&mut self, tag: Option<&Tag>, expected: &str, span: &Range<usize>) {
        if let Some(name) = tag.map(tag_name)
            && name != expected
            && name != "!"
        {
            self.unsupported_tag(&name, span);
        }
    }

    fn unsupported_tag(&mut self, tag: &str, span: &Range<usize>) {
        let message = format!("the tag \"{tag}\" is not supported here");
        let help = "scalars can have the tags !!str, !!int, !!float, !!bool and !!null; remove others";
        self.error(Code::Unsupported, span.clone(), message, help);
    }

    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Result<(), Stop> {
        let Some(node) = self.anchors.get(&anchor) else {
            self.error(
                Code::InvalidYaml,
                span.clone(),
                "the alias stands inside of the value it refers to",
                "a value cannot contain itself; move the anchor or write the value out",
            );
            return if self.expects_key() {
                self.set_key(Key::Invalid, span);
                Ok(())
            } else {
                self.finish(Node::new(Value::Null, span), 0)
            };
        };
        if self.expects_key() {
            let key = match node.as_str() {
                Some(name) => Key::Name(name.to_owned(), span.clone()),
                None => {
                    self.invalid_key(span.clone());
                    Key::Invalid
                }
            };
            self.set_key(key, span);
            return Ok(());
        }
        let (weight, depth) = (weight(node), depth(node));
        if self.frames.len() + depth > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        self.charge(weight, &span)?;
        let value = self.anchors.get(&anchor).map_or(Value::Null, |node| node.value.clone());
        self.finish(Node::new(value, span), 0)
    }

    /// Counts a copy before it is made.
    fn charge(&mut self, weight: usize, span: &Range<usize>) -> Result<(), Stop> {
        self.copied = self.copied.saturating_add(weight);
        if self.copied > MAX_COPIED {
            return Err(self.limit(
                span.clone(),
                format!("the anchors and aliases expand to more than {MAX_COPIED} values"),
                "use fewer aliases",
            ));
        }
        Ok(())
    }

    /// Remembers a value that has an anchor.
    fn register(&mut self, anchor: usize, node: &Node) -> Result<(), Stop> {
        if anchor > 0 {
            self.charge(weight(node), &node.span())?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(())
    }

    /// Gives a finished value to the collection around it.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        self.register(anchor, &node)?;
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the text has more than {MAX_NODES} values");
            return Err(self.limit(node.span(), message, "split the document"));
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.span.end = frame.span.end.max(node.span().end);
        match &mut frame.content {
            Content::Sequence(nodes) => nodes.push(node),
            Content::Mapping { members, merges, key } => match key.take() {
                Some(Key::Name(name, key_span)) => {
                    if let Some(first) = members.get(&name) {
                        let first = first.key_span.clone();
                        self.diagnostics.push(duplicate_key(self.source, &name, key_span, first));
                    } else {
                        members.insert(name, Member { key_span, node });
                    }
                }
                Some(Key::Merge) => merges.push(node),
                Some(Key::Invalid) => {}
                // The collection that ends here was itself the key, and `open` has reported it.
                None => *key = Some(Key::Invalid),
            },
        }
        Ok(())
    }

    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { content: Content::Mapping { key: None, .. }, .. }))
    }

    fn set_key(&mut self, new: Key, span: Range<usize>) {
        if let Some(frame) = self.frames.last_mut()
            && let Content::Mapping { key, .. } = &mut frame.content
        {
            frame.span.end = frame.span.end.max(span.end);
            *key = Some(new);
        }
    }

    fn invalid_key(&mut self, span: Range<usize>) {
        self.error(
            Code::InvalidYaml,
            span,
            "a key must be a single word or string",
            "if this is meant to be a string, put it in quotes",
        );
    }

    /// Adds the members of a merged mapping that are not there yet, behind the others.
    fn merge(&mut self, members: &mut IndexMap<String, Member>, node: Node) {
        let span = node.span();
        let parts = match node.value {
            Value::Array(nodes) => nodes,
            value => vec![Node::new(value, span.clone())],
        };
        for part in parts {
            match part.value {
                Value::Object(Object(merged)) => {
                    for (key, member) in merged {
                        members.entry(key).or_insert(member);
                    }
                }
                _ => self.error(
                    Code::WrongType,
                    span.clone(),
                    "a merge key needs a mapping or a list of mappings",
                    "write \"<<\" in quotes if it is meant to be an ordinary key",
                ),
            }
        }
    }
}

/// What copying a value costs: one for every value in it, and one for every 64 bytes of text.
fn weight(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Bool(_) => 1,
        Value::Number(number) => 1 + number.as_str().len() / 64,
        Value::String(text) => 1 + text.len() / 64,
        Value::Array(nodes) => 1 + nodes.iter().map(weight).sum::<usize>(),
        Value::Object(object) => {
            1 + object.iter().map(|(key, node)| key.len() / 64 + weight(node)).sum::<usize>()
        }
    }
}

/// How many collections stand inside each other in a value.
fn depth(node: &Node) -> usize {
    match &node.value {
        Value::Array(nodes) => 1 + nodes.iter().map(depth).max().unwrap_or(0),
        Value::Object(object) => 1 + object.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
        _ => 0,
    }
}

/// The name of a tag of the core schema as `!!str`, of any other in full (`!local`, `tag:...`).
fn tag_name(tag: &Tag) -> String {
    let full = format!("{}{}", tag.handle, tag.suffix);
    match full.strip_prefix("tag:yaml.org,2002:") {
        Some(name) => format!("!!{name}"),
        None => full,
    }
}

enum Resolved {
    Value(Value),
    String,
    TooLarge,
    NotFinite,
}

/// What a plain scalar means in the core schema (YAML 1.2.2 section 10.3.2).
fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Value(Value::Null),
        "true" | "True" | "TRUE" => return Resolved::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Resolved::Value(Value::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Resolved::NotFinite,
        _ => {}
    }
    let radix = |digits: &str, radix| {
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
            return Resolved::String;
        }
        match u128::from_str_radix(digits, radix) {
            Ok(value) => number(value.to_string()),
            Err(_) => Resolved::TooLarge,
        }
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let (minus, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Resolved::NotFinite;
    }
    match decimal_to_json(unsigned) {
        Some(json) => number(format!("{minus}{json}")),
        None => Resolved::String,
    }
}

fn number(json: String) -> Resolved {
    Number::new(json).map_or(Resolved::TooLarge, |number| Resolved::Value(Value::Number(number)))
}

/// JSON form of `[0-9]+` and `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`,
/// which may have leading zeros or lack digits on one side of the point.
fn decimal_to_json(text: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if unsigned.is_empty() || !digits(unsigned) {
                return None;
            }
            (mantissa, Some(exponent))
        }
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut json = match whole.trim_start_matches('0') {
        "" => "0".to_owned(),
        whole => whole.to_owned(),
    };
    if !fraction.is_empty() {
        json.push('.');
        json.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        json.push('e');
        json.push_str(exponent);
    }
    Some(json)
}

fn syntax_help(info: &str) -> &'static str {
    let helps = [
        ("tab", "indent with spaces; YAML does not allow tabs there"),
        ("unknown anchor", "define the anchor with & before its first alias"),
        (
            "mapping values are not allowed",
            "put a text with a colon and a space in quotes, and check the indentation",
        ),
        ("simple key expect", "a key needs a colon and a space behind it"),
        ("did not find expected ',' or", "close the brackets, or write a comma between the entries"),
        ("expected ',' or ']'", "close the brackets, or write a comma between the entries"),
        ("expected key", "check the indentation; every line of a mapping needs the form key: value"),
        ("indent", "lines of the same mapping or list need the same indentation"),
        ("escape", "backslashes are escapes in double quotes; use single quotes to keep them"),
        ("quoted scalar", "close the quote"),
    ];
    helps
        .iter()
        .find(|(part, _)| info.contains(part))
        .map_or("check the indentation and the quotes of this line and the one before", |(_, help)| help)
}

/// Turns the parser's positions, which count characters, into bytes. It remembers the last one,
/// because the next is near to it.
struct Offsets<'a> {
    text: &'a str,
    ascii: bool,
    character: usize,
    byte: usize,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, ascii: text.is_ascii(), character: 0, byte: 0 }
    }

    fn span(&mut self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }

    fn byte(&mut self, character: usize) -> usize {
        if self.ascii {
            return floor_char_boundary(self.text, character);
        }
        while self.character < character
            && let Some(next) = self.text[self.byte..].chars().next()
        {
            self.byte += next.len_utf8();
            self.character += 1;
        }
        while self.character > character
            && let Some(previous) = self.text[..self.byte].chars().next_back()
        {
            self.byte -= previous.len_utf8();
            self.character -= 1;
        }
        self.byte
    }
}
