//! What came of cells. Plain data, on its way from one program to another.

use serde::{Deserialize, Serialize};

/// The largest number of faults that are kept of a cell.
const FAULTS: usize = 4;

/// The largest number of characters of each.
const WIDTH: usize = 700;

/// A kind of fault of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The generator refuses it, and does not say where.
    NoPlace,
    /// The generated code does not compile.
    NoRust,
    /// The type of whoever writes does not take the value.
    NoValue,
    /// Whoever writes refuses what can be carried.
    Refused,
    /// Whoever writes does not say what it refuses.
    Unnamed,
    /// Whoever reads refuses what whoever writes has written.
    Unread,
    /// It is not there where it arrives.
    Vanished,
    /// It is something else where it arrives.
    Otherwise,
    /// The bytes are not what the standard says.
    Bytes,
    /// The document's own judge does not take the message.
    Contract,
    /// It can't be judged, because what stands beside it fails.
    Hidden,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 11] = [
        Kind::NoPlace,
        Kind::NoRust,
        Kind::NoValue,
        Kind::Refused,
        Kind::Unnamed,
        Kind::Unread,
        Kind::Vanished,
        Kind::Otherwise,
        Kind::Bytes,
        Kind::Contract,
        Kind::Hidden,
    ];

    /// The kind in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Kind::NoPlace => "the generator refuses it, and names no place",
            Kind::NoRust => "what is generated does not compile",
            Kind::NoValue => "the writer's type does not take a value of the document",
            Kind::Refused => "the writer refuses a value that can be carried",
            Kind::Unnamed => "the writer refuses a value, and does not say which",
            Kind::Unread => "the reader refuses what the writer has written",
            Kind::Vanished => "the value vanished",
            Kind::Otherwise => "the value arrived otherwise",
            Kind::Bytes => "the bytes are not what the standard says",
            Kind::Contract => "the judge of the document refuses the message",
            Kind::Hidden => "it can't be judged, because what stands beside it fails",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The kind.
    pub kind: Kind,
    /// The value that was sent, the bytes, and the value that arrived.
    pub text: String,
}

/// The outcome of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// Its number in the grid.
    pub cell: usize,
    /// The number of values that arrived as they were.
    pub arrived: usize,
    /// The number of values that were rightly refused.
    pub refused: usize,
    /// The faults.
    pub faults: Vec<Fault>,
}

impl Walked {
    /// Adds a fault, once of each kind.
    pub fn fault(&mut self, kind: Kind, text: String) {
        if self.faults.len() < FAULTS && !self.faults.iter().any(|fault| fault.kind == kind) {
            self.faults.push(Fault { kind, text: text.chars().take(WIDTH).collect() });
        }
    }
}
