//! A pattern of ECMA-262 → the same in the syntax of the `regex` crate (ECMA-262, 22.2.1 and B.1.2).
//!
//! Knows both syntaxes, and that the pattern is one: `regress` has read it. Must not know how it is matched.

use super::written::{Kind, Term, Written};
use std::fmt::Write;

/// `\s` of ECMA-262 (22.2.2.9): white space and ends of lines.
const SPACES: &str = r"\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}";

/// A class of no character, and one of all.
const NONE: &str = r"[^\x{0}-\x{10ffff}]";

const ALL: &str = r"[\x{0}-\x{10ffff}]";

/// Reads what is known to be a regular expression (ECMA-262, 22.2.1 and B.1.2), and writes it anew.
pub(super) struct Reader {
    text: Vec<char>,
    at: usize,
    is_unicode: bool,
    /// Number of groups of the whole pattern.
    groups: usize,
    /// Number of constructs read so far that the `regex` crate lacks.
    lacking: usize,
}

impl Reader {
    pub(super) fn new(pattern: &str, is_unicode: bool) -> Reader {
        let text: Vec<char> = pattern.chars().collect();
        Reader { groups: count_groups(&text), text, at: 0, is_unicode, lacking: 0 }
    }

    /// Writes the pattern anew; none where nothing but `regress` can say what is meant.
    pub(super) fn written(mut self) -> Option<Written> {
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
