//! Names of the document → names of Rust: decided once, never twice the same in one scope.
//!
//! Knows Rust's keywords and habits. Must not know what is being named.

use heck::{ToKebabCase, ToSnakeCase, ToUpperCamelCase};
use std::collections::HashSet;
use unicode_security::GeneralSecurityProfile;

/// Names that are taken in one scope.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    taken: HashSet<String>,
}

impl Scope {
    /// Returns a scope in which these names are taken.
    pub(crate) fn reserving(names: &[&str]) -> Scope {
        Scope { taken: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Takes a name, with a number behind it where it is taken already. The flag says whether it was.
    pub(crate) fn claim(&mut self, wanted: &str) -> (String, bool) {
        if self.taken.insert(wanted.to_owned()) {
            return (wanted.to_owned(), false);
        }
        let stem = wanted.trim_end_matches('_');
        let name =
            (2..).map(|n| format!("{stem}{n}")).find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        (name, true)
    }

    /// Says whether a name is taken.
    pub(crate) fn is_taken(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// Takes a name as it is; says `false` where it is taken already.
    pub(crate) fn reserve(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }
}

/// Names a type or a variant: `HTTPValidationError` is `HttpValidationError`.
pub(crate) fn type_name(wire: &str) -> String {
    camel_case(&words(wire))
}

/// Names a type or a variant with every sign in words, for what is taken for another without: `C++` is
/// `CPlusPlus`. Signs that only part words stay what they are.
pub(crate) fn spelled_name(wire: &str) -> String {
    let spelled = |c: char| match sign(c) {
        Some(word) if !"-_ .,:;/".contains(c) => format!(" {word} "),
        _ => c.to_string(),
    };
    camel_case(&words(&wire.chars().map(spelled).collect::<String>()))
}

fn camel_case(words: &str) -> String {
    let words = words.to_upper_camel_case();
    match words.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if !unicode_ident::is_xid_start(first) => format!("V{words}"),
        _ if words == "Self" => "Self_".to_owned(),
        _ => words,
    }
}

/// Names a field, an argument or a function: `type` is `type_`.
pub(crate) fn value_name(wire: &str) -> String {
    let words = words(wire).to_snake_case();
    match words.chars().next() {
        None => "empty".to_owned(),
        Some(first) if !unicode_ident::is_xid_start(first) => format!("_{words}"),
        _ if is_keyword(&words) => format!("{words}_"),
        _ => words,
    }
}

/// Names a command or a flag of a command line: `campaignName` is `campaign-name`.
pub(crate) fn command_name(wire: &str) -> String {
    let words = words(wire).to_kebab_case();
    if words.is_empty() { "empty".to_owned() } else { words }
}

/// Says whether a text can stand as an identifier; for names that a document pins.
pub(crate) fn is_identifier(text: &str) -> bool {
    !is_keyword(text) && syn::parse_str::<syn::Ident>(text).is_ok()
}

/// Returns a name of the document with only letters, digits and separators in it. Signs are spelled out where
/// nothing else is left, and in front of the first letter or digit where they say something of it: `-name` is
/// not `name`, and `<5` not `5`.
fn words(wire: &str) -> String {
    // One word, for all its capitals.
    if wire.eq_ignore_ascii_case("ETag") {
        return "etag".to_owned();
    }
    let keep = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let is_plain = |c: char| c.is_ascii() || unicode_ident::is_xid_continue(c);
    // What is not for general use in names (UTS 39, 3.1), the compiler warns of.
    let of_general_use = |c: &char| c.is_ascii() || c.identifier_allowed();
    let plain: String = wire.chars().filter(|c| is_plain(*c)).map(keep).collect();
    let mut text: String = plain.chars().filter(of_general_use).collect();
    if text.trim().is_empty() {
        text = plain;
    }
    if text.trim().is_empty() {
        let spelled = wire
            .chars()
            .map(|c| sign(c).map_or_else(|| format!("unicode {:x}", u32::from(c)), str::to_owned));
        return spelled.collect::<Vec<_>>().join(" ");
    }
    let rest = wire.trim_start_matches(['+', '-', '<', '>', '=', '!']);
    if rest.starts_with(char::is_alphanumeric) {
        let signs: Vec<&str> = wire[..wire.len() - rest.len()].chars().filter_map(sign).collect();
        text = format!("{} {text}", signs.join(" "));
    }
    text
}

fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '*' => "star",
        '+' => "plus",
        '-' => "minus",
        '/' => "slash",
        '=' => "equal",
        '<' => "less",
        '>' => "greater",
        '!' => "not",
        '&' => "and",
        '|' => "or",
        '%' => "percent",
        '@' => "at",
        '#' => "hash",
        '$' => "dollar",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '?' => "question",
        '~' => "tilde",
        '^' => "caret",
        '_' => "underscore",
        ' ' => "space",
        '\n' => "newline",
        '\r' => "return",
        '\t' => "tab",
        '(' | ')' => "parenthesis",
        '[' | ']' => "bracket",
        '{' | '}' => "brace",
        '\'' | '"' | '`' => "quote",
        '\\' => "backslash",
        _ => return None,
    })
}

/// Says whether a word is a strict or reserved keyword (The Rust Reference, "Keywords").
fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 53] = [
        "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
        "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
        "return", "self", "Self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use",
        "where", "while", "abstract", "become", "box", "do", "final", "gen", "macro", "override", "priv",
        "try", "typeof", "unsized", "virtual", "yield", "union",
    ];
    KEYWORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rust() {
        for (wire, expected) in [
            ("HTTPValidationError", "HttpValidationError"),
            ("ListResponse_OutboundCampaign_", "ListResponseOutboundCampaign"),
            ("200", "V200"),
            ("", "Empty"),
            ("*", "Star"),
            ("-1", "Minus1"),
            ("-name", "MinusName"),
            ("+name", "PlusName"),
            ("<5", "Less5"),
            (">=5", "GreaterEqual5"),
            (">=", "GreaterEqual"),
            ("\u{1f600}", "Unicode1f600"),
            ("\n", "Newline"),
            ("self", "Self_"),
            ("größe", "Größe"),
            ("٣", "V٣"),
            ("taphʿal", "Taphal"),
        ] {
            assert_eq!(type_name(wire), expected, "{wire:?}");
            assert!(is_identifier(&type_name(wire)), "{wire:?}");
        }
        for (wire, expected) in [
            ("type", "type_"),
            ("campaignName", "campaign_name"),
            ("@id", "id"),
            ("$ref", "ref_"),
            ("2fa", "_2fa"),
            ("+", "plus"),
        ] {
            assert_eq!(value_name(wire), expected, "{wire:?}");
            assert!(is_identifier(&value_name(wire)), "{wire:?}");
        }
    }

    #[test]
    fn signs_tell_names_apart() {
        for (wire, expected) in
            [("C++", "CPlusPlus"), ("C#", "CHash"), ("in_progress", "InProgress"), ("a<b", "ALessB")]
        {
            assert_eq!(spelled_name(wire), expected, "{wire:?}");
        }
    }

    #[test]
    fn a_scope_never_gives_a_name_twice() {
        let mut scope = Scope::default();
        assert_eq!(scope.claim("Pet"), ("Pet".to_owned(), false));
        assert_eq!(scope.claim("Pet"), ("Pet2".to_owned(), true));
        assert_eq!(scope.claim("Pet2"), ("Pet22".to_owned(), true));
    }
}
