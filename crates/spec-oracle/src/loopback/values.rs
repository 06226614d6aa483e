//! The makers of values of each direction.
//!
//! Knows which members go in one direction alone. Must not know how values are made.

use spec_api::Api;
use spec_contract::{Side, sides};
use spec_values::Values;

/// Returns what makes the values of one side of a document.
///
/// # Errors
///
/// Returns why the document is none that schemas can be found in.
pub(super) fn of(api: &Api, side: Side) -> Result<Values, String> {
    let document = sides::of(api, side).unwrap_or_else(|| sides::shared(api).into_owned());
    let hidden = match side {
        Side::Request => "readOnly",
        Side::Response => "writeOnly",
    };
    Values::new(document, hidden)
}
