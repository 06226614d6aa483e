//! Regular expressions of ECMA-262 (JSON Schema 2020-12 core, 6.4), matched in linear time wherever they can
//! be.
//!
//! The one home of that meaning: models, servers, contracts and whoever makes values ask here. A pattern is
//! read as Unicode is meant to be matched (flag `u`); where it can't be, as JavaScript did before (ECMA-262,
//! annex B.1.2). `regress` says whether a pattern is one; then it is written anew in the syntax of the
//! `regex` crate, whose time is linear in the text. What that crate lacks, `regress` matches, and may take
//! very long. `reader` writes it anew, `written` says what that comes to. Must not know schemas.

mod reader;
mod written;

use reader::Reader;
use written::Written;

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

#[cfg(test)]
mod tests {
    use super::{Matcher, shape, translated};

    /// Patterns of every construct, and of many documents.
    #[rustfmt::skip]
    const PATTERNS: &[&str] = &[
        r"^\d+$", r"^\D*$", r"\w", r"^\W$", r"\s", r"^\S+$", r"\bword\b", r"\Bx", r"^\B$", r"a.c", r"^.$",
        r"^.*$", "a$", "^a", r"^(a+)+$", r"^(a|aa)+$", r"^([a-z]+)*$", r"(?:a|b|)c", "()", "(|a)b", "x*",
        "x+?y", "x??y", "x{2}", "x{2,}", "x{2,3}?", r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$",
        r"^\+[1-9]\d{1,14}$", r"^[^\s@]+@[^\s@]+$", r"^\p{L}+$", r"\P{Lu}", r"^[\p{L}\p{N}_-]{1,64}$",
        r"^\p{Script=Greek}+$", r"^\p{sc=Cyrl}$", r"^\p{scx=Deva}$", r"\p{General_Category=Letter}",
        r"\p{gc=Nd}", r"\p{Alphabetic}", r"\p{ASCII}", r"\p{Any}", r"\p{Assigned}", r"\p{Emoji}",
        r"\p{Lowercase}", r"\p{Sc}", r"\p{LC}", r"\p{White_Space}", r"\p{letter}", r"[\p{L}--[a-z]]",
        r"[a&&b]", r"[[a]", r"[a[b]", r"[~~]", r"[a~~b]", r"[a--b]", r"[+--]", r"[*--b]", r"[\w-]", r"[\w-a]",
        r"[a-\d]", r"[-a]", r"[a-]", r"[^-a]", r"[a\-z]", r"[\]\[]", r"[\^a]", r"[a^]", r"[]", r"[^]",
        r"a[]b", r"a[^]b", r"[^^]", r"[\b]", r"[\B]", r"\cJ", r"[\cJ]", r"\c", r"\c1", r"[\c1]", r"[\c_]",
        r"[\c*]", r"\x41", r"\x4", r"[\x41-\x43]", r"A", r"\u004", r"\u{41}", r"\u{1F4A9}", r"\u{zz}",
        r"\uD83D\uDCA9", r"^\uD83D$", r"[\uD83D\uDCA9]", r"[\uD800-\uDBFF][\uDC00-\uDFFF]",
        r"^[\u0020-\uD7FF\uE000-\uFFFD]*$", r"^[\uD800\uDC00-\uDBFF\uDFFF]$", r"[\uD7FF-\uE000]", "💩", "[💩]",
        "^[a-💩]$", r"\0", r"\00", r"\07", r"\8", r"\101", r"\377", r"\400", r"\1", r"(a)\1", r"(a)\2",
        r"[\101]", r"[\8]", r"(?<name>a)", r"(?<name>a)\k<name>", r"\k", r"\k<a>", r"a{", r"a{1", r"a{,3}",
        r"{", "}", "]", r"a{x}", r"\-", r"\_", r"\/", r"\@", r"\a", r"\e", r"\z", r"\A", r"\Z", r"\'", "#",
        "# x", " ", "a b", "&&", "--", "~~", r"\.", r"\$", r"\^", "a|^b$|c", "^a|b$", "^(?:a|b)$", "(^a)",
        "(a$)", "a^", "$a", r"^(?=.*\d)(?=.*[a-z]).{4,}$", r"^(?!\d+$)\w+\S+", r"^(?!foo|bar)[a-z]+$",
        r"^[a-z-]+(?<!-)$", r"(?=a)^b?a$", r"^a(?=b)b", r"(?<=a)b", r"a(?!b)", r"(?<!a)b$", r"^(?=(a|b)\1)",
        r"^(?=a(?!b))a", r"^(?=a)(?=ab)", r"^(?!)", r"(?=a)*b", r"^[a-z]{1,10000}$", r"^.{0,5000}$",
        r"^\w{3}$", r"^[^]{2}$", r"^a?$", r"^(ab){1,500}$", r"^\S*$", r"^\x20*$", r"^$", "",
        r"^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$", r"^(\d{3}-){2}\d{4}$",
        r"^arn:(aws|aws-cn):[^:]*:\w+$", r"(?i:a)", r"\u2028", "\n", r"^\n$", r"^a\n?$", r"[.]", r"[$]",
        r"[(|)]", r"\[a\]", r"\{a\}", r"(a(b(c)))\3", r"[\d\D]", r"[^\d\D]", r"[^\w\s]", r"[\s\S]", r"[\0]",
        r"[\x00-\x1f]", r"^[^\x00-\x1f\x7f]+$", r"[a-z&&[aeiou]]", r"é", r"^[à-ÿ]+$", "\u{2028}",
    ];

    #[rustfmt::skip]
    const TEXTS: &[&str] = &[
        "", "a", "b", "ab", "abc", "aab", "aa", "ba", "abab", "A", "Z", "0", "7", "12", "1a", "a1b2", "ab12",
        "abcd", "foo", "foobar", "_", "-", "a-", "-a", "a-b", "--", "+", ",", "*", "]", "[", "[a]", "[a", "^",
        "&", "&&", "a&&b", "~", "~~", "{", "}", "a{", "a{1", "a{,3}", "a{x}", "{a}", "u", "uu", "u004", "uzz",
        "u{zz}", "x4", "x", "xx", "xxx", "xy", "xxy", "k", "k<a>", "p", "pletter", "p{letter}", "P{Lu}", "cJ",
        "\\c", "\\c1", "c1", "\u{11}", "\u{1f}", "\n", "a\n", "\na", "a\nb", "\r", "\u{8}", "\u{0}", "\u{1}",
        "\u{7}", "\u{0}0", "8", "ÿ", " 0", "é", "É", "straße", "ß", "λ", "Я", "к", "अ", "1٣", "٣", "ª", "²",
        "\u{2028}", "a\u{2028}c", "\u{a0}", "\u{85}", "\u{feff}", "\u{180e}", "\u{3000}", " ", "a b", "\t",
        "\u{b}", "💩", "💩💩", "a💩", "é💩", "\u{d7ff}", "\u{e000}", "\u{ffff}", "\u{10ffff}", "word", "a word.",
        "words", "éword", "x@example.com", "a@b", "+49151234567", "1.2.3.4", "256.1.1.1", "1.2.3.4.",
        "123-456-7890", "arn:aws:x:y", "$", "a$b", ".", "(", "|", ")", "/", "@", "'", "e", "z", "#", "# x",
        "\u{85}x", "B", "\\", "a\\b", "name", "café", "àé", "€", "_x", "ax",
    ];

    /// Pieces of patterns, and of what looks like one.
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "a", "b", "é", "💩", "1", "_", "-", " ", "\n", ".", "^", "$", "|", "(", ")", "(?:", "(?=", "(?!",
        "(?<=", "(?<!", "(?<n>", "[", "[^", "]", "*", "+", "?", "{2}", "{1,}", "{0,2}", "{", "}", r"\d",
        r"\D", r"\w", r"\W", r"\s", r"\S", r"\b", r"\B", r"\1", r"\n", r"\cA", r"\c", r"\x41", r"\u0062",
        r"\u{e9}", r"\uD83D\uDCA9", r"\p{L}", r"\-", r"\_", "&&", "--", "~~", "a-z", r"\0", r"\7",
    ];

    /// Characters of the texts that they are looked for in.
    const LETTERS: &[char] = &[
        'a', 'b', 'A', 'é', '💩', '1', '_', '-', ' ', '\n', '\u{2028}', '&', '~', '[', 'c', '\\', 'z',
        '\u{0}', '\u{7}',
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
