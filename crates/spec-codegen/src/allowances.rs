//! Errors that the settings allow: what they are about is generated without, or as well as can be.
//!
//! Knows the setting `allow`. Must not know what the errors mean.

use crate::settings::Allowance;
use spec_document::{Code, Diagnostic, Diagnostics, Place, Pointer, Severity};

/// The allowances of one run, and which of them were needed.
pub(crate) struct Allowances<'a> {
    all: &'a [Allowance],
    used: Vec<bool>,
}

impl<'a> Allowances<'a> {
    /// Begins with none of them needed.
    pub(crate) fn new(all: &'a [Allowance]) -> Self {
        Allowances { all, used: vec![false; all.len()] }
    }

    /// Makes warnings of the errors that are allowed; `shown` is what messages show of a place.
    pub(crate) fn apply(&mut self, shown: &dyn Fn(&Pointer) -> Pointer, diagnostics: &mut Diagnostics) {
        if self.all.is_empty() {
            return;
        }
        for mut diagnostic in std::mem::take(diagnostics) {
            if diagnostic.severity == Severity::Error
                && let Some(index) = self.all.iter().position(|allowance| fits(allowance, &diagnostic, shown))
            {
                self.used[index] = true;
                diagnostic.severity = Severity::Warning;
                diagnostic.message.push_str("; the settings allow it");
            }
            diagnostics.push(diagnostic);
        }
    }

    /// Reports allowances that nothing needs any more: they would hide the next mistake.
    pub(crate) fn finish(self, diagnostics: &mut Diagnostics) {
        for (allowance, _) in self.all.iter().zip(self.used).filter(|(_, used)| !used) {
            let place = allowance.at.as_ref().map_or("anywhere".to_owned(), |at| format!("at {at}"));
            let message = format!("there is no `{}` {place} that would have to be allowed", allowance.code);
            let help = "remove the allowance, or correct its place";
            diagnostics.push(
                Diagnostic::error(Code::InvalidSetting, allowance.location.clone(), message).help(help),
            );
        }
    }
}

/// Says whether an error is one that is allowed.
fn fits(allowance: &Allowance, diagnostic: &Diagnostic, shown: &dyn Fn(&Pointer) -> Pointer) -> bool {
    let Some(at) = &allowance.at else { return allowance.code == diagnostic.code };
    let Place::Pointer { pointer, .. } = &diagnostic.location.place else { return false };
    let mut above = std::iter::successors(Some(shown(pointer)), Pointer::parent);
    allowance.code == diagnostic.code && above.any(|place| place == *at)
}
