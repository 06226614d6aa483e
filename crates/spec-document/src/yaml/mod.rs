//! YAML text to tree.
//!
//! Knows YAML 1.2, through the events of `saphyr-parser`: the core schema for plain scalars
//! (YAML 1.2.2 section 10.3.2), anchors and aliases, tags, and the merge key `<<` of YAML 1.1,
//! which people use. Must not hand on anything JSON cannot express: later stages know the JSON
//! data model only.

mod anchors;
mod builder;
mod offsets;
mod report;
mod scalar;

use saphyr_parser::{Event, Parser};

use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::node::Node;
use crate::source::SourceId;
use builder::Builder;
use report::{Report, Stop};

/// Parses a YAML text; `None` after a syntax error, of which the first is reported, or if a
/// limit is exceeded.
pub(crate) fn parse(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut report = Report { source, diagnostics };
    check_characters(text, &mut report).ok()?;
    let mut builder = Builder::new(text, report);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::DocumentStart(_), span)) if builder.is_complete() => {
                builder.second_document(span);
                break;
            }
            Ok((event, span)) => builder.event(event, span).ok()?,
            Err(error) => {
                builder.syntax_error(&error);
                return None;
            }
        }
    }
    builder.finish()
}

/// Reports control characters, which are not part of YAML (section 5.1): the parser lets some pass.
fn check_characters(text: &str, report: &mut Report<'_>) -> Result<(), Stop> {
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    let Some(offset) = text.as_bytes().iter().position(control) else {
        return Ok(());
    };
    let message = format!("the control character U+{:04X} stands in the text", text.as_bytes()[offset]);
    let help = "control characters are written as escapes in double quotes, such as \"\\0\"";
    report.error(Code::InvalidYaml, offset..offset + 1, message, help);
    Err(Stop)
}
