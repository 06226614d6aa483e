//! `spec completions`: what a shell asks when somebody presses the tab key.
//!
//! Knows the languages of shells. Must not know any command: the helps of all of them say what there is.

use spec_cli::usage::{Flag, Usage};
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "\
Writes a script that completes commands and options of `spec`.

Usage: spec completions SHELL

SHELL is bash, zsh or fish. Read it where your shell begins:

  bash   source <(spec completions bash), in ~/.bashrc
  zsh    spec completions zsh > ~/.zfunc/_spec, with ~/.zfunc in fpath before compinit
  fish   spec completions fish > ~/.config/fish/completions/spec.fish

  --help  this text
";

/// Writes the script of a shell.
type Script = fn(&[Known]) -> String;

/// A command as completions see it.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) usage: Usage,
}

/// Runs the command. `known` returns all commands.
pub(crate) fn run(words: Vec<OsString>, known: impl FnOnce() -> Vec<Known>) -> ExitCode {
    crate::command(arguments(words), HELP, |script: Script| {
        // The shell may have enough.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), script(&known()).as_bytes());
        Ok(ExitCode::SUCCESS)
    })
}

/// Returns what writes the script of a shell.
fn arguments(words: Vec<OsString>) -> Result<Option<Script>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut script: Option<Script> = None;
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(shell) if script.is_none() => {
                script = Some(match shell.string()?.as_str() {
                    "bash" => bash,
                    "zsh" => zsh,
                    "fish" => fish,
                    other => return Err(format!("there are no completions for `{other}`").into()),
                });
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    script.map(Some).ok_or_else(|| "say for which shell: bash, zsh or fish".into())
}

/// Returns the commands whose second word is one of a few.
fn seconds(known: &[Known]) -> [(&'static str, String); 2] {
    let names: Vec<&str> = known.iter().map(|own| own.name).collect();
    [("help", names.join(" ")), ("completions", "bash zsh fish".to_owned())]
}

/// Returns the names of an option as they are typed.
fn names(flag: &Flag) -> impl Iterator<Item = String> {
    let short = flag.short.iter().map(|own| format!("-{own}"));
    short.chain(flag.long.iter().map(|own| format!("--{own}"))).collect::<Vec<_>>().into_iter()
}

fn bash(known: &[Known]) -> String {
    let all: Vec<&str> = known.iter().map(|own| own.name).collect();
    let mut cases = String::new();
    for own in known {
        let options: Vec<String> = own.usage.flags.iter().flat_map(names).collect();
        cases.push_str(&format!("        {}) options='{}' ;;\n", own.name, options.join(" ")));
    }
    let words = seconds(known).map(|(name, words)| format!("        {name}) words='{words}' ;;\n")).concat();
    format!(
        "# Completions of spec for bash.\n\
         _spec() {{\n\
         \x20   local word=${{COMP_WORDS[COMP_CWORD]}} options='' words=''\n\
         \x20   COMPREPLY=()\n\
         \x20   case ${{COMP_WORDS[1]}} in\n{cases}    esac\n\
         \x20   case ${{COMP_WORDS[1]}} in\n{words}    esac\n\
         \x20   if [ \"$COMP_CWORD\" -eq 1 ]; then\n\
         \x20       words='{} --help --version'\n\
         \x20   elif [ \"${{word:0:1}}\" = - ]; then\n\
         \x20       words=$options\n\
         \x20   fi\n\
         \x20   # Where there is none of these, files are completed.\n\
         \x20   [ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n\
         }}\n\
         complete -o default -F _spec spec\n",
        all.join(" ")
    )
}

/// Writes a text between single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn zsh(known: &[Known]) -> String {
    let escaped = |text: &str| {
        let text = text.replace('\\', "\\\\").replace(':', "\\:");
        text.replace('[', "\\[").replace(']', "\\]")
    };
    let rows =
        known.iter().map(|own| format!("        {}\n", quoted(&format!("{}:{}", own.name, own.about))));
    let mut cases = String::new();
    for own in known {
        let mut lines = String::new();
        for flag in &own.usage.flags {
            let value =
                flag.value.as_ref().map(|own| format!(":{}:_files", escaped(own))).unwrap_or_default();
            for name in names(flag) {
                lines.push_str(&format!(
                    " \\\n                {}",
                    quoted(&format!("*{name}[{}]{value}", escaped(&flag.about)))
                ));
            }
        }
        let rest = seconds(known).into_iter().find(|(name, _)| *name == own.name);
        let rest = rest.map_or("*:file:_files".to_owned(), |(_, words)| format!("1:word:({words})"));
        cases.push_str(&format!(
            "        {}) _arguments{lines} \\\n                {} ;;\n",
            own.name,
            quoted(&rest)
        ));
    }
    format!(
        "#compdef spec\n\
         # Completions of spec for zsh.\n\
         _spec() {{\n\
         \x20   local -a commands=(\n{}    )\n\
         \x20   if (( CURRENT == 2 )); then\n\
         \x20       _describe command commands\n\
         \x20       return\n\
         \x20   fi\n\
         \x20   local command=$words[2]\n\
         \x20   shift words\n\
         \x20   (( CURRENT-- ))\n\
         \x20   case $command in\n{cases}    esac\n\
         }}\n\
         if [ \"$funcstack[1]\" = _spec ]; then _spec \"$@\"; else compdef _spec spec; fi\n",
        rows.collect::<String>()
    )
}

fn fish(known: &[Known]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let mut text = "# Completions of spec for fish.\n".to_owned();
    for own in known {
        let about = quoted(own.about);
        text.push_str(&format!("complete -c spec -f -n __fish_use_subcommand -a {} -d {about}\n", own.name));
        let here = format!("complete -c spec -n '__fish_seen_subcommand_from {}'", own.name);
        for flag in &own.usage.flags {
            let short = flag.short.as_ref().map(|own| format!(" -s {own}")).unwrap_or_default();
            let long = flag.long.as_ref().map(|own| format!(" -l {}", quoted(own))).unwrap_or_default();
            let value = if flag.value.is_some() { " -r" } else { "" };
            text.push_str(&format!("{here}{short}{long}{value} -d {}\n", quoted(&flag.about)));
        }
    }
    for (name, words) in seconds(known) {
        let here = format!("complete -c spec -f -n '__fish_seen_subcommand_from {name}'");
        text.push_str(&format!("{here} -a {}\n", quoted(&words)));
    }
    text
}
