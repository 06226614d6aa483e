//! Differences between two versions of generated code, in the words of the document.
//!
//! Knows how generated code is laid out: which item belongs to which model or operation.

use crate::plan::{Definition, Plan};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};

/// Returns the models and operations whose code differs. Empty where only something around them does.
pub(crate) fn names(plan: &Plan, old: &str, new: &str) -> Vec<String> {
    let (old, new) = (units(old), units(new));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut names = BTreeSet::new();
    for key in keys.into_iter().filter(|key| old.get(*key) != new.get(*key)) {
        names.insert(owner(plan, key));
    }
    names.into_iter().collect()
}

/// Returns the code of each named item; what belongs to a type is kept under its name.
fn units(text: &str) -> BTreeMap<String, String> {
    let mut units = BTreeMap::new();
    if let Ok(file) = syn::parse_file(text) {
        collect(&file.items, &mut units);
    }
    units
}

fn collect(items: &[syn::Item], units: &mut BTreeMap<String, String>) {
    for item in items {
        let name = match item {
            syn::Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect(items, units);
                }
                continue;
            }
            syn::Item::Struct(item) => item.ident.to_string(),
            syn::Item::Enum(item) => item.ident.to_string(),
            // A macro is about what it names first.
            syn::Item::Macro(item) => {
                item.mac.tokens.clone().into_iter().next().map(|token| token.to_string()).unwrap_or_default()
            }
            syn::Item::Type(item) => item.ident.to_string(),
            syn::Item::Const(item) => item.ident.to_string(),
            syn::Item::Fn(item) => item.sig.ident.to_string(),
            syn::Item::Trait(item) => {
                for member in &item.items {
                    if let syn::TraitItem::Fn(function) = member {
                        add(units, function.sig.ident.to_string(), function);
                    }
                }
                continue;
            }
            syn::Item::Impl(item) => {
                let own = item.self_ty.to_token_stream().to_string();
                if own == "Client" && item.trait_.is_none() {
                    for member in &item.items {
                        if let syn::ImplItem::Fn(function) = member {
                            add(units, function.sig.ident.to_string(), function);
                        }
                    }
                    continue;
                }
                own.split([' ', '<']).next().unwrap_or_default().to_owned()
            }
            other => {
                add(units, String::new(), other);
                continue;
            }
        };
        add(units, name, item);
    }
}

fn add(units: &mut BTreeMap<String, String>, name: String, item: &impl ToTokens) {
    units.entry(name).or_default().push_str(&item.to_token_stream().to_string());
}

/// Returns what an item belongs to.
fn owner(plan: &Plan, unit: &str) -> String {
    for ty in &plan.types {
        let builder = match &ty.definition {
            Definition::Struct(body) => body.builder.as_str(),
            _ => "",
        };
        if unit == ty.name || (!unit.is_empty() && unit == builder) {
            return format!("type {}", ty.name);
        }
    }
    for operation in &plan.operations {
        let suffix = unit.strip_prefix(operation.type_name.as_str());
        let is_own =
            suffix.is_some_and(|suffix| ["", "Parameters", "Response", "Success", "Error"].contains(&suffix));
        if unit == operation.name || is_own {
            return format!("operation {}", operation.id);
        }
    }
    match unit {
        "" => "imports".to_owned(),
        unit => unit.to_owned(),
    }
}
