//! The table of an API → the command line: commands, flags, and what help says of them.
//!
//! Knows clap, and that words of a document are no commands of a terminal. Must not know what a command does.

use crate::arguments::Arguments;
use crate::body::BodyText;
use crate::failure::Failure;
use crate::table::{Api, Argument, Command, Kind, Place};
use crate::text::safe_lines;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches};
use std::collections::BTreeMap;

/// The heading of flags that every command has.
const COMMON: &str = "Common options";

/// The exit codes, as help explains them.
const EXIT_CODES: &str = "\
Exit codes: 0 all is well; 1 the API answered with an error; 2 the command line or a file is wrong;
3 credentials are missing or not known; 4 the server was not reached, or not in time.";

/// The states of a field, as help explains them.
const STATES: &str = "\
Fields of the body: one that is left out is not sent; --FIELD VALUE sends the value; --null FIELD sends null.
They are put over what --body says.";

/// Makes the command line of an API.
pub(crate) fn program<C>(api: &Api<C>) -> clap::Command {
    let mut program = clap::Command::new(api.name)
        .version(api.version)
        .about(safe_lines(api.about))
        .after_help(EXIT_CODES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(common());
    for group in api.groups {
        let commands = api.commands.iter().filter(|command| command.group == Some(group.name));
        let mut own = clap::Command::new(group.name).subcommand_required(true).arg_required_else_help(true);
        if !group.about.is_empty() {
            own = own.about(safe_lines(group.about));
        }
        program = program.subcommand(own.subcommands(commands.map(command)));
    }
    program
        .subcommands(api.commands.iter().filter(|command| command.group.is_none()).map(command))
        .subcommand(
            clap::Command::new("completions").about("Print what a shell completes commands by").arg(
                Arg::new("shell")
                    .required(true)
                    .value_parser(clap::value_parser!(clap_complete::Shell))
                    .help("The shell"),
            ),
        )
        .subcommand(
            clap::Command::new("man").about("Print the manual page, or write those of all commands").arg(
                Arg::new("folder").value_name("FOLDER").help("The folder for the pages of all commands"),
            ),
        )
        .subcommands(server(api))
}

/// Says whether some command is a tool.
#[cfg(feature = "mcp")]
pub(crate) fn is_server<C>(api: &Api<C>) -> bool {
    api.commands.iter().any(|command| command.tool.is_some())
}

/// Returns the command that serves tools, where there are any.
fn server<C>(_api: &Api<C>) -> Option<clap::Command> {
    #[cfg(feature = "mcp")]
    return is_server(_api).then(crate::mcp::command);
    #[cfg(not(feature = "mcp"))]
    return None;
}

/// Returns the flags that every command has.
fn common() -> Vec<Arg> {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading(COMMON).global(true)
    };
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).help(help).help_heading(COMMON).global(true).action(ArgAction::SetTrue)
    };
    vec![
        flag(
            "output",
            "FORMAT",
            "How the answer is shown [default: table in a terminal, else json; jsonl for events and lines]",
        )
        .short('o')
        .value_parser(PossibleValuesParser::new(["json", "yaml", "table", "raw", "jsonl"])),
        flag("output-file", "FILE", "Where the answer is written"),
        flag(
            "query",
            "QUERY",
            "The part of the answer, or of each item: a JSON pointer (/a/0) or a JSONPath ($.a[0])",
        ),
        switch("dry-run", "Show the request, without credentials, and send nothing"),
        switch("curl", "Show the request as a command of curl, without credentials, and send nothing"),
        flag("profile", "NAME", "The profile of the file of settings [default: default]"),
        flag("base-url", "URL", "The server: scheme, host and, where there is one, port and path"),
        flag("timeout", "SECONDS", "The longest time of a call, with all its attempts")
            .value_parser(clap::value_parser!(f64)),
        flag("attempts", "NUMBER", "How often a call is tried at most")
            .value_parser(clap::value_parser!(u32).range(1..)),
        flag(
            "header",
            "NAME: VALUE",
            "A header of the request; may be repeated; of one name, the last counts",
        )
        .short('H')
        .action(ArgAction::Append),
        switch("verbose", "Say on stderr what was asked and answered").short('v'),
    ]
}

/// Makes one command.
fn command<C>(command: &Command<C>) -> clap::Command {
    let words = safe_lines(command.about.trim());
    let path = safe_lines(command.path);
    let about = match words.lines().next() {
        Some(line) => line.to_owned(),
        None => format!("Send {} {path}", command.method),
    };
    let deprecated = if command.is_deprecated { "\n\nThis command is deprecated." } else { "" };
    let long = format!("{words}{deprecated}\n\nSends {} {path}.", command.method);
    let mut own = clap::Command::new(command.name)
        .about(about)
        .long_about(long.trim().to_owned())
        .args(command.parameters.iter().map(argument))
        .hide(command.is_deprecated);
    if let Some(body) = command.body {
        let forms = body.forms;
        own = own.arg(
            Arg::new("body")
                .long("body")
                .value_name("BODY")
                .help("The body: its text, @FILE (JSON or YAML), or - for standard input")
                .help_heading("Body")
                .allow_hyphen_values(true),
        );
        if forms.len() > 1 {
            own = own.arg(
                Arg::new("body-type")
                    .long("body-type")
                    .value_name("MEDIA TYPE")
                    .help("The form of the body")
                    .help_heading("Body")
                    .value_parser(PossibleValuesParser::new(forms.iter().map(|form| form.media_type))),
            );
        }
        own = own.args(body.fields.iter().map(|field| argument(field).help_heading("Body")));
        let nullable: Vec<&str> =
            body.fields.iter().filter(|field| field.is_nullable).map(|field| field.flag).collect();
        if !nullable.is_empty() {
            own = own.after_help(STATES).arg(
                Arg::new("null")
                    .long("null")
                    .value_name("FIELD")
                    .help("A field of the body that is to be null; may be repeated")
                    .help_heading("Body")
                    .action(ArgAction::Append)
                    .value_parser(PossibleValuesParser::new(nullable)),
            );
        }
    }
    if command.pages.is_some() {
        own = own
            .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help(
                "Go through all pages, and show their items as one list (as they come: -o jsonl or raw)",
            ))
            .arg(
                Arg::new("max-items")
                    .long("max-items")
                    .value_name("NUMBER")
                    .value_parser(clap::value_parser!(usize))
                    .help("Go through pages until there are so many items"),
            );
    }
    own
}

/// Makes the argument of a parameter, or of a field.
fn argument(argument: &Argument) -> Arg {
    let mut own = Arg::new(argument.flag)
        .value_name(argument.value_name())
        .help(help(argument))
        .allow_negative_numbers(matches!(argument.kind, Kind::Integer | Kind::Number | Kind::Any))
        .action(if argument.is_repeated { ArgAction::Append } else { ArgAction::Set })
        .hide(argument.is_deprecated);
    if argument.place == Place::Path {
        own = own.required(true);
    } else {
        own = own.long(argument.flag).required(argument.is_required && argument.place != Place::Field);
        if argument.kind == Kind::Boolean && !argument.is_repeated {
            own = own.num_args(0..=1).require_equals(true).default_missing_value("true");
        }
    }
    if !argument.values.is_empty() && !argument.is_open {
        // One that can't be shown is taken all the same.
        let value = |value: &&'static str| PossibleValue::new(*value).hide(value.contains(char::is_control));
        own = own.value_parser(PossibleValuesParser::new(argument.values.iter().map(value)));
    } else if argument.kind == Kind::Boolean {
        own = own.value_parser(PossibleValuesParser::new(["true", "false"]));
    }
    own
}

/// Returns what help says of an argument.
fn help(argument: &Argument) -> String {
    let mut text =
        argument.about.lines().take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" ");
    let mut add = |words: &str| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(words);
    };
    if argument.is_repeated && argument.place != Place::Path {
        add("[may be repeated]");
    }
    if let Some(default) = argument.default {
        add(&format!("[default: {default}]"));
    }
    if argument.is_open {
        add(&format!("[such as: {}]", argument.values.join(", ")));
    }
    safe_lines(&text)
}

/// Returns the arguments of a command, as they were typed.
pub(crate) fn arguments<C>(command: &Command<C>, matches: &ArgMatches) -> Result<Arguments, Failure> {
    let mut texts = BTreeMap::new();
    for argument in command.arguments() {
        let typed = matches.try_get_many::<String>(argument.flag).ok().flatten();
        if let Some(typed) = typed {
            texts.insert(argument.flag, typed.cloned().collect());
        }
    }
    let list = |name: &str| -> Vec<String> {
        matches.try_get_many::<String>(name).ok().flatten().into_iter().flatten().cloned().collect()
    };
    Ok(Arguments {
        parameters: command.parameters,
        body: command.body,
        texts,
        nulls: list("null"),
        text: list("body").pop().map(|text| BodyText::read(&text)).transpose()?,
        media_type: list("body-type").pop(),
        called: None,
    })
}

#[cfg(test)]
mod tests {
    use super::program;
    use crate::{Api, Argument, Arguments, Command, Failure, Group, Kind, Place, Prepared};

    const NAME: Argument = Argument::new("name", "name", Place::Query, Kind::Text)
        .about("Who\u{1b}[2J\nreads this.")
        .values(&["a", "b\u{7}"]);

    const GREET: Command<()> = Command::new("greet", "GET", "/greet\u{1b}c", greet)
        .group("all")
        .about("Greets.\u{9b}31m\n\nMore\rof it.")
        .parameters(&[NAME]);

    fn greet<'c>(_: &'c (), _: &Arguments) -> Result<Prepared<'c>, Failure> {
        Err(Failure::usage("nobody is there"))
    }

    /// Words of a document may move the cursor, or pretend to be those of the shell.
    #[test]
    fn help_has_no_commands_of_a_terminal() {
        let api = Api {
            name: "greeter",
            version: "1.0.0",
            about: "Greet\u{1b}]0;people\u{7}",
            base_url: None,
            base_url_variable: None,
            connect: |_| (),
            schemes: &[],
            groups: &[Group { name: "all", about: "All\u{8}\u{8}\u{8}of them" }],
            commands: &[GREET],
            definitions: &[],
        };
        let mut program = program(&api);
        program.build();
        let group = program.find_subcommand_mut("all").expect("a group");
        let greet = group.find_subcommand_mut("greet").expect("a command");
        let mut help = vec![greet.render_help().to_string(), greet.render_long_help().to_string()];
        help.push(group.render_long_help().to_string());
        help.push(program.render_long_help().to_string());
        for help in help {
            assert!(!help.contains(|sign: char| sign.is_control() && sign != '\n'), "{help:?}");
        }
        let arguments = ["greeter", "all", "greet", "--name", "b\u{7}"];
        assert!(program.try_get_matches_from(arguments).is_ok());
    }
}
