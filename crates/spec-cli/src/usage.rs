//! What a command says of itself: its help, and what is wrong with how it was called.
//!
//! The text of a command's help is the only table of its options: what is completed and what is suggested is
//! read from it. Must not know any command.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// The largest number of slips of the finger in a word that is still known.
const SLIPS: usize = 2;

thread_local! {
    /// The help that is collected instead of written.
    static COLLECTED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Writes the help of a command. Whoever reads may have enough.
pub fn show(help: &str) -> ExitCode {
    let is_collected =
        COLLECTED.with_borrow_mut(|collected| collected.as_mut().map(|text| text.push_str(help)).is_some());
    if !is_collected {
        let _ = write!(std::io::stdout(), "{help}");
    }
    ExitCode::SUCCESS
}

/// Returns the help that a command would write.
pub fn help_of(run: impl FnOnce(Vec<OsString>) -> ExitCode) -> String {
    COLLECTED.set(Some(String::new()));
    run(vec!["--help".into()]);
    COLLECTED.take().unwrap_or_default()
}

/// Says on the standard error what is wrong with how a command was called, and where its help is. Exits
/// with 2.
pub fn wrong(error: &lexopt::Error, help: &str) -> ExitCode {
    let usage = Usage::read(help);
    let message = match error {
        lexopt::Error::UnexpectedOption(option) => usage.unknown(option),
        lexopt::Error::UnexpectedArgument(word) => {
            format!("there is no place for `{}`", word.to_string_lossy())
        }
        other => other.to_string(),
    };
    eprintln!("error: {message}\ntry '{} --help'", usage.program);
    ExitCode::from(2)
}

/// An option of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flag {
    /// The short name, without its hyphen.
    pub short: Option<String>,
    /// The long name, without hyphens, with a value that belongs to it: `cors=false`.
    pub long: Option<String>,
    /// The name of its value: `FILE`.
    pub value: Option<String>,
    /// Its meaning, in words.
    pub about: String,
}

/// A help text, taken apart.
///
/// ```
/// use spec_cli::usage::Usage;
///
/// let help = "Reads.\n\nUsage: spec read FILE [OPTIONS]\n\n  -l, --lines N  so many\n     lines\n";
/// let usage = Usage::read(help);
/// assert_eq!((usage.program.as_str(), usage.flags[0].about.as_str()), ("spec read", "so many lines"));
/// assert_eq!(usage.unknown("--linse"), "there is no option `--linse`; did you mean `--lines`?");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// The words that call the command.
    pub program: String,
    /// Its options, in their order.
    pub flags: Vec<Flag>,
}

impl Usage {
    /// Reads a help text: `Usage:` with the words of the command, and a line for each option, which begins
    /// with a hyphen and has its meaning after two spaces or in the lines below.
    #[must_use]
    pub fn read(help: &str) -> Usage {
        let after = help.split_once("Usage: ").map(|(_, rest)| rest).unwrap_or_default();
        let is_word = |word: &&str| word.starts_with(|sign: char| sign.is_ascii_lowercase());
        let words: Vec<&str> =
            after.lines().next().unwrap_or_default().split(' ').take_while(is_word).collect();
        let mut flags: Vec<Flag> = Vec::new();
        let mut is_open = false;
        for line in after.lines() {
            let text = line.trim_start();
            if text.starts_with('-') {
                flags.push(flag(text));
                is_open = true;
            } else if is_open
                && line.starts_with("   ")
                && let Some(last) = flags.last_mut()
            {
                let gap = if last.about.is_empty() { "" } else { " " };
                last.about.push_str(&format!("{gap}{text}"));
            } else {
                is_open = false;
            }
        }
        Usage { program: words.join(" "), flags }
    }

    /// Says that there is no such option, and which one may be meant.
    #[must_use]
    pub fn unknown(&self, option: &str) -> String {
        let names = self.flags.iter().filter_map(|flag| flag.long.as_deref());
        let names: Vec<String> =
            names.map(|name| format!("--{}", name.split('=').next().unwrap_or_default())).collect();
        let meant = nearest(option, names.iter().map(String::as_str));
        let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        format!("there is no option `{option}`{meant}")
    }
}

/// Reads the line of an option.
fn flag(line: &str) -> Flag {
    let (names, about) = line.split_once("  ").unwrap_or((line, ""));
    let mut flag = Flag { about: about.trim().to_owned(), ..Flag::default() };
    for word in names.split([' ', ',']).filter(|word| !word.is_empty()) {
        let own = match (word.strip_prefix("--"), word.strip_prefix('-')) {
            (Some(long), _) => (&mut flag.long, long),
            (None, Some(short)) => (&mut flag.short, short),
            (None, None) => (&mut flag.value, word),
        };
        *own.0 = Some(own.1.to_owned());
    }
    flag
}

/// Returns the name that may be meant by a word: one that begins with it, or the one that is fewest slips
/// away.
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<&'n str> {
    let begun = names.clone().filter(|name| word.trim_matches('-').len() > 2 && name.starts_with(word));
    let near = names
        .map(|name| (slips(word, name), name))
        .filter(|(count, name)| *count <= SLIPS && *count < name.trim_matches('-').chars().count());
    near.min_by_key(|(count, _)| *count).map(|(_, name)| name).or_else(|| {
        let begun: Vec<&str> = begun.collect();
        (begun.len() == 1).then(|| begun[0])
    })
}

/// Returns how many slips part two words: a letter too much, too few, another one, or two in the wrong order
/// (optimal string alignment, after Damerau and Levenshtein).
fn slips(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (i, own) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in right.iter().enumerate() {
            let changed = rows[i][j] + usize::from(own != other);
            let mut least = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *own == right[j - 1] && left[i - 1] == *other {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::{Usage, nearest, slips};

    #[test]
    fn slips_are_counted() {
        for (left, right, count) in [
            ("mock", "mock", 0),
            ("mcok", "mock", 1),
            ("mok", "mock", 1),
            ("tests", "test", 1),
            ("", "ab", 2),
        ] {
            assert_eq!((slips(left, right), slips(right, left)), (count, count), "{left} {right}");
        }
        let names = ["mock", "scaffold-service", "docs", "diff"];
        for (word, name) in [("mcok", Some("mock")), ("scaffold", Some("scaffold-service")), ("xyz", None)] {
            assert_eq!(nearest(word, names.into_iter()), name);
        }
    }

    #[test]
    fn options_stand_in_lines() {
        let help = "Mocks.\n\nUsage: spec mock DOCUMENT [OPTIONS]\n\n  -p, --port PORT   where: 4010\n      \
                    --cors=false\n                   no headers\n      --help  this text\n\n\
                    Ends -- when it ends.\n";
        let usage = Usage::read(help);
        assert_eq!(usage.program, "spec mock");
        let rows: Vec<_> = usage
            .flags
            .iter()
            .map(|own| (own.short.as_deref(), own.long.as_deref(), own.value.as_deref(), own.about.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                (Some("p"), Some("port"), Some("PORT"), "where: 4010"),
                (None, Some("cors=false"), None, "no headers"),
                (None, Some("help"), None, "this text"),
            ]
        );
        assert_eq!(usage.unknown("--cros"), "there is no option `--cros`; did you mean `--cors`?");
        assert_eq!(usage.unknown("-x"), "there is no option `-x`");
    }
}
