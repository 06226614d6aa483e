//! A command as a tool of the Model Context Protocol: its name, and its schemas as texts.

use super::RUNNER;
use crate::plan::ToolPlan;
use crate::printer::Printer;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

/// Prints a tool.
pub(super) fn print_tool(printer: &mut Printer<'_>, tool: &ToolPlan) -> TokenStream {
    let ty = printer.path(RUNNER, "Tool");
    let (name, input) = (&tool.name, json(&tool.input));
    let output = tool.output.as_ref().map(json);
    let output = output.map_or_else(|| quote!(None), |text| quote!(Some(#text)));
    quote!(#ty { name: #name, input: #input, output: #output })
}

/// Prints JSON as a text: a raw one, where each sign of it is one that can be seen.
pub(super) fn json(value: &Value) -> Literal {
    let text = value.to_string();
    let hashes = "#".repeat(1 + text.matches('#').count().min(1));
    let is_plain = text.chars().all(|sign| matches!(sign, ' '..='~')) && !text.contains("\"##");
    let raw = is_plain.then(|| format!("r{hashes}\"{text}\"{hashes}").parse().ok()).flatten();
    raw.unwrap_or_else(|| Literal::string(&text))
}
