//! The table of an API: what its commands are called, what they take, and the function that each is.
//!
//! Knows what can be said of any API. Must not know command lines, nor how anything is sent.

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::prepared::{Items, Prepared};

/// The table of an API, whose client is a `C`.
#[derive(Debug)]
pub struct Api<C: 'static> {
    /// The name of the program, as it is typed.
    pub name: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// The purpose of the program, in one line.
    pub about: &'static str,
    /// Where the document says that the API is served, if it does.
    pub base_url: Option<&'static str>,
    /// The environment variable that names another server.
    pub base_url_variable: Option<&'static str>,
    /// Makes a client of the server with this base URL, without credentials.
    pub connect: fn(&str) -> C,
    /// The security schemes that operations ask for.
    pub schemes: &'static [Scheme<C>],
    /// The groups of commands.
    pub groups: &'static [Group],
    /// The commands, in the order of the document.
    pub commands: &'static [Command<C>],
    /// The schemas that those of tools refer to (`#/$defs/NAME`), by name, as JSON.
    pub definitions: &'static [(&'static str, &'static str)],
}

// A client need not be copied for its table to be.
impl<C> Clone for Api<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Api<C> {}

/// A group of commands: what a tag of the document holds together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Its name, as it is typed.
    pub name: &'static str,
    /// Its subject, in one line.
    pub about: &'static str,
}

/// A security scheme, and how a client gets a credential for it.
#[derive(Debug)]
pub struct Scheme<C> {
    /// Its name in the document.
    pub name: &'static str,
    /// The environment variable of its credential.
    pub variable: Option<&'static str>,
    /// The setter by which a client takes the credential.
    pub credential: Credential<C>,
}

/// A setter by which a client takes a credential.
#[derive(Debug)]
pub enum Credential<C> {
    /// A key or a token.
    Secret(fn(C, &str) -> C),
    /// A user and a password (RFC 7617).
    Basic(fn(C, &str, &str) -> C),
    /// A token; or the id and the secret of a client, which fetches tokens itself (RFC 6749, 4.4).
    Tokens(fn(C, &str) -> C, fn(C, &str, &str) -> C),
}

impl<C> Clone for Credential<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Credential<C> {}

/// The function of a command: makes a call of what the command line says.
pub type Run<C> = for<'c> fn(&'c C, &Arguments) -> Result<Prepared<'c>, Failure>;

/// The function of a command whose answers are pages: returns the items of all pages, one after another.
pub type Pages<C> = for<'c> fn(&'c C, &Arguments) -> Result<Items<'c>, Failure>;

/// A command: an operation of the document.
#[derive(Debug)]
pub struct Command<C> {
    pub(crate) group: Option<&'static str>,
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) about: &'static str,
    pub(crate) is_deprecated: bool,
    pub(crate) parameters: &'static [Argument],
    pub(crate) body: Option<Body>,
    pub(crate) run: Run<C>,
    pub(crate) pages: Option<Pages<C>>,
    pub(crate) tool: Option<Tool>,
}

impl<C> Command<C> {
    /// Makes a command of this name: its method, its path template, and its function.
    #[must_use]
    pub const fn new(name: &'static str, method: &'static str, path: &'static str, run: Run<C>) -> Self {
        Command {
            group: None,
            name,
            method,
            path,
            about: "",
            is_deprecated: false,
            parameters: &[],
            body: None,
            run,
            pages: None,
            tool: None,
        }
    }

    /// Puts it into a group.
    #[must_use]
    pub const fn group(mut self, name: &'static str) -> Self {
        self.group = Some(name);
        self
    }

    /// Says what it does: a line, and more below it.
    #[must_use]
    pub const fn about(mut self, text: &'static str) -> Self {
        self.about = text;
        self
    }

    /// Says that it should not be used any more.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }

    /// Sets its parameters.
    #[must_use]
    pub const fn parameters(mut self, parameters: &'static [Argument]) -> Self {
        self.parameters = parameters;
        self
    }

    /// Sets its body.
    #[must_use]
    pub const fn body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    /// Sets the function that goes through pages: the command then has `--all` and `--max-items`.
    #[must_use]
    pub const fn pages(mut self, pages: Pages<C>) -> Self {
        self.pages = Some(pages);
        self
    }

    /// Makes it a tool of the Model Context Protocol as well.
    #[must_use]
    pub const fn tool(mut self, tool: Tool) -> Self {
        self.tool = Some(tool);
        self
    }

    /// Returns every argument: parameters, then fields of the body.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &'static Argument> + use<C> {
        self.parameters.iter().chain(self.body.map_or(&[][..], |body| body.fields))
    }
}

/// The place that a value has in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path: an argument without a flag.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
    /// A member of the body.
    Field,
}

/// The way in which a text of the command line becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is the value.
    Text,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`; the flag alone is `true`.
    Boolean,
    /// JSON.
    Json,
    /// JSON if it is some that fits, otherwise a text.
    Any,
    /// `@FILE`, or the content itself.
    File,
}

/// A parameter of an operation, or a field of its body.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    pub(crate) flag: &'static str,
    pub(crate) wire: &'static str,
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    pub(crate) is_repeated: bool,
    pub(crate) is_required: bool,
    pub(crate) is_nullable: bool,
    pub(crate) is_deprecated: bool,
    pub(crate) about: &'static str,
    pub(crate) values: &'static [&'static str],
    pub(crate) is_open: bool,
    pub(crate) default: Option<&'static str>,
}

impl Argument {
    /// Makes an argument: its flag (without hyphens), its name on the wire, its place, and what texts mean.
    #[must_use]
    pub const fn new(flag: &'static str, wire: &'static str, place: Place, kind: Kind) -> Self {
        Argument {
            flag,
            wire,
            place,
            kind,
            is_repeated: false,
            is_required: false,
            is_nullable: false,
            is_deprecated: false,
            about: "",
            values: &[],
            is_open: false,
            default: None,
        }
    }

    /// Says that it is a list: each text is an item.
    #[must_use]
    pub const fn repeated(mut self) -> Self {
        self.is_repeated = true;
        self
    }

    /// Says that it must be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Says that null is among its values.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.is_nullable = true;
        self
    }

    /// Says that it should not be used any more.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }

    /// Says what it is.
    #[must_use]
    pub const fn about(mut self, text: &'static str) -> Self {
        self.about = text;
        self
    }

    /// Lists the values that it can have.
    #[must_use]
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    /// Lists some of the values that it can have.
    #[must_use]
    pub const fn suggested(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self.is_open = true;
        self
    }

    /// Says which value the server takes where it is left out.
    #[must_use]
    pub const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }

    /// Returns the argument as it is typed.
    pub(crate) fn typed(&self) -> String {
        match self.place {
            Place::Path => format!("<{}>", self.flag),
            _ => format!("--{}", self.flag),
        }
    }

    /// Returns what help calls its value.
    pub(crate) fn value_name(&self) -> &'static str {
        match (self.place, self.kind) {
            (Place::Path, _) => self.flag,
            (_, Kind::Text) => "TEXT",
            (_, Kind::Integer | Kind::Number) => "NUMBER",
            (_, Kind::Boolean) => "BOOL",
            (_, Kind::Json) => "JSON",
            (_, Kind::Any) => "VALUE",
            (_, Kind::File) => "@FILE",
        }
    }
}

/// The body of a request.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// Its forms, the one that is sent if nothing else is said first.
    pub forms: &'static [Form],
    /// True if it must be given.
    pub is_required: bool,
    /// The members that have flags of their own: those of the first form that has members.
    pub fields: &'static [Argument],
}

/// A command as a tool of the Model Context Protocol.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// The JSON Schema of its arguments: an object, whose properties are the flags of parameters, with `_`
    /// for `-`, `body`, and `body_type` where the body has several forms.
    pub input: &'static str,
    /// The JSON Schema of its answer, where that is always an object.
    pub output: Option<&'static str>,
}

/// One form of a body.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Its media type.
    pub media_type: &'static str,
    /// True if the flags of fields are members of this form.
    pub has_fields: bool,
}
