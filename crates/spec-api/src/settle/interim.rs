//! Which responses are no answers: those with an interim status.
//!
//! Knows what HTTP says of statuses. Must not know how the document was written.

use crate::model::{Api, Status};
use spec_document::{Code, Diagnostic, Diagnostics, Location};

/// Removes the responses that no client is ever handed: an interim response comes before the answer, and
/// clients pass over it (RFC 9110, 15.2). 101 stays: it is the last one of its protocol (RFC 9110, 15.2.2).
pub(crate) fn settle(api: &mut Api, diagnostics: &mut Diagnostics) {
    let mut known: Vec<Location> = Vec::new();
    for operation in api.operations.iter_mut().chain(&mut api.webhooks) {
        let (interim, answers): (Vec<_>, Vec<_>) =
            operation.responses.drain(..).partition(|response| is_interim(response.status));
        operation.responses = answers;
        for response in interim {
            // A response that several operations share is said once.
            if known.contains(&response.location) {
                continue;
            }
            let message = format!(
                "a response of status {} is interim: another one follows, and clients pass over this one \
                 (RFC 9110, 15.2); it is ignored",
                response.status
            );
            let help = "declare the answer that follows, or remove this one";
            let location = response.location.clone().key();
            diagnostics.push(Diagnostic::warning(Code::Unsupported, location, message).help(help));
            known.push(response.location);
        }
    }
}

fn is_interim(status: Status) -> bool {
    matches!(status, Status::Code(100 | 102..=199) | Status::Range(1))
}
