//! References that lead only to references, in a circle: they mean nothing.
//!
//! Must not know what other schemas say.

use crate::model::Kind;
use crate::schema::table::SchemaTable;
use spec_document::{Code, Diagnostic, Diagnostics};

/// Reports the circles, and takes any value there.
pub(in crate::schema) fn run(table: &mut SchemaTable, diagnostics: &mut Diagnostics) {
    // Each schema is walked once: `rounds` has the walk in which it was seen.
    let mut rounds = vec![0; table.len()];
    for (round, start) in table.ids().enumerate() {
        let round = round + 1;
        let mut current = start;
        while let Kind::Reference(target) = table[current].kind
            && rounds[current.0 as usize] == 0
        {
            rounds[current.0 as usize] = round;
            current = target;
        }
        if matches!(table[current].kind, Kind::Reference(_)) && rounds[current.0 as usize] == round {
            let location = table[current].location.clone();
            let message = "this reference leads back to itself";
            diagnostics.push(
                Diagnostic::error(Code::CircularReference, location, message)
                    .help("let it end at a schema that says something"),
            );
            table[current].kind = Kind::Any;
        }
    }
}
