//! Events of the parser → the tree.
//!
//! Knows which collections are open, keys and merge keys. Must not know what scalars mean.

use std::ops::Range;

use indexmap::IndexMap;
use saphyr_parser::{Event, ScanError, Span};

use super::anchors::Anchors;
use super::offsets::Offsets;
use super::report::{Report, Stop};
use super::scalar::{Scalar, check_collection_tag};
use crate::code::Code;
use crate::node::{MAX_DEPTH, Member, Node, Object, Value};
use crate::syntax::duplicate_key;

/// The largest number of values in a text, aliases expanded.
const MAX_NODES: usize = 5_000_000;

/// A tree that is being built.
pub(super) struct Builder<'a> {
    report: Report<'a>,
    offsets: Offsets<'a>,
    /// The collections that are open, outermost first.
    frames: Vec<Frame>,
    anchors: Anchors,
    nodes: usize,
    root: Option<Node>,
}

/// A collection that is still open.
struct Frame {
    span: Range<usize>,
    anchor: usize,
    content: Content,
}

/// The content of an open collection so far.
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

/// A key of a mapping.
enum Key {
    Name(String, Range<usize>),
    Merge,
    /// Reported already; its value is read and dropped.
    Invalid,
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, report: Report<'a>) -> Self {
        Self {
            report,
            offsets: Offsets::new(text),
            frames: Vec::new(),
            anchors: Anchors::default(),
            nodes: 0,
            root: None,
        }
    }

    /// Returns whether a document is complete.
    pub(super) fn is_complete(&self) -> bool {
        self.root.is_some()
    }

    /// Reports that another document begins at a place.
    pub(super) fn second_document(&mut self, span: Span) {
        let span = self.offsets.span(span);
        let message = "the text has a second document";
        let help = "keep one document per file, and remove the line with three dashes";
        self.report.error(Code::InvalidYaml, span, message, help);
    }

    /// Reports an error of the parser.
    pub(super) fn syntax_error(&mut self, error: &ScanError) {
        self.report.syntax_error(&mut self.offsets, error);
    }

    /// Returns the tree; reports that there is none.
    pub(super) fn finish(mut self) -> Option<Node> {
        if self.root.is_none() {
            let help = "a document is a mapping of keys to values";
            self.report.error(Code::InvalidYaml, 0..0, "the text is empty", help);
        }
        self.root
    }

    /// Takes the next event.
    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let span = self.offsets.span(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&Scalar { text: &text, style, tag: tag.as_deref() }, anchor, span)
            }
            Event::SequenceStart(anchor, tag) => {
                check_collection_tag(tag.as_deref(), "!!seq", &span, &mut self.report);
                self.open(Content::Sequence(Vec::new()), anchor, span)
            }
            Event::MappingStart(anchor, tag) => {
                check_collection_tag(tag.as_deref(), "!!map", &span, &mut self.report);
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

    /// Begins a collection.
    fn open(&mut self, content: Content, anchor: usize, span: Range<usize>) -> Result<(), Stop> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(self.report.too_deep(span));
        }
        if self.expects_key() {
            self.report.invalid_key(span.clone());
        }
        self.frames.push(Frame { span, anchor, content });
        Ok(())
    }

    /// Ends the innermost collection.
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
        self.add(Node::new(value, frame.span), frame.anchor)
    }

    fn scalar(&mut self, scalar: &Scalar<'_>, anchor: usize, span: Range<usize>) -> Result<(), Stop> {
        let span = scalar.span(self.offsets.text, span);
        if self.expects_key() {
            // A key is its text, whatever the schema makes of it: `200` is "200".
            let text = || scalar.text.to_owned();
            let key = if scalar.is_merge_key() { Key::Merge } else { Key::Name(text(), span.clone()) };
            self.set_key(key, span.clone());
            let node = Node::new(Value::String(text()), span);
            return self.anchors.register(anchor, &node, &mut self.report);
        }
        let value = scalar.value(&span, &mut self.report);
        self.add(Node::new(value, span), anchor)
    }

    /// Puts a copy of the value that has an anchor in place of an alias.
    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Result<(), Stop> {
        let Some(node) = self.anchors.get(anchor) else {
            self.report.error(
                Code::InvalidYaml,
                span.clone(),
                "the alias stands inside of the value it refers to",
                "a value cannot contain itself; move the anchor or write the value out",
            );
            return if self.expects_key() {
                self.set_key(Key::Invalid, span);
                Ok(())
            } else {
                self.add(Node::new(Value::Null, span), 0)
            };
        };
        if self.expects_key() {
            let key = match node.as_str() {
                Some(name) => Key::Name(name.to_owned(), span.clone()),
                None => {
                    self.report.invalid_key(span.clone());
                    Key::Invalid
                }
            };
            self.set_key(key, span);
            return Ok(());
        }
        if self.frames.len() + node.depth() > MAX_DEPTH {
            return Err(self.report.too_deep(span));
        }
        let value = self.anchors.copy(anchor, &span, &mut self.report)?;
        self.add(Node::new(value, span), 0)
    }

    /// Gives a finished value to the collection around it.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        self.anchors.register(anchor, &node, &mut self.report)?;
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the text has more than {MAX_NODES} values");
            return Err(self.report.limit(node.span(), message, "split the document"));
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
                        self.report.diagnostics.push(duplicate_key(
                            self.report.source,
                            &name,
                            key_span,
                            first,
                        ));
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

    /// Returns whether what comes next is the key of a mapping.
    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { content: Content::Mapping { key: None, .. }, .. }))
    }

    /// Sets the key whose value comes next.
    fn set_key(&mut self, new: Key, span: Range<usize>) {
        if let Some(frame) = self.frames.last_mut()
            && let Content::Mapping { key, .. } = &mut frame.content
        {
            frame.span.end = frame.span.end.max(span.end);
            *key = Some(new);
        }
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
                _ => self.report.error(
                    Code::WrongType,
                    span.clone(),
                    "a merge key needs a mapping or a list of mappings",
                    "write \"<<\" in quotes if it is meant to be an ordinary key",
                ),
            }
        }
    }
}
