//! The files of a crate: items one after another, with blank lines between them.
//!
//! Knows how prettyplease writes items. Must not know what they are for.

use super::ident;
use proc_macro2::TokenStream;
use quote::quote;

/// Lays out the files of a crate, with a blank line between items, piece by piece: a large file never stands
/// in memory as a tree.
#[derive(Default)]
pub(crate) struct Layout {
    text: String,
    /// Files beside the first one: modules of it, by name.
    modules: Vec<(String, String)>,
    /// The module that items are added to.
    current: Option<usize>,
    error: Option<String>,
}

/// A file that was laid out.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// The module that it is; none for the first file.
    pub(crate) module: Option<String>,
    pub(crate) text: String,
}

impl Layout {
    /// Adds to the file of a module from now on; to the first one where there is none.
    pub(crate) fn enter(&mut self, module: Option<&str>) {
        self.current = module.map(|name| match self.modules.iter().position(|(known, _)| known == name) {
            Some(index) => index,
            None => {
                self.modules.push((name.to_owned(), String::new()));
                self.modules.len() - 1
            }
        });
    }

    /// Adds what another layout has, at the end of each file.
    pub(crate) fn join(&mut self, other: Layout) {
        self.error = self.error.take().or(other.error);
        let modules = other.modules.into_iter().map(|(name, text)| (Some(name), text));
        for (module, text) in std::iter::once((None, other.text)).chain(modules) {
            self.enter(module.as_deref());
            if !text.is_empty() {
                self.add_text(&text);
            }
        }
    }

    /// Returns the text of the file that items are added to.
    fn file(&mut self) -> &mut String {
        match self.current {
            Some(index) => &mut self.modules[index].1,
            None => &mut self.text,
        }
    }

    /// Adds items.
    pub(crate) fn add(&mut self, code: TokenStream) {
        match syn::parse2::<syn::File>(code) {
            Ok(file) if file.items.is_empty() => {}
            Ok(file) => self.add_text(&space_out(&prettyplease::unparse(&file))),
            Err(error) => self.error = self.error.take().or(Some(error.to_string())),
        }
    }

    /// Adds text that is laid out already.
    pub(crate) fn add_text(&mut self, text: &str) {
        let file = self.file();
        let is_listed = is_listed(file.lines().rev()) && text.lines().next().is_some_and(is_other_name);
        if !file.is_empty() && !is_listed {
            file.push('\n');
        }
        file.push_str(text);
    }

    /// Returns the files. What stands in a module finds everything of the first file, imports included, and
    /// is found there.
    ///
    /// # Errors
    ///
    /// Returns the parser's message if something that was added is no Rust.
    pub(crate) fn finish(mut self, header: &str, imports: TokenStream) -> Result<Vec<SourceFile>, String> {
        let modules: Vec<(String, String)> = std::mem::take(&mut self.modules);
        let mut head = Layout::default();
        head.add(imports);
        for (name, _) in &modules {
            let name = ident(name);
            head.add(quote!(mod #name;));
        }
        for (name, _) in &modules {
            let name = ident(name);
            // Models of a tag may all be private to what uses them.
            head.add(quote!(#[allow(unused_imports)] pub use #name::*;));
        }
        if let Some(error) = head.error.or(self.error) {
            return Err(error);
        }
        let whole = |parts: Vec<&str>| {
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            format!("{header}\n{}", parts.join("\n"))
        };
        let mut files = vec![SourceFile { module: None, text: whole(vec![&head.text, &self.text]) }];
        for (name, text) in &modules {
            let text = whole(vec!["#[allow(unused_imports)]\nuse super::*;\n", text]);
            files.push(SourceFile { module: Some(name.clone()), text });
        }
        Ok(files)
    }
}

/// Lays out items as a file has them.
#[cfg(test)]
pub(crate) fn lay_out(code: TokenStream) -> String {
    let mut layout = Layout::default();
    layout.add(code);
    layout.finish("", TokenStream::new()).map_or_else(|error| error, |mut files| files.remove(0).text)
}

/// Puts a blank line between the items of files, modules, traits and impls.
fn space_out(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + text.len() / 16);
    // How deep the containers go that we are in: their items are indented as much.
    let mut depth = 0;
    let lines: Vec<&str> = text.lines().collect();
    // Whether the lines so far belong to an import that is not finished.
    let mut importing = false;
    let indent_of = |line: &str| line.len() - line.trim_start().len();
    for (index, line) in lines.iter().enumerate() {
        let (indent, trimmed) = (indent_of(line), line.trim());
        spaced.push_str(line);
        spaced.push('\n');
        let is_import =
            |line: &str| line.starts_with("use ") || line.starts_with("pub use ") || line.starts_with("#!");
        importing |= is_import(trimmed);
        if indent != depth || trimmed.is_empty() {
            if trimmed == "}" && indent + 4 == depth {
                depth = indent;
            } else {
                continue;
            }
        } else if is_container(trimmed) {
            depth += 4;
            continue;
        }
        let next = lines.get(index + 1).copied().unwrap_or("}");
        // A comment belongs to what comes after it, whatever its last sign is.
        let is_comment = trimmed.starts_with("//");
        let ends = !is_comment && (trimmed == "}" || trimmed.ends_with(';') || trimmed.ends_with("{}"));
        let listed = is_other_name(next.trim()) && is_listed(lines[..=index].iter().rev().copied());
        let together = (importing && is_import(next.trim())) || listed;
        importing &= !ends;
        if ends && !together && !next.trim_start().starts_with('}') {
            spaced.push('\n');
        }
    }
    spaced
}

/// Returns whether a line gives another name to a type.
fn is_other_name(line: &str) -> bool {
    let begins = line.starts_with("pub type ") || (line.starts_with("pub use ") && line.contains(" as "));
    begins && line.ends_with(';')
}

/// Returns whether the last line of a text, of which the lines are given from the end, gives another name to
/// a type and says no more of it: such names stand together.
fn is_listed<'a>(mut lines: impl Iterator<Item = &'a str>) -> bool {
    let is_told = |line: &str| line.starts_with("//") || line.starts_with("#[");
    lines.next().is_some_and(|line| is_other_name(line.trim()))
        && !lines.next().is_some_and(|line| is_told(line.trim()))
}

/// Returns whether a line opens a module, a trait or an implementation.
fn is_container(line: &str) -> bool {
    let opens =
        ["impl", "pub trait ", "pub mod ", "mod ", "trait "].iter().any(|start| line.starts_with(start));
    opens && line.ends_with('{')
}
