//! The context of every printed fragment: the plan, the names of the file, and its imports.
//!
//! Knows how short a path may be: as short as it can be where nothing shadows it. Must not know what is
//! printed.

use crate::plan::{Plan, RustType, Stream};
use crate::rust::{Imports, tokens};
use proc_macro2::TokenStream;
use std::borrow::Cow;
use std::collections::HashSet;
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

/// Names that files of clients and servers import where a document asks for it, beside those that each has a
/// use for anyway.
const RESERVED: [&str; 8] = [
    "Deserialize",
    "Deserializer",
    "Framing",
    "JsonSchema",
    "LazyLock",
    "Serialize",
    "TokenEndpoint",
    "Validate",
];

/// Crates that the runtime shows under their own names.
const SHOWN: [&str; 8] = ["axum", "bytes", "chrono", "http", "indexmap", "reqwest", "serde_json", "uuid"];

/// Crates that only derives need; the runtime has them for generated code alone.
const HIDDEN: [&str; 2] = ["schemars", "serde"];

/// Returns the path of a module by which generated code names it: the runtime has all crates of others, so
/// that manifests need not list them.
fn through_runtime(module: &str) -> Cow<'_, str> {
    let krate = module.split("::").next().unwrap_or_default();
    if SHOWN.contains(&krate) {
        Cow::Owned(format!("spec_runtime::{module}"))
    } else if HIDDEN.contains(&krate) {
        Cow::Owned(format!("spec_runtime::codegen::{module}"))
    } else {
        Cow::Borrowed(module)
    }
}

/// Prints fragments of one crate: types of the plan, and paths, which it imports.
pub(crate) struct Printer<'a> {
    pub(crate) plan: &'a Plan,
    names: Arc<Names>,
    imports: Imports,
}

/// The names that mean something in the files of a crate, whatever these import.
struct Names {
    /// Names that the files define.
    own: HashSet<String>,
    /// Names of imports that are always there; models of these names keep their full paths.
    reserved: HashSet<String>,
    /// The crate of the models; none within that crate.
    models: Option<String>,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        own: impl IntoIterator<Item = String>,
        reserved: &[&str],
        models: Option<&str>,
    ) -> Self {
        let names = Names {
            own: own.into_iter().collect(),
            reserved: reserved.iter().chain(&RESERVED).map(|name| (*name).to_owned()).collect(),
            models: models.map(str::to_owned),
        };
        Printer { plan, names: Arc::new(names), imports: Imports::default() }
    }

    /// Returns a printer for the same files that has imported nothing yet.
    pub(crate) fn fresh(&self) -> Self {
        Printer { plan: self.plan, names: Arc::clone(&self.names), imports: Imports::default() }
    }

    /// Adds the imports of another printer for the same files; none where both have a name from different
    /// modules.
    pub(crate) fn join(&mut self, other: Printer<'_>) -> Option<()> {
        self.imports.join(other.imports)
    }

    /// Returns what was imported.
    pub(crate) fn into_imports(self) -> Imports {
        self.imports
    }

    /// Prints the path of an item in another crate: its name, which is imported, unless the files have that
    /// name for something else. Crates of others are named by their own names; what is printed leads through
    /// the runtime.
    pub(crate) fn path(&mut self, module: &str, name: &str) -> TokenStream {
        tokens(&self.name(module, name))
    }

    /// Returns the text that [`Printer::path`] prints.
    pub(crate) fn name(&mut self, module: &str, name: &str) -> String {
        self.name_in(&through_runtime(module), name)
    }

    /// Returns a name of a module, which is where the path says; or its whole path, where the files have that
    /// name for something else.
    fn name_in(&mut self, module: &str, name: &str) -> String {
        if self.names.own.contains(name) || !self.imports.import(module, name) {
            self.imports.note_whole(module);
            let root = if module.starts_with("crate") { "" } else { "::" };
            return format!("{root}{module}::{name}");
        }
        name.to_owned()
    }

    /// Prints the whole path of an item in another crate; nothing is imported.
    pub(crate) fn whole_path(&mut self, module: &str, name: &str) -> TokenStream {
        let module = through_runtime(module);
        self.imports.note_whole(&module);
        tokens(&format!("{module}::{name}"))
    }

    /// Prints the name of a crate of others, which the files import.
    pub(crate) fn krate(&mut self, name: &str) -> TokenStream {
        self.path("spec_runtime", name)
    }

    /// Prints a name of the prelude, with its full path where the files have that name for something else.
    pub(crate) fn prelude(&self, name: &str) -> TokenStream {
        tokens(&self.prelude_name(name))
    }

    /// Returns the text that [`Printer::prelude`] prints.
    pub(crate) fn prelude_name(&self, name: &str) -> String {
        let full = PRELUDE.iter().find(|(short, _)| *short == name).map_or(name, |(_, full)| full);
        if self.names.own.contains(name) { full.to_owned() } else { name.to_owned() }
    }

    /// Prints the name of a model.
    pub(crate) fn model(&mut self, name: &str) -> TokenStream {
        tokens(&self.model_name(name))
    }

    /// Returns the text that [`Printer::model`] prints.
    pub(crate) fn model_name(&mut self, name: &str) -> String {
        let Some(models) = self.names.models.clone() else { return name.to_owned() };
        let is_prelude = PRELUDE.iter().any(|(short, _)| *short == name);
        if is_prelude || self.names.reserved.contains(name) || self.names.own.contains(name) {
            return format!("{models}::{name}");
        }
        self.name_in(&models, name)
    }

    /// Prints a type.
    pub(crate) fn ty(&mut self, ty: &RustType) -> TokenStream {
        tokens(&self.type_text(ty))
    }

    /// Returns the text that [`Printer::ty`] prints.
    pub(crate) fn type_text(&mut self, ty: &RustType) -> String {
        match ty {
            RustType::Unit => "()".to_owned(),
            RustType::Bool => "bool".to_owned(),
            RustType::I32 => "i32".to_owned(),
            RustType::I64 => "i64".to_owned(),
            RustType::U32 => "u32".to_owned(),
            RustType::U64 => "u64".to_owned(),
            RustType::F64 => "f64".to_owned(),
            RustType::String => self.prelude_name("String"),
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
            RustType::Stream(stream) => self.stream_text(stream),
            RustType::Json => self.name("serde_json", "Value"),
            RustType::Vec(inner) => format!("{}<{}>", self.prelude_name("Vec"), self.type_text(inner)),
            RustType::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.type_text(item)).collect();
                format!("({})", items.join(", "))
            }
            RustType::Option(inner) => format!("{}<{}>", self.prelude_name("Option"), self.type_text(inner)),
            RustType::Box(inner) => format!("{}<{}>", self.prelude_name("Box"), self.type_text(inner)),
            RustType::Field(inner) => {
                format!("{}<{}>", self.name("spec_runtime", "Field"), self.type_text(inner))
            }
            RustType::Map(inner) => {
                let (map, key) = (self.name("indexmap", "IndexMap"), self.prelude_name("String"));
                format!("{map}<{key}, {}>", self.type_text(inner))
            }
            RustType::Model(id) => self.model_name(&self.plan.type_plan(*id).name),
            RustType::Local(name) => name.clone(),
        }
    }

    /// Returns the text of the type of a stream.
    fn stream_text(&mut self, stream: &Stream) -> String {
        let name = match stream {
            Stream::Bytes => "ByteStream",
            Stream::Texts | Stream::Events(_) => "Events",
            Stream::Lines(_) => "JsonLines",
        };
        let name = self.name("spec_runtime::stream", name);
        match stream {
            Stream::Bytes => name,
            Stream::Texts => format!("{name}<{}>", self.prelude_name("String")),
            Stream::Events(item) | Stream::Lines(item) => format!("{name}<{}>", self.type_text(item)),
        }
    }
}
