//! The ways to name a place in a source.
//!
//! Knows JSON pointers and bytes. Must not know the texts and trees that they lead into.

use std::ops::Range;

use crate::pointer::Pointer;
use crate::source::SourceId;

/// The side of an object member that is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// The source.
    pub source: SourceId,
    /// The place in it.
    pub place: Place,
}

/// A place without its source.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// A value of the document or its key. If there is no such value, the nearest value around it is shown.
    Pointer {
        /// The pointer to the value.
        pointer: Pointer,
        /// The value itself or the key it stands under; array elements have no key.
        part: Part,
    },
    /// Some bytes of the text, for problems found before there is a tree.
    Span(Range<usize>),
    /// The source as a whole.
    File,
}

impl Location {
    /// Names the value at a pointer; [`Location::key`] makes the key of it.
    pub fn pointer(source: SourceId, pointer: Pointer) -> Self {
        Self { source, place: Place::Pointer { pointer, part: Part::Value } }
    }

    /// Names some bytes of the text.
    pub fn span(source: SourceId, span: Range<usize>) -> Self {
        Self { source, place: Place::Span(span) }
    }

    /// Names the source as a whole.
    pub fn file(source: SourceId) -> Self {
        Self { source, place: Place::File }
    }

    /// Turns the value at a pointer into its key; other places stay as they are.
    #[must_use]
    pub fn key(mut self) -> Self {
        if let Place::Pointer { part, .. } = &mut self.place {
            *part = Part::Key;
        }
        self
    }

    /// Returns the pointer, if the place is named by one.
    pub fn as_pointer(&self) -> Option<&Pointer> {
        match &self.place {
            Place::Pointer { pointer, .. } => Some(pointer),
            Place::Span(_) | Place::File => None,
        }
    }
}
