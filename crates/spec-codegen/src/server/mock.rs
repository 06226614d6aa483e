//! The table from which the runtime makes the mock of a trait, for tests: a row for each operation.
//!
//! Knows which methods every mock has. Must not know what a mock does: the macro of `spec-runtime` does.

use super::interface::{Interface, arguments};
use super::names::response_name;
use crate::names::Scope;
use crate::plan::OperationPlan;
use crate::printer::Printer;
use std::fmt::Write;

/// Methods of every mock; an operation that is called like one has a method of another name.
const FUNCTIONS: [&str; 6] = ["calls", "clone", "new", "serve", "times", "verify"];

/// Names the methods of a mock, in the order of the operations: like those of the trait, where that can be.
fn methods(operations: &[OperationPlan]) -> Vec<String> {
    let mut scope = Scope::reserving(&FUNCTIONS);
    let free: Vec<bool> = operations.iter().map(|operation| scope.reserve(&operation.name)).collect();
    let name = |(operation, is_free): (&OperationPlan, bool)| match is_free {
        true => operation.name.clone(),
        false => scope.claim(&operation.name).0,
    };
    operations.iter().zip(free).map(name).collect()
}

/// Prints the table of a trait's mock.
pub(super) fn print_mock(printer: &mut Printer<'_>, interface: &Interface<'_>) -> String {
    let (mock, trait_name, router) = (interface.mock_name(), interface.trait_name(), interface.router_name());
    let mut text = format!("spec_runtime::mock!({mock}: {trait_name} by {router} {{\n");
    for (operation, method) in interface.operations.iter().zip(methods(interface.operations)) {
        let renamed = if method == operation.name { String::new() } else { format!(" as {method}") };
        let arguments = arguments(printer, operation, "()");
        let arguments: Vec<String> = arguments.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let _ = writeln!(
            text,
            "    {}{renamed}: {} ({}) -> {},",
            operation.name,
            proc_macro2::Literal::string(&operation.id),
            arguments.join(", "),
            response_name(operation)
        );
    }
    text + "});\n"
}
