//! The imports of one crate's files, and what these need of other crates.
//!
//! Must not know what is printed: whoever prints a path tells it here.

use super::{ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// The imports of files, and the paths that they write out whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imports {
    /// Imported names, by module.
    names: BTreeMap<String, BTreeSet<String>>,
    /// Modules of items that stand in the files with their whole paths.
    whole: BTreeSet<String>,
}

impl Imports {
    /// Imports a name; returns false, and imports nothing, where the name means something of another module.
    pub(crate) fn import(&mut self, module: &str, name: &str) -> bool {
        if self.is_from_elsewhere(module, name) {
            return false;
        }
        self.names.entry(module.to_owned()).or_default().insert(name.to_owned());
        true
    }

    /// Notes an item that stands in the files with its whole path.
    pub(crate) fn note_whole(&mut self, module: &str) {
        if !self.whole.contains(module) {
            self.whole.insert(module.to_owned());
        }
    }

    /// Adds the imports of another part of the same files; none where both have a name from different
    /// modules.
    pub(crate) fn join(&mut self, other: Imports) -> Option<()> {
        for (module, names) in other.names {
            if names.iter().any(|name| self.is_from_elsewhere(&module, name)) {
                return None;
            }
            self.names.entry(module).or_default().extend(names);
        }
        self.whole.extend(other.whole);
        Some(())
    }

    /// Returns whether a name is imported from another module.
    fn is_from_elsewhere(&self, module: &str, name: &str) -> bool {
        self.names.iter().any(|(other, names)| other != module && names.contains(name))
    }

    /// Returns whether the files name anything of a crate or a module.
    pub(crate) fn uses(&self, path: &str) -> bool {
        let is_within = |module: &String| {
            module.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        self.names.keys().chain(&self.whole).any(is_within)
    }

    /// Prints the imports.
    pub(crate) fn print(&self) -> TokenStream {
        let import = |(module, names): (&String, &BTreeSet<String>)| {
            let module = tokens(module);
            let names = names.iter().map(|name| ident(name));
            quote!(use #module::{#(#names),*};)
        };
        self.names.iter().map(import).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Imports;

    #[test]
    fn crates_are_told_from_modules_that_are_called_alike() {
        let mut imports = Imports::default();
        imports.import("spec_runtime::stream::bytes", "Bytes");
        imports.import("serde_json", "Value");
        imports.note_whole("spec_runtime::validation");
        for (path, is_used) in [
            ("bytes", false),
            ("serde", false),
            ("serde_json", true),
            ("spec_runtime", true),
            ("spec_runtime::stream", true),
            ("spec_runtime::validation", true),
            ("spec_runtime::codegen::client", false),
        ] {
            assert_eq!(imports.uses(path), is_used, "{path}");
        }
    }
}
