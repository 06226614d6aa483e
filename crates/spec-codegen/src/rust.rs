//! Rust as text and tokens: paths, types, comments and layout.
//!
//! Knows how code is written so that a person likes to read it: short paths where nothing shadows them,
//! comments line by line, a blank line between items. Must not decide what is written.

use crate::markdown;
use crate::plan::{Plan, RustType, Stream};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use serde_json::{Number, Value};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// The names of the prelude that generated code uses, with their full paths.
const PRELUDE: [(&str, &str); 16] = [
    ("Box", "::std::boxed::Box"),
    ("Clone", "::std::clone::Clone"),
    ("Copy", "::std::marker::Copy"),
    ("Debug", "::std::fmt::Debug"),
    ("Default", "::std::default::Default"),
    ("Eq", "::std::cmp::Eq"),
    ("From", "::std::convert::From"),
    ("Into", "::std::convert::Into"),
    ("IntoIterator", "::std::iter::IntoIterator"),
    ("Option", "::std::option::Option"),
    ("Result", "::std::result::Result"),
    ("Send", "::std::marker::Send"),
    ("String", "::std::string::String"),
    ("TryFrom", "::std::convert::TryFrom"),
    ("TryInto", "::std::convert::TryInto"),
    ("Vec", "::std::vec::Vec"),
];

/// The paths of one file: which names it defines, which it imports.
pub(crate) struct Paths {
    /// Names that the file itself defines.
    own: Arc<HashSet<String>>,
    /// Names that belong to imports which are always there; models of these names keep their full paths.
    reserved: Arc<HashSet<String>>,
    /// The crate of the models; none within that crate.
    models: Option<String>,
    used: BTreeMap<String, BTreeSet<String>>,
}

impl Paths {
    pub(crate) fn new(
        own: impl IntoIterator<Item = String>,
        reserved: &[&str],
        models: Option<&str>,
    ) -> Self {
        Paths {
            own: Arc::new(own.into_iter().collect()),
            reserved: Arc::new(reserved.iter().map(|name| (*name).to_owned()).collect()),
            models: models.map(str::to_owned),
            used: BTreeMap::new(),
        }
    }

    /// The paths of the same file, with nothing imported yet.
    pub(crate) fn fresh(&self) -> Paths {
        let (own, reserved) = (Arc::clone(&self.own), Arc::clone(&self.reserved));
        Paths { own, reserved, models: self.models.clone(), used: BTreeMap::new() }
    }

    /// Imports what another part of the file does as well; none where both know a name from different places.
    pub(crate) fn join(&mut self, other: Paths) -> Option<()> {
        for (module, names) in other.used {
            if names.iter().any(|name| self.is_imported_from_elsewhere(&module, name)) {
                return None;
            }
            self.used.entry(module).or_default().extend(names);
        }
        Some(())
    }

    /// The name of something in another crate, imported unless the file has that name for something else.
    pub(crate) fn name(&mut self, module: &str, name: &str) -> String {
        if self.own.contains(name) || self.is_imported_from_elsewhere(module, name) {
            let root = if module.starts_with("crate") { "" } else { "::" };
            return format!("{root}{module}::{name}");
        }
        self.used.entry(module.to_owned()).or_default().insert(name.to_owned());
        name.to_owned()
    }

    fn is_imported_from_elsewhere(&self, module: &str, name: &str) -> bool {
        self.used.iter().any(|(other, names)| other != module && names.contains(name))
    }

    /// The same as tokens.
    pub(crate) fn path(&mut self, module: &str, name: &str) -> TokenStream {
        tokens(&self.name(module, name))
    }

    /// A name of the prelude.
    pub(crate) fn prelude(&self, name: &str) -> String {
        let full = PRELUDE.iter().find(|(short, _)| *short == name).map_or(name, |(_, full)| full);
        if self.own.contains(name) { full.to_owned() } else { name.to_owned() }
    }

    /// The name of a model.
    pub(crate) fn model(&mut self, name: &str) -> String {
        let Some(models) = self.models.clone() else { return name.to_owned() };
        let is_prelude = PRELUDE.iter().any(|(short, _)| *short == name);
        if is_prelude || self.reserved.contains(name) || self.own.contains(name) {
            return format!("{models}::{name}");
        }
        self.name(&models, name)
    }

    /// A type, as text.
    pub(crate) fn type_text(&mut self, plan: &Plan, ty: &RustType) -> String {
        let generic = |paths: &mut Self, name: String, inner: &RustType| {
            format!("{name}<{}>", paths.type_text(plan, inner))
        };
        match ty {
            RustType::Unit => "()".to_owned(),
            RustType::Bool => "bool".to_owned(),
            RustType::I32 => "i32".to_owned(),
            RustType::I64 => "i64".to_owned(),
            RustType::U32 => "u32".to_owned(),
            RustType::U64 => "u64".to_owned(),
            RustType::F64 => "f64".to_owned(),
            RustType::String => self.prelude("String"),
            RustType::DateTime => {
                let (date_time, utc) = (self.name("chrono", "DateTime"), self.name("chrono", "Utc"));
                format!("{date_time}<{utc}>")
            }
            RustType::Date => self.name("chrono", "NaiveDate"),
            RustType::Uuid => self.name("uuid", "Uuid"),
            RustType::Ipv4 => self.name("std::net", "Ipv4Addr"),
            RustType::Ipv6 => self.name("std::net", "Ipv6Addr"),
            RustType::Base64 => self.name("spec_runtime", "Base64"),
            RustType::Extra => self.name("spec_runtime", "Extra"),
            RustType::File => self.name("spec_runtime", "File"),
            RustType::Bytes => self.name("bytes", "Bytes"),
            RustType::Stream(Stream::Bytes) => self.name("spec_runtime::stream", "ByteStream"),
            RustType::Stream(Stream::Texts) => {
                format!("{}<{}>", self.name("spec_runtime::stream", "Events"), self.prelude("String"))
            }
            RustType::Stream(Stream::Events(item)) => {
                let item = self.type_text(plan, item);
                format!("{}<{item}>", self.name("spec_runtime::stream", "Events"))
            }
            RustType::Stream(Stream::Lines(item)) => {
                let item = self.type_text(plan, item);
                format!("{}<{item}>", self.name("spec_runtime::stream", "JsonLines"))
            }
            RustType::Json => self.name("serde_json", "Value"),
            RustType::Vec(inner) => {
                let name = self.prelude("Vec");
                generic(self, name, inner)
            }
            RustType::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.type_text(plan, item)).collect();
                format!("({})", items.join(", "))
            }
            RustType::Option(inner) => {
                let name = self.prelude("Option");
                generic(self, name, inner)
            }
            RustType::Box(inner) => {
                let name = self.prelude("Box");
                generic(self, name, inner)
            }
            RustType::Field(inner) => {
                let name = self.name("spec_runtime", "Field");
                generic(self, name, inner)
            }
            RustType::Map(inner) => {
                let (map, key) = (self.name("indexmap", "IndexMap"), self.prelude("String"));
                format!("{map}<{key}, {}>", self.type_text(plan, inner))
            }
            RustType::Model(id) => self.model(&plan.type_plan(*id).name),
            RustType::Local(name) => name.clone(),
        }
    }

    /// A type, as tokens.
    pub(crate) fn ty(&mut self, plan: &Plan, ty: &RustType) -> TokenStream {
        tokens(&self.type_text(plan, ty))
    }

    /// The imports that were asked for.
    pub(crate) fn imports(&self) -> TokenStream {
        let import = |(module, names): (&String, &BTreeSet<String>)| {
            let module = tokens(module);
            let names = names.iter().map(|name| ident(name));
            quote!(use #module::{#(#names),*};)
        };
        self.used.iter().map(import).collect()
    }
}

/// An identifier.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Text that is known to be Rust, as tokens.
pub(crate) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// The declaration of a structure, an enumeration or a module of this name, without its attributes, among
/// others that nobody looks at: to parse these as well would cost most of the time.
pub(crate) fn declaration(code: TokenStream, name: &str) -> Option<TokenStream> {
    let mut trees = code.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let is_keyword =
            matches!(&tree, TokenTree::Ident(word) if word == "struct" || word == "enum" || word == "mod");
        if is_keyword && matches!(trees.peek(), Some(TokenTree::Ident(word)) if word == name) {
            let mut declaration = TokenStream::from(tree);
            for tree in trees {
                let is_end =
                    matches!(&tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                declaration.extend([tree]);
                if is_end {
                    return Some(declaration);
                }
            }
            return None;
        }
    }
    None
}

/// A comment, line by line. Words of a document are made [harmless](markdown::harmless), wherever they stand
/// in it.
pub(crate) fn docs<S: AsRef<str>>(lines: &[S]) -> TokenStream {
    if lines.is_empty() {
        return TokenStream::new();
    }
    let text = lines.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\n");
    comment(&markdown::harmless(&text))
}

/// A comment without any word of a document, so that it may link to what is generated.
pub(crate) fn linking(text: &str) -> TokenStream {
    comment(text)
}

fn comment(text: &str) -> TokenStream {
    let line = |line: &str| {
        let text = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #text])
    };
    text.split('\n').map(line).collect()
}

/// A JSON value as it stands in `json!`.
pub(crate) fn json(value: &Value) -> TokenStream {
    json_with(value, &[])
}

/// The same, with variables for references. An object is written in braces however long it is: macros ask for
/// that.
pub(crate) fn json_with(value: &Value, references: &[(String, Ident)]) -> TokenStream {
    written(value, references, value.is_object())
}

fn written(value: &Value, references: &[(String, Ident)], in_braces: bool) -> TokenStream {
    match value {
        Value::Null => quote!(null),
        Value::Bool(value) => quote!(#value),
        Value::String(text) => quote!(#text),
        Value::Number(number) => tokens(&number_text(number)),
        _ if !in_braces && is_long(value) => {
            let text = value.to_string();
            quote!(spec_runtime::codegen::models::json(#text))
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| written(item, references, false));
            quote!([#(#items),*])
        }
        Value::Object(members) => {
            let reference = members.get("$ref").filter(|_| members.len() == 1);
            if let Some((_, variable)) =
                references.iter().find(|(target, _)| reference.is_some_and(|own| own == target))
            {
                return quote!(#variable);
            }
            let members = members.iter().map(|(key, member)| {
                let member = written(member, references, false);
                quote!(#key: #member)
            });
            quote!({#(#members),*})
        }
    }
}

/// Whether a value is too much for `json!`, which goes from one item to the next, and into each, as deep as
/// the compiler goes (128 steps). What refers to something is written out all the same: the reference may be
/// a variable.
pub(crate) fn is_long(value: &Value) -> bool {
    const MOST: usize = 48;
    steps(value) > MOST && !refers(value)
}

/// About how deep `json!` goes.
fn steps(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| index + 1 + steps(item)).max().unwrap_or(0)
        }
        Value::Object(members) => {
            let depth = |(index, member)| 4 * (index + 1) + steps(member);
            members.values().enumerate().map(depth).max().unwrap_or(0)
        }
        _ => 0,
    }
}

fn refers(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(refers),
        Value::Object(members) => members.contains_key("$ref") || members.values().any(refers),
        _ => false,
    }
}

/// A number as a literal; by itself an integer would be an `i32`.
pub(crate) fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_u64()) {
        (Some(small), _) if i32::try_from(small).is_ok() => number.to_string(),
        (Some(_), _) => format!("{number}_i64"),
        (None, Some(_)) => format!("{number}_u64"),
        (None, None) => number.to_string(),
    }
}

/// Lays code out, with a blank line between items, piece by piece: a large file never stands in memory as a
/// tree.
#[derive(Default)]
pub(crate) struct Layout {
    text: String,
    /// Files beside the first one: modules of it, by name.
    modules: Vec<(String, String)>,
    /// The module that items are added to.
    current: Option<usize>,
    error: Option<String>,
}

/// A file that was laid out: its module, where it is not the first one, and its text.
pub(crate) type LaidOut = (Option<String>, String);

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
        if !file.is_empty() {
            file.push('\n');
        }
        file.push_str(text);
    }

    /// The files. What stands in a module finds everything of the first file, imports included, and is found
    /// there.
    ///
    /// # Errors
    ///
    /// What the parser says, when something that was added is no Rust.
    pub(crate) fn finish(mut self, header: &str, imports: TokenStream) -> Result<Vec<LaidOut>, String> {
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
        let mut files = vec![(None, whole(vec![&head.text, &self.text]))];
        for (name, text) in &modules {
            files.push((Some(name.clone()), whole(vec!["#[allow(unused_imports)]\nuse super::*;\n", text])));
        }
        Ok(files)
    }
}

/// Items as a file has them, for tests.
#[cfg(test)]
pub(crate) fn lay_out(code: TokenStream) -> String {
    let mut layout = Layout::default();
    layout.add(code);
    layout.finish("", TokenStream::new()).map_or_else(|error| error, |mut files| files.remove(0).1)
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
        let together = importing && is_import(next.trim());
        importing &= !ends;
        if ends && !together && !next.trim_start().starts_with('}') {
            spaced.push('\n');
        }
    }
    spaced
}

fn is_container(line: &str) -> bool {
    let opens =
        ["impl", "pub trait ", "pub mod ", "mod ", "trait "].iter().any(|start| line.starts_with(start));
    opens && line.ends_with('{')
}
