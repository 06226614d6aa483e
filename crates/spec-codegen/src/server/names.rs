//! Names of the types that a server has for an operation.

use crate::plan::{BodyForm, OperationPlan};

/// Names the enumeration of an operation's answers.
pub(super) fn response_name(operation: &OperationPlan) -> String {
    format!("{}Response", operation.type_name)
}

/// Names the struct of an operation's parameters.
pub(super) fn parameters_name(operation: &OperationPlan) -> String {
    format!("{}Parameters", operation.type_name)
}

/// Names the type for a form of a body of which the document says more than its type does.
pub(super) fn checked_body_name(operation: &OperationPlan, form: &BodyForm) -> Option<String> {
    let is_single = operation.body.as_ref().is_some_and(|body| body.enumeration.is_none());
    let variant = if is_single { "" } else { &form.variant };
    (!form.assertions.is_empty()).then(|| format!("{}{variant}Checked", operation.type_name))
}
