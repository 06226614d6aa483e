//! The table of settings: each key once, with what holds where it is absent, what it does, and how it is
//! read.
//!
//! The guide shows it, and `Builder` has a method for each key; tests see to both.

use super::ApiSettings;
use super::reader::{Reader, Value};

/// Makes the list of settings, so that none is listed that is not read, or read that is not listed.
macro_rules! keys {
    ($($variant:ident = $name:literal, $default:literal, $read:path: $what:literal)*) => {
        /// A setting of an API; the list is closed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key {
            $(#[doc = $what] $variant,)*
        }

        impl Key {
            /// Every setting.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the key that stands in the file.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Says what holds where the key is absent, in words or in TOML.
            #[must_use]
            pub fn default(self) -> &'static str {
                match self { $(Self::$variant => $default,)* }
            }

            /// Says in a sentence what the setting does.
            #[must_use]
            pub fn explain(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }

            /// Reads the value of the key into the settings of an API.
            pub(super) fn read(self, reader: &mut Reader<'_>, value: &Value<'_>, api: &mut ApiSettings) {
                match self { $(Self::$variant => $read(reader, value, api),)* }
            }
        }
    };
}

// `NAME` stands for the name of the API.
keys! {
    Document = "document", "none: it must be there", Reader::document:
        "The path of the document."
    Models = "models", "`\"crates/NAME-models\"`", Reader::models:
        "The folder of the models' crate; the last part of it is the crate's name."
    Client = "client", "`\"crates/NAME-client\"`", Reader::client:
        "The folder of the client's crate."
    Server = "server", "`\"crates/NAME-server\"`", Reader::server:
        "The folder of the server's crate."
    Cli = "cli", "no program is made", Reader::cli:
        "The folder of a command-line program's crate, such as `\"crates/NAME-cli\"`; the program is called \
         as that crate, without `-cli`."
    Mcp = "mcp", "`false`", Reader::mcp:
        "`true` if the program of `cli` is also a server of the Model Context Protocol, with a tool for each \
         operation."
    Environment = "environment", "`{}`: no `Client::from_env`", Reader::environment:
        "For each security scheme, the environment variable that `Client::from_env` reads its \
         credential from."
    Idempotency = "idempotency", "none is sent, but where an operation declares one", Reader::idempotency:
        "The header in which every POST and PATCH, but what the document calls idempotent, takes a key that \
         makes it so, such as `\"Idempotency-Key\"`: the client makes one for each call."
    Formats = "formats", "`{ \"*\" = \"type\" }`", Reader::formats:
        "What a `format` of texts becomes: a type of its own (`\"type\"`), a checked text \
         (`\"string\"`), or any text (`\"any\"`). `\"*\"` stands for all others."
    Untyped = "untyped", "`\"guess\"`", Reader::untyped:
        "What a schema without `type` is: what its other keywords are about (`\"guess\"`), or \
         anything (`\"any\"`)."
    Sharing = "sharing", "`true`", Reader::sharing:
        "Whether schemas that stand where they are used share one type where they mean the same, and one \
         that means what a component means is that component; with `false`, each place has a type of its own."
    Files = "files", "`\"tags\"` above 50 operations, else `\"one\"`", Reader::files:
        "How many files a crate has: `\"one\"`, or one for each tag (`\"tags\"`)."
    Only = "only", "all operations", Reader::only:
        "Generate only operations that fit one of these `tags`, `paths` or `operations`; `*` in the \
         latter two is any text."
    Except = "except", "no operations", Reader::except:
        "Leave out operations that fit one of these; written as `only`."
    Allow = "allow", "`[]`", Reader::allow:
        "Errors to go on in spite of, each a `code` and, if only in one place, its JSON pointer `at`."
    Remote = "remote", "`{}`", Reader::remote:
        "For addresses that begin with a text, the folder that has copies of the files there."
    Overlays = "overlays", "`[]`", Reader::overlays:
        "Paths of overlays to apply to the document, in this order."
    Pagination = "pagination", "`true`", Reader::pagination:
        "How clients page through lists, beyond what the document declares: `false` if they must not guess, \
         or a table that says it for single operations, by operationId."
    Samples = "samples", "no samples are written", Reader::samples:
        "The file, relative to the workspace, for samples of calls with the client, as the reference page of \
         `spec-docs` shows them."
    Runtime = "runtime", "that of the workspace, else the repository of the command", Reader::runtime:
        "Where the manifests of new crates have `spec-runtime` from: `{ path = \"…\" }`, relative to the \
         workspace; `{ version = \"…\" }`; or `{ git = \"…\" }` with a `branch`, `rev` or `tag`."
}
