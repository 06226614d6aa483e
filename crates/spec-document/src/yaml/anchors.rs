//! Values that have an anchor, for the aliases that name them.
//!
//! Knows what copies cost, and bounds them: a few aliases of aliases could fill the memory.

use std::collections::HashMap;
use std::ops::Range;

use super::report::{Report, Stop};
use crate::node::{Node, Value};

/// The largest amount that anchors and aliases may copy, in the unit of [`weight`].
const MAX_COPIED: usize = 1_000_000;

/// The finished values that have an anchor.
#[derive(Default)]
pub(super) struct Anchors {
    /// The values, by the parser's number for the anchor.
    values: HashMap<usize, Node>,
    copied: usize,
}

impl Anchors {
    /// Remembers a value, if it has an anchor: 0 is none.
    pub(super) fn register(
        &mut self,
        anchor: usize,
        node: &Node,
        report: &mut Report<'_>,
    ) -> Result<(), Stop> {
        if anchor > 0 {
            self.charge(weight(node), &node.span(), report)?;
            self.values.insert(anchor, node.clone());
        }
        Ok(())
    }

    /// Returns the value that has an anchor; `None` as long as it is not finished.
    pub(super) fn get(&self, anchor: usize) -> Option<&Node> {
        self.values.get(&anchor)
    }

    /// Copies the value that has an anchor, for the alias at `span`.
    pub(super) fn copy(
        &mut self,
        anchor: usize,
        span: &Range<usize>,
        report: &mut Report<'_>,
    ) -> Result<Value, Stop> {
        self.charge(self.get(anchor).map_or(0, weight), span, report)?;
        Ok(self.get(anchor).map_or(Value::Null, |node| node.value.clone()))
    }

    /// Counts a copy before it is made.
    fn charge(&mut self, weight: usize, span: &Range<usize>, report: &mut Report<'_>) -> Result<(), Stop> {
        self.copied = self.copied.saturating_add(weight);
        if self.copied > MAX_COPIED {
            let message = format!("the anchors and aliases expand to more than {MAX_COPIED} values");
            return Err(report.limit(span.clone(), message, "use fewer aliases"));
        }
        Ok(())
    }
}

/// Computes what copying a value costs: one for every value in it, and one for every 64 bytes of text.
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
