//! Regular expressions of ECMA-262 (JSON Schema 2020-12 core, 6.4), matched in linear time wherever they can
//! be.
//!
//! The one home of that meaning: models, servers, contracts and whoever makes values ask here. A pattern is
//! read as Unicode is meant to be matched (flag `u`); where it can't be, as JavaScript did before (ECMA-262,
//! annex B.1.2). `regress` says whether a pattern is one; then it is written anew in the syntax of the
//! `regex` crate, whose time is linear in the text. What that crate lacks, `regress` matches, and may take
//! very long. Must not know schemas.

use regex::RegexBuilder;
use std::fmt::Write;

/// The memory that a pattern may take, in bytes, before `regress` has to match it.
const SIZE: usize = 16 << 20;

/// `\s` of ECMA-262 (22.2.2.9): white space and ends of lines.
const SPACES: &str = r"\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}";

/// A class of no character, and one of all.
const NONE: &str = r"[^\x{0}-\x{10ffff}]";
const ALL: &str = r"[\x{0}-\x{10ffff}]";

/// A pattern that is ready to be looked for.
#[derive(Debug)]
pub struct Matcher {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    /// All of these say so.
    Linear(Vec<Condition>),
    Backtracking(Box<regress::Regex>),
}

/// One thing that a text is asked for.
#[derive(Debug)]
enum Condition {
    Found(regex::Regex),
    NotFound(regex::Regex),
    /// So many characters.
    Length(usize, usize),
}

impl Matcher {
    /// Reads a pattern; none if it is no regular expression.
    pub fn new(pattern: &str) -> Option<Matcher> {
        let (written, backtracking) = read(pattern)?;
        let linear = written.and_then(|written| written.conditions());
        Some(Matcher {
            engine: linear.map_or_else(|| Engine::Backtracking(Box::new(backtracking)), Engine::Linear),
        })
    }

    /// Returns true if the pattern is found in the text.
    pub fn is_in(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(conditions) => conditions.iter().all(|condition| match condition {
                Condition::Found(regex) => regex.is_match(text),
                Condition::NotFound(regex) => !regex.is_match(text),
                Condition::Length(least, most) => has_length(text, *least, *most),
            }),
            Engine::Backtracking(regex) => regex.find(text).is_some(),
        }
    }

    /// Returns true if the time it takes is linear in the length of the text, whatever the text is.
    pub fn is_linear(&self) -> bool {
        matches!(self.engine, Engine::Linear(_))
    }
}

/// Returns true if a text has between `least` and `most` characters, counted as Unicode code points (JSON
/// Schema 2020-12 validation, 6.3).
pub fn has_length(text: &str, least: usize, most: usize) -> bool {
    // A code point takes one to four bytes.
    if text.len() < least || text.len() / 4 > most {
        return false;
    }
    let count = text.chars().count();
    least <= count && count <= most
}

/// Returns the pattern in the syntax of the `regex` crate, and look-around and back-references as
/// `fancy_regex` adds them to it; none if it is no regular expression, or one that neither can say.
pub fn translated(pattern: &str) -> Option<String> {
    // That crate takes no words of ASCII alone, but can look around for what they are.
    let (word, none) = ("[A-Za-z0-9_]", "(?![A-Za-z0-9_])");
    let bound = format!("(?:(?<={word}){none}|(?<!{word})(?={word}))");
    let inner = format!("(?:(?<={word})(?={word})|(?<!{word}){none})");
    Some(read(pattern)?.0?.text().replace(r"(?-u:\b)", &bound).replace(r"(?-u:\B)", &inner))
}

/// Translates a pattern into the syntax of the `regex` crate, for texts that match as a whole: without what
/// it asks of the text around.
pub fn shape(pattern: &str) -> Option<String> {
    Some(read(pattern)?.0?.apart()?.shape)
}

/// Returns the pattern written anew, where that can be done, and as `regress` reads it.
fn read(pattern: &str) -> Option<(Option<Written>, regress::Regex)> {
    let (is_unicode, regex) = match regress::Regex::with_flags(pattern, "u") {
        Ok(regex) => (true, regex),
        Err(_) => (false, regress::Regex::new(pattern).ok()?),
    };
    Some((Reader::new(pattern, is_unicode).written(), regex))
}

/// A pattern as the alternatives that it consists of.
struct Written(Vec<Vec<Term>>);

struct Term {
    text: String,
    kind: Kind,
    /// True if the `regex` crate has all of it.
    is_plain: bool,
}

#[derive(PartialEq)]
enum Kind {
    Start,
    End,
    /// Look-around; what it looks for, where that is plain.
    Look {
        is_behind: bool,
        is_negative: bool,
        inner: Option<String>,
    },
    /// One character.
    Character,
    /// One character so many times.
    Characters {
        class: String,
        least: usize,
        most: usize,
    },
    Other,
}

/// A pattern that looks around only where the text begins or ends.
struct Apart {
    /// Expressions that must be found (true), or must not be (false).
    conditions: Vec<(bool, String)>,
    /// All the rest, as conditions, and as one pattern.
    length: Option<(usize, usize)>,
    rest: String,
    shape: String,
}

impl Written {
    fn text(&self) -> String {
        self.0.iter().map(|terms| joined(terms)).collect::<Vec<_>>().join("|")
    }

    /// Takes apart what is asked at the very start and at the very end of the text, and all the rest; none
    /// where what `regex` lacks stands elsewhere.
    fn apart(&self) -> Option<Apart> {
        let [terms] = self.0.as_slice() else {
            let (rest, shape) = (self.text(), self.text());
            let is_plain = self.0.iter().flatten().all(|term| term.is_plain);
            return is_plain.then_some(Apart { conditions: Vec::new(), length: None, rest, shape });
        };
        // Assertions side by side are all about the same place: one of them says that it is the first, or the
        // last.
        let ahead = |term: &&Term| matches!(term.kind, Kind::Start | Kind::Look { is_behind: false, .. });
        let behind = |term: &&Term| matches!(term.kind, Kind::End | Kind::Look { is_behind: true, .. });
        let first = terms.iter().take_while(ahead).count();
        let first = if terms[..first].iter().any(|term| term.kind == Kind::Start) { first } else { 0 };
        let last = terms[first..].iter().rev().take_while(behind).count();
        let last = if terms[terms.len() - last..].iter().any(|term| term.kind == Kind::End) {
            terms.len() - last
        } else {
            terms.len()
        };
        let (before, middle, after) = (&terms[..first], &terms[first..last], &terms[last..]);
        let mut conditions = Vec::new();
        for term in before.iter().chain(after) {
            if let Kind::Look { is_behind, is_negative, inner } = &term.kind {
                let inner = inner.as_ref()?;
                let text = if *is_behind { format!("(?:{inner})$") } else { format!("^(?:{inner})") };
                conditions.push((!is_negative, text));
            }
        }
        let (start, end) =
            (if before.is_empty() { "" } else { "^" }, if after.is_empty() { "" } else { "$" });
        let shape = format!("{start}{}{end}", joined(middle));
        let (length, rest) = match middle {
            // Characters are counted, so that it does not matter how many there are.
            [Term { kind: Kind::Characters { class, least, most }, .. }]
                if !before.is_empty() && !after.is_empty() =>
            {
                (Some((*least, *most)), format!("^{class}*$"))
            }
            _ => (None, shape.clone()),
        };
        middle.iter().all(|term| term.is_plain).then_some(Apart { conditions, length, rest, shape })
    }

    fn conditions(&self) -> Option<Vec<Condition>> {
        let apart = self.apart()?;
        let regex = |text: &str| RegexBuilder::new(text).size_limit(SIZE).build().ok();
        let mut conditions = Vec::new();
        conditions.extend(apart.length.map(|(least, most)| Condition::Length(least, most)));
        conditions.push(Condition::Found(regex(&apart.rest)?));
        for (is_found, text) in &apart.conditions {
            conditions.push(if *is_found {
                Condition::Found(regex(text)?)
            } else {
                Condition::NotFound(regex(text)?)
            });
        }
        Some(conditions)
    }
}

fn joined(terms: &[Term]) -> String {
    terms.iter().map(|term| term.text.as_str()).collect()
}

/// Reads what is known to be a regular expression (ECMA-262, 22.2.1 and B.1.2), and writes it anew.
struct Reader {
    text: Vec<char>,
    at: usize,
    is_unicode: bool,
    /// Number of groups of the whole pattern.
    groups: usize,
    /// Number of constructs read so far that the `regex` crate lacks.
    lacking: usize,
}

impl Reader {
    fn new(pattern: &str, is_unicode: bool) -> Reader {
        let text: Vec<char> = pattern.chars().collect();
        Reader { groups: count_groups(&text), text, at: 0, is_unicode, lacking: 0 }
    }

    /// Writes the pattern anew; none where nothing but `regress` can say what is meant.
    fn written(mut self) -> Option<Written> {
        let written = self.alternatives()?;
        (self.at == self.text.len()).then_some(written)
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn takes(&mut self, text: &str) -> bool {
        let mut rest = self.text[self.at..].iter();
        let is_here = text.chars().all(|character| rest.next() == Some(&character));
        self.at += if is_here { text.chars().count() } else { 0 };
        is_here
    }

    fn alternatives(&mut self) -> Option<Written> {
        let (mut all, mut terms) = (Vec::new(), Vec::new());
        while self.peek().is_some_and(|next| next != ')') {
            if self.takes("|") {
                all.push(std::mem::take(&mut terms));
                continue;
            }
            let before = self.lacking;
            let (text, kind) = self.term()?;
            let (text, kind) = self.quantified(text, kind);
            terms.push(Term { text, kind, is_plain: self.lacking == before });
        }
        all.push(terms);
        Some(Written(all))
    }

    /// Reads the content of a group, up to its end.
    fn group(&mut self) -> Option<String> {
        let inner = self.alternatives()?.text();
        self.takes(")").then_some(inner)
    }

    /// Returns an atom or an assertion.
    fn term(&mut self) -> Option<(String, Kind)> {
        let looks =
            [("(?=", false, false), ("(?!", false, true), ("(?<=", true, false), ("(?<!", true, true)];
        for (sign, is_behind, is_negative) in looks {
            if self.takes(sign) {
                let before = self.lacking;
                let inner = self.group()?;
                let is_plain = self.lacking == before;
                self.lacking += 1;
                let text = format!("{sign}{inner})");
                return Some((text, Kind::Look { is_behind, is_negative, inner: is_plain.then_some(inner) }));
            }
        }
        Some(match self.next()? {
            '^' => ("^".to_owned(), Kind::Start),
            '$' => ("$".to_owned(), Kind::End),
            '.' => (r"[^\n\r\x{2028}\x{2029}]".to_owned(), Kind::Character),
            '(' if self.takes("?:") => (format!("(?:{})", self.group()?), Kind::Other),
            '(' => {
                if self.takes("?") {
                    // A name, which no match has to know. What else there may be, only `regress` knows.
                    self.takes("<").then_some(())?;
                    while self.next()? != '>' {}
                }
                (format!("({})", self.group()?), Kind::Other)
            }
            '[' => (self.class()?, Kind::Character),
            '\\' => self.escape()?,
            character => (literal(character.into()), Kind::Character),
        })
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Option<(String, Kind)> {
        let start = self.at;
        Some(match self.next()? {
            // Where a word begins or ends, of ASCII.
            'b' => (r"(?-u:\b)".to_owned(), Kind::Other),
            'B' => (r"(?-u:\B)".to_owned(), Kind::Other),
            'c' if !self.is_unicode && !self.peek().is_some_and(|next| next.is_ascii_alphabetic()) => {
                // A backslash, and the letter after it.
                self.at = start;
                (literal('\\'.into()), Kind::Character)
            }
            '1'..='9' => {
                self.at = start;
                match self.number().filter(|number| self.is_unicode || *number <= self.groups) {
                    Some(number) => {
                        self.lacking += 1;
                        (format!("(?:\\{number})"), Kind::Other)
                    }
                    None => {
                        self.at = start + 1;
                        (literal(self.character(self.text[start])?), Kind::Character)
                    }
                }
            }
            // By name, where a group has one: only `regress` knows which.
            'k' if self.is_unicode || self.text.windows(3).any(|part| part == ['(', '?', '<']) => {
                return None;
            }
            letter => match self.set(letter) {
                Some(set) if ['D', 'W', 'S', 'p', 'P'].contains(&letter) => (set, Kind::Character),
                Some(set) => (format!("[{set}]"), Kind::Character),
                None => (literal(self.character(letter)?), Kind::Character),
            },
        })
    }

    /// Returns the class that a letter after a backslash stands for, as a class has it within.
    fn set(&mut self, letter: char) -> Option<String> {
        Some(match letter {
            'd' => "0-9".to_owned(),
            'D' => "[^0-9]".to_owned(),
            'w' => "A-Za-z0-9_".to_owned(),
            'W' => "[^A-Za-z0-9_]".to_owned(),
            's' => SPACES.to_owned(),
            'S' => format!("[^{SPACES}]"),
            'p' | 'P' if self.is_unicode => {
                let mut text = format!("\\{letter}");
                while !text.ends_with('}') {
                    text.push(self.next()?);
                }
                text
            }
            _ => return None,
        })
    }

    /// Returns the character that is written with a letter after a backslash.
    fn character(&mut self, letter: char) -> Option<u32> {
        Some(match letter {
            'f' => 0x0c,
            'n' => 0x0a,
            'r' => 0x0d,
            't' => 0x09,
            'v' => 0x0b,
            'c' => u32::from(self.next()?) % 32,
            'x' => self.hexadecimal(2).unwrap_or('x'.into()),
            'u' => self.code_point().unwrap_or('u'.into()),
            '0'..='7' if !self.is_unicode => {
                // At most three digits, and no more than a byte holds.
                let digit = |reader: &Reader| reader.peek().and_then(|next| next.to_digit(8));
                let mut value = letter.to_digit(8)?;
                for _ in 0..2 {
                    let Some(more) = digit(self).filter(|digit| value * 8 + digit < 256) else { break };
                    value = value * 8 + more;
                    self.at += 1;
                }
                value
            }
            '0' => 0,
            other => other.into(),
        })
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let text = self.text.get(self.at..self.at + digits)?;
        let value = text.iter().try_fold(0, |value, digit| Some(value * 16 + digit.to_digit(16)?))?;
        self.at += digits;
        Some(value)
    }

    /// Returns the character behind `\u`: in braces, or as one or two units of UTF-16.
    fn code_point(&mut self) -> Option<u32> {
        if self.peek() == Some('{') {
            let length = self.text[self.at..].iter().position(|character| *character == '}')?;
            let digits = &self.text[self.at + 1..self.at + length];
            let add = |value: u32, digit: &char| value.checked_mul(16)?.checked_add(digit.to_digit(16)?);
            let value =
                digits.iter().try_fold(0, add).filter(|value| *value <= 0x10_ffff && !digits.is_empty())?;
            self.at += length + 1;
            return Some(value);
        }
        let first = self.hexadecimal(4)?;
        let after = self.at;
        if (0xd800..0xdc00).contains(&first) && self.takes("\\u") {
            if let Some(second) = self.hexadecimal(4).filter(|second| (0xdc00..0xe000).contains(second)) {
                return Some(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = after;
        }
        Some(first)
    }

    fn number(&mut self) -> Option<usize> {
        let mut value = None;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            let before: usize = value.unwrap_or_default();
            value = Some(before.saturating_mul(10).saturating_add(digit as usize));
            self.at += 1;
        }
        value
    }

    /// Returns a class, behind its bracket.
    fn class(&mut self) -> Option<String> {
        let is_negated = self.takes("^");
        let mut inner = String::new();
        while !self.takes("]") {
            let first = self.atom()?;
            let is_range = self.peek() == Some('-') && self.text.get(self.at + 1) != Some(&']');
            if !is_range {
                first.append(&mut inner);
                continue;
            }
            self.at += 1;
            match (first, self.atom()?) {
                (Atom::Character(first), Atom::Character(last)) => append_range(first, last, &mut inner),
                (first, last) => {
                    first.append(&mut inner);
                    inner.push_str("\\-");
                    last.append(&mut inner);
                }
            }
        }
        Some(match (is_negated, inner.is_empty()) {
            (false, true) => NONE.to_owned(),
            (true, true) => ALL.to_owned(),
            (false, false) => format!("[{inner}]"),
            (true, false) => format!("[^{inner}]"),
        })
    }

    fn atom(&mut self) -> Option<Atom> {
        let next = self.next()?;
        if next != '\\' {
            return Some(Atom::Character(next.into()));
        }
        let letter = self.next()?;
        if let Some(set) = self.set(letter) {
            return Some(Atom::Set(set));
        }
        Some(Atom::Character(match letter {
            'b' => 0x08,
            'c' if !self.is_unicode => match self.peek() {
                Some(next) if next.is_ascii_alphanumeric() || next == '_' => u32::from(self.next()?) & 0x1f,
                _ => {
                    self.at -= 1;
                    '\\'.into()
                }
            },
            letter => self.character(letter)?,
        }))
    }

    /// Returns a term with what may say how often it comes.
    fn quantified(&mut self, mut text: String, kind: Kind) -> (String, Kind) {
        let start = self.at;
        let Some((least, most)) = self.quantifier() else { return (text, kind) };
        let kind = match kind {
            Kind::Character => Kind::Characters { class: text.clone(), least, most },
            _ => Kind::Other,
        };
        self.takes("?");
        text.extend(&self.text[start..self.at]);
        (text, kind)
    }

    fn quantifier(&mut self) -> Option<(usize, usize)> {
        for (sign, least, most) in [("*", 0, usize::MAX), ("+", 1, usize::MAX), ("?", 0, 1)] {
            if self.takes(sign) {
                return Some((least, most));
            }
        }
        let start = self.at;
        let braced = |reader: &mut Reader| {
            reader.takes("{").then_some(())?;
            let least = reader.number()?;
            let most = if reader.takes(",") { reader.number().unwrap_or(usize::MAX) } else { least };
            reader.takes("}").then_some((least, most))
        };
        let read = braced(self);
        if read.is_none() {
            self.at = start;
        }
        read
    }
}

/// One part of a class.
enum Atom {
    Character(u32),
    Set(String),
}

impl Atom {
    fn append(&self, inner: &mut String) {
        match self {
            Atom::Character(character) => append_range(*character, *character, inner),
            Atom::Set(set) => inner.push_str(set),
        }
    }
}

/// Appends a range to a class, without halves of surrogate pairs: no text has one.
fn append_range(first: u32, last: u32, inner: &mut String) {
    for (first, last) in [(first, last.min(0xd7ff)), (first.max(0xe000), last)] {
        let (Some(first), Some(last)) = (char::from_u32(first), char::from_u32(last)) else { continue };
        if first <= last {
            append_member(first, inner);
        }
        if first < last {
            inner.push('-');
            append_member(last, inner);
        }
    }
}

fn append_member(character: char, inner: &mut String) {
    match character {
        '\\' | '[' | ']' | '^' | '-' | '&' | '~' => inner.extend(['\\', character]),
        character if character.is_ascii_graphic() || character.is_alphanumeric() => inner.push(character),
        character => drop(write!(inner, "\\x{{{:x}}}", u32::from(character))),
    }
}

fn literal(character: u32) -> String {
    match char::from_u32(character) {
        Some(character) if r"\.+*?()|[]{}^$".contains(character) => format!("\\{character}"),
        Some(character) => character.to_string(),
        // Half of a surrogate pair.
        None => NONE.to_owned(),
    }
}

fn count_groups(text: &[char]) -> usize {
    let (mut groups, mut in_class, mut index) = (0, false, 0);
    while let Some(character) = text.get(index) {
        match character {
            '\\' => index += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let is_named = text[index..].starts_with(&['(', '?', '<'])
                    && !matches!(text.get(index + 3), Some('=' | '!'));
                groups += usize::from(is_named || text.get(index + 1) != Some(&'?'));
            }
            _ => {}
        }
        index += 1;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::{Matcher, shape, translated};

    /// Patterns of every construct, and of many documents.
    #[rustfmt::skip]
    const PATTERNS: &[&str] = &[
        r"^\d+$", r"^\D*$", r"\w", r"^\W$", r"\s", r"^\S+$", r"\bword\b", r"\Bx", r"^\B$", r"a.c", r"^.$", r"^.*$", "a$", "^a",
        r"^(a+)+$", r"^(a|aa)+$", r"^([a-z]+)*$", r"(?:a|b|)c", "()", "(|a)b", "x*", "x+?y", "x??y", "x{2}", "x{2,}", "x{2,3}?",
        r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$", r"^\+[1-9]\d{1,14}$", r"^[^\s@]+@[^\s@]+$", r"^\p{L}+$", r"\P{Lu}",
        r"^[\p{L}\p{N}_-]{1,64}$", r"^\p{Script=Greek}+$", r"^\p{sc=Cyrl}$", r"^\p{scx=Deva}$", r"\p{General_Category=Letter}",
        r"\p{gc=Nd}", r"\p{Alphabetic}", r"\p{ASCII}", r"\p{Any}", r"\p{Assigned}", r"\p{Emoji}", r"\p{Lowercase}", r"\p{Sc}",
        r"\p{LC}", r"\p{White_Space}", r"\p{letter}", r"[\p{L}--[a-z]]", r"[a&&b]", r"[[a]", r"[a[b]", r"[~~]", r"[a~~b]",
        r"[a--b]", r"[+--]", r"[*--b]", r"[\w-]", r"[\w-a]", r"[a-\d]", r"[-a]", r"[a-]", r"[^-a]", r"[a\-z]", r"[\]\[]",
        r"[\^a]", r"[a^]", r"[]", r"[^]", r"a[]b", r"a[^]b", r"[^^]", r"[\b]", r"[\B]", r"\cJ", r"[\cJ]", r"\c", r"\c1",
        r"[\c1]", r"[\c_]", r"[\c*]", r"\x41", r"\x4", r"[\x41-\x43]", r"A", r"\u004", r"\u{41}", r"\u{1F4A9}", r"\u{zz}",
        r"\uD83D\uDCA9", r"^\uD83D$", r"[\uD83D\uDCA9]", r"[\uD800-\uDBFF][\uDC00-\uDFFF]", r"^[\u0020-\uD7FF\uE000-\uFFFD]*$",
        r"^[\uD800\uDC00-\uDBFF\uDFFF]$", r"[\uD7FF-\uE000]", "💩", "[💩]", "^[a-💩]$", r"\0", r"\00", r"\07", r"\8", r"\101",
        r"\377", r"\400", r"\1", r"(a)\1", r"(a)\2", r"[\101]", r"[\8]", r"(?<name>a)", r"(?<name>a)\k<name>", r"\k", r"\k<a>",
        r"a{", r"a{1", r"a{,3}", r"{", "}", "]", r"a{x}", r"\-", r"\_", r"\/", r"\@", r"\a", r"\e", r"\z", r"\A", r"\Z", r"\'",
        "#", "# x", " ", "a b", "&&", "--", "~~", r"\.", r"\$", r"\^", "a|^b$|c", "^a|b$", "^(?:a|b)$", "(^a)", "(a$)", "a^",
        "$a", r"^(?=.*\d)(?=.*[a-z]).{4,}$", r"^(?!\d+$)\w+\S+", r"^(?!foo|bar)[a-z]+$", r"^[a-z-]+(?<!-)$", r"(?=a)^b?a$",
        r"^a(?=b)b", r"(?<=a)b", r"a(?!b)", r"(?<!a)b$", r"^(?=(a|b)\1)", r"^(?=a(?!b))a", r"^(?=a)(?=ab)", r"^(?!)",
        r"(?=a)*b", r"^[a-z]{1,10000}$", r"^.{0,5000}$", r"^\w{3}$", r"^[^]{2}$", r"^a?$", r"^(ab){1,500}$", r"^\S*$",
        r"^\x20*$", r"^$", "", r"^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$", r"^(\d{3}-){2}\d{4}$",
        r"^arn:(aws|aws-cn):[^:]*:\w+$", r"(?i:a)", r"\u2028", "\n", r"^\n$", r"^a\n?$", r"[.]", r"[$]", r"[(|)]", r"\[a\]",
        r"\{a\}", r"(a(b(c)))\3", r"[\d\D]", r"[^\d\D]", r"[^\w\s]", r"[\s\S]", r"[\0]", r"[\x00-\x1f]", r"^[^\x00-\x1f\x7f]+$",
        r"[a-z&&[aeiou]]", r"é", r"^[à-ÿ]+$", "\u{2028}",
    ];

    #[rustfmt::skip]
    const TEXTS: &[&str] = &[
        "", "a", "b", "ab", "abc", "aab", "aa", "ba", "abab", "A", "Z", "0", "7", "12", "1a", "a1b2", "ab12", "abcd", "foo",
        "foobar", "_", "-", "a-", "-a", "a-b", "--", "+", ",", "*", "]", "[", "[a]", "[a", "^", "&", "&&", "a&&b", "~", "~~",
        "{", "}", "a{", "a{1", "a{,3}", "a{x}", "{a}", "u", "uu", "u004", "uzz", "u{zz}", "x4", "x", "xx", "xxx", "xy", "xxy",
        "k", "k<a>", "p", "pletter", "p{letter}", "P{Lu}", "cJ", "\\c", "\\c1", "c1", "\u{11}", "\u{1f}", "\n", "a\n", "\na",
        "a\nb", "\r", "\u{8}", "\u{0}", "\u{1}", "\u{7}", "\u{0}0", "8", "ÿ", " 0", "é", "É", "straße", "ß", "λ", "Я", "к", "अ",
        "1٣", "٣", "ª", "²", "\u{2028}", "a\u{2028}c", "\u{a0}", "\u{85}", "\u{feff}", "\u{180e}", "\u{3000}", " ", "a b", "\t",
        "\u{b}", "💩", "💩💩", "a💩", "é💩", "\u{d7ff}", "\u{e000}", "\u{ffff}", "\u{10ffff}", "word", "a word.", "words", "éword",
        "x@example.com", "a@b", "+49151234567", "1.2.3.4", "256.1.1.1", "1.2.3.4.", "123-456-7890", "arn:aws:x:y", "$", "a$b",
        ".", "(", "|", ")", "/", "@", "'", "e", "z", "#", "# x", "\u{85}x", "B", "\\", "a\\b", "name", "café", "àé", "€", "_x",
        "ax",
    ];

    fn regress(pattern: &str) -> Option<regress::Regex> {
        regress::Regex::with_flags(pattern, "u").or_else(|_| regress::Regex::new(pattern)).ok()
    }

    fn same(pattern: &str, texts: &[String]) -> bool {
        let (Some(ours), Some(theirs)) = (Matcher::new(pattern), regress(pattern)) else {
            assert!(Matcher::new(pattern).is_none() && regress(pattern).is_none(), "{pattern}");
            return false;
        };
        for text in texts {
            assert_eq!(
                ours.is_in(text),
                theirs.find(text).is_some(),
                "{pattern:?} in {text:?}, as {:?}",
                translated(pattern)
            );
        }
        ours.is_linear()
    }

    #[test]
    fn every_pattern_means_what_it_means_to_an_engine_of_ecma_262() {
        let texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
        let backtracking: Vec<&str> =
            PATTERNS.iter().copied().filter(|pattern| !same(pattern, &texts)).collect();
        let expected = [
            r"(a)\1",
            r"(?<name>a)\k<name>",
            r"^a(?=b)b",
            r"(?<=a)b",
            r"a(?!b)",
            r"(?=a)*b",
            r"^(?=(a|b)\1)",
            r"^(?=a(?!b))a",
            r"^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$",
            r"(?i:a)",
            r"(a(b(c)))\3",
            r"(?<!a)b$",
        ];
        for pattern in &backtracking {
            assert!(expected.contains(pattern) || regress(pattern).is_none(), "{pattern} could be linear");
        }
        for pattern in expected {
            assert!(backtracking.contains(&pattern), "{pattern} is linear");
        }
    }

    /// Pieces put together at random: some are no patterns, and the two have to agree on that, too.
    #[test]
    fn patterns_at_random_mean_the_same() {
        const PIECES: &[&str] = &[
            "a",
            "b",
            "é",
            "💩",
            "1",
            "_",
            "-",
            " ",
            "\n",
            ".",
            "^",
            "$",
            "|",
            "(",
            ")",
            "(?:",
            "(?=",
            "(?!",
            "(?<=",
            "(?<!",
            "(?<n>",
            "[",
            "[^",
            "]",
            "*",
            "+",
            "?",
            "{2}",
            "{1,}",
            "{0,2}",
            "{",
            "}",
            r"\d",
            r"\D",
            r"\w",
            r"\W",
            r"\s",
            r"\S",
            r"\b",
            r"\B",
            r"\1",
            r"\n",
            r"\cA",
            r"\c",
            r"\x41",
            r"\u0062",
            r"\u{e9}",
            r"\uD83D\uDCA9",
            r"\p{L}",
            r"\-",
            r"\_",
            "&&",
            "--",
            "~~",
            "a-z",
            r"\0",
            r"\7",
        ];
        const LETTERS: &[char] = &[
            'a', 'b', 'A', 'é', '💩', '1', '_', '-', ' ', '\n', '\u{2028}', '&', '~', '[', 'c', '\\', 'z',
            '\u{0}', '\u{7}',
        ];
        let mut state = 7_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or_default() % below
        };
        let (mut linear, mut all) = (0, 0);
        for _ in 0..20_000 {
            let pattern: String = (0..=random(7)).map(|_| PIECES[random(PIECES.len())]).collect();
            let mut texts: Vec<String> = vec![String::new()];
            texts.extend(
                (0..12).map(|_| (0..random(6)).map(|_| LETTERS[random(LETTERS.len())]).collect::<String>()),
            );
            linear += usize::from(same(&pattern, &texts));
            all += usize::from(regress(&pattern).is_some());
        }
        assert!(all > 5000 && linear * 10 > all * 6, "{linear} of {all}");
    }

    #[test]
    fn no_text_takes_long() {
        let text = format!("{}b", "a".repeat(50_000));
        for pattern in [r"^(a+)+$", r"^(a|aa)+$", r"^(?!x)([a-z]+)*\d$", r"(.*a){9}x", r"^[a-z]{1,100000}\d$"]
        {
            let matcher = Matcher::new(pattern).expect("a pattern");
            assert!(matcher.is_linear() && !matcher.is_in(&text), "{pattern}");
        }
    }

    #[test]
    fn what_is_simple_stays_as_it_is() {
        for pattern in ["^x-", "^[a-z]+$", "^(foo|bar)$", "^a{1,3}b?$", "é", r"\.json$"] {
            assert_eq!(translated(pattern).as_deref(), Some(pattern));
        }
        assert_eq!(translated(r"^\d(?!x)").as_deref(), Some("^[0-9](?!x)"));
        assert_eq!(shape(r"^(?=.*\d)[a-f]{2,8}(?<!a)$").as_deref(), Some("^[a-f]{2,8}$"));
        assert_eq!((shape(r"a(?=b)"), translated("("), shape("(?i:a)")), (None, None, None));
    }
}
