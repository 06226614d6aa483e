//! The command-line programs of generated clients.
//!
//! A generator prints the table of an API ([`Api`]): its commands, what each takes, and a function that makes
//! a call of it. Here is all that programs of any API have in common: the command line and its help, settings
//! and credentials, answers as tables, JSON or YAML, exit codes, completions and manual pages.
//!
//! Must not know any particular API, nor how requests are sent: `spec-runtime` does that.
//!
//! ```
//! use spec_command::{Api, Argument, Arguments, Command, Failure, Kind, Place, Prepared};
//! use spec_runtime::client::Options;
//!
//! // A generated client in place of `Options`, and a call of it in place of the failure.
//! fn greet<'c>(_client: &'c Options, arguments: &Arguments) -> Result<Prepared<'c>, Failure> {
//!     let name: String = arguments.required("name")?;
//!     Err(Failure::usage(format!("{name} has no client")))
//! }
//!
//! const API: Api<Options> = Api {
//!     name: "greeter",
//!     version: "1.0.0",
//!     about: "Greet people",
//!     base_url: Some("https://api.example.com"),
//!     base_url_variable: None,
//!     connect: |_base_url| Options::default(),
//!     schemes: &[],
//!     groups: &[],
//!     commands: &[GREET],
//!     definitions: &[],
//! };
//!
//! const GREET: Command<Options> = Command::new("greet", "GET", "/greetings/{name}", greet)
//!     .parameters(&[Argument::new("name", "name", Place::Path, Kind::Text).required()]);
//!
//! let code = spec_command::run_from(&API, ["greeter", "greet", "Mia"]);
//! assert_eq!(code, std::process::ExitCode::from(2));
//! ```

mod arguments;
mod body;
mod called;
mod config;
mod failure;
#[cfg(feature = "mcp")]
mod mcp;
mod options;
mod output;
mod pages;
mod prepared;
mod program;
mod query;
mod shown;
mod table;
mod target;
mod text;

pub use arguments::Arguments;
pub use failure::{Failure, Reason};
pub use prepared::{Items, Pieces, Prepared, Streamed, items_of_pages};
pub use table::{
    Api, Argument, Body, Command, Credential, Form, Group, Kind, Pages, Place, Run, Scheme, Tool,
};

use clap::ArgMatches;
use futures_util::StreamExt;
use options::Options;
use spec_runtime::client::Configure;
use std::ffi::OsString;
use std::process::ExitCode;
use tokio::runtime::Runtime;

/// Runs the program of an API: does what its command line says, and returns its exit code.
///
/// | code | meaning |
/// |---|---|
/// | 0 | all is well |
/// | 1 | the API answered with an error |
/// | 2 | the command line, the settings or a file is wrong |
/// | 3 | credentials are missing, or the server does not know them |
/// | 4 | the server was not reached, or did not answer in time |
pub fn run<C: Configure + Send + Sync>(api: &Api<C>) -> ExitCode {
    run_from(api, std::env::args_os())
}

/// Runs the program of an API with these words, the first of which is the name of the program.
pub fn run_from<C: Configure + Send + Sync>(
    api: &Api<C>,
    words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> ExitCode {
    match program::program(api).try_get_matches_from(words) {
        Ok(matches) => match perform(api, &matches) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                output::complain(&format!("error: {failure}"));
                failure.exit_code()
            }
        },
        Err(error) => {
            // A reader that has gone away needs no help.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { Reason::Usage.code() } else { 0 })
        }
    }
}

/// Returns what the server of a program says of its tools (`tools/list` of the Model Context Protocol), each
/// as JSON: their names, their schemas, and what they may do.
///
/// # Errors
///
/// When a schema of the table is none.
///
/// ```
/// use spec_command::{Api, Arguments, Command, Failure, Prepared, Tool};
/// use spec_runtime::client::Options;
///
/// fn greet<'c>(_client: &'c Options, _arguments: &Arguments) -> Result<Prepared<'c>, Failure> {
///     Err(Failure::usage("there is no client"))
/// }
///
/// const GREET: Command<Options> = Command::new("greet", "GET", "/greetings", greet)
///     .tool(Tool { name: "greet", input: r#"{"type": "object"}"#, output: None });
/// # let api = Api {
/// #     name: "greeter", version: "1.0.0", about: "Greet people", base_url: None, base_url_variable: None,
/// #     connect: |_| Options::default(), schemes: &[], groups: &[], commands: &[GREET], definitions: &[],
/// # };
///
/// let tools = spec_command::tools(&api)?;
/// assert_eq!(tools[0]["inputSchema"]["type"], "object");
/// assert_eq!(tools[0]["annotations"]["readOnlyHint"], true);
/// # Ok::<(), Failure>(())
/// ```
#[cfg(feature = "mcp")]
pub fn tools<C>(api: &Api<C>) -> Result<Vec<serde_json::Value>, Failure> {
    mcp::described(api)
}

/// Does what a command line says.
fn perform<C: Configure + Send + Sync>(api: &Api<C>, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((first, below)) = matches.subcommand() else {
        return Err(Failure::usage("no command was given").help("see --help"));
    };
    #[cfg(feature = "mcp")]
    if program::is_server(api) && first == mcp::NAME {
        return mcp::serve(api, Options::read(below, false)?, below);
    }
    let found = match below.subcommand() {
        Some((second, own)) => (Some(first), second, own),
        None => (None, first, below),
    };
    let command = api.commands.iter().find(|command| (command.group, command.name) == (found.0, found.1));
    match (command, found) {
        (Some(command), (.., own)) => call(api, command, own),
        (None, (None, "completions", own)) => pages::completions(program::program(api), api.name, own),
        (None, (None, "man", own)) => pages::manual(program::program(api), own),
        _ => Err(Failure::usage(format!("there is no command `{}`", found.1))),
    }
}

/// Calls the operation of a command.
fn call<C: Configure + Send + Sync>(
    api: &Api<C>,
    command: &Command<C>,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let options = Options::read(matches, command.pages.is_some())?;
    let arguments = program::arguments(command, matches)?;
    let runtime = runtime()?;
    if options.shows_request() {
        let text = runtime.block_on(options.request(api, command, &arguments))?;
        return output::print(text.as_bytes());
    }
    let client = options.client(api)?;
    let answered = runtime.block_on(async {
        if let Some((pages, most)) = command.pages.zip(options.most_items()) {
            let items = pages(&client, &arguments)?.take(most).boxed();
            return options.output.pages(items, &mut options.output.open(false)?).await;
        }
        let prepared = (command.run)(&client, &arguments)?;
        // Before anything is sent: what it does is not lost for want of a file.
        let mut target = options.output.open(prepared.is_bytes())?;
        options.output.show(prepared.send().await?, &mut target).await
    });
    answered.map_err(|failure| options.explained(api, failure))
}

/// Starts what calls run on.
fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("no runtime can be started: {error}")))
}
