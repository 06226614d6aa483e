//! No text may panic: extreme texts by hand, and random changes to the texts of the other tests.

use std::path::Path;

use spec_document::{Code, Diagnostic, Diagnostics, Format, Location, Pointer, Renderer, SourceId, Sources};

/// Parses a text as both formats, renders all diagnostics, and gives their codes.
fn check(text: &str, place: usize) -> Vec<Code> {
    let mut codes = Vec::new();
    for format in [Format::Json, Format::Yaml] {
        let mut sources = Sources::new();
        let id = sources.add("hostile", text);
        let mut diagnostics = Diagnostics::new();
        let document = sources.parse(id, Some(format), &mut diagnostics);
        assert!(document.is_some() || diagnostics.has_errors(), "no tree and no reason: {text:?}");
        codes.extend(diagnostics.iter().map(|diagnostic| diagnostic.code));
        if let Some(document) = document {
            document.root().to_json();
        }
        diagnostics.extend(anywhere(id, place));
        Renderer::new(&sources).color(place.is_multiple_of(2)).render_all(&diagnostics);
    }
    codes
}

/// Diagnostics at places that need not exist.
fn anywhere(id: SourceId, place: usize) -> [Diagnostic; 2] {
    let span = Location::span(id, place..place.wrapping_mul(3) % 1000);
    let pointer = Pointer::root().join("a").join(place).join("~/\u{1b}\0");
    let pointer = Location::pointer(id, pointer);
    [
        Diagnostic::error(Code::InvalidValue, pointer.clone(), "\u{1b}[1m\n\0").help("\u{202e}"),
        Diagnostic::warning(Code::UnknownField, span, "").related(pointer.key(), "\n"),
    ]
}

#[test]
fn extreme_texts() {
    let nested = |open: &str| open.repeat(100_000);
    for text in [
        String::new(),
        "\u{feff}".into(),
        "\u{feff}{}".into(),
        "\u{feff}\u{feff}{}".into(),
        "\0".into(),
        "{\"a\":\"\0\"}".into(),
        "\r\n\r\n{\r\n\"a\"\r\n:1}\r\n".into(),
        "a: é\rb: |\r  x\r".into(),
        "a: \u{85}\u{2028}\u{2029}b".into(),
        format!("{{\"a\":{}}}", "9".repeat(100_000)),
        format!("a: -{}", "0".repeat(100_000)),
        "{\"a\":1e99999999999999999999}".into(),
        "a: 1e-99999999999999999999".into(),
        "---\n---\n---".into(),
        "%YAML 9.9\n%TAG ! x\n--- !y".into(),
        "*a".into(),
        "&a *a".into(),
        "{\"\\".into(),
        "a: \"\\".into(),
        "? ? ? ? :".into(),
        "<<: {<<: {<<: *x}}".into(),
        format!("a: &a \"{}\"\nb: [{}]", "x".repeat(10_000), "*a,".repeat(10_000)),
        format!("{{\"{}\":1,}}", "é".repeat(50_000)),
    ] {
        check(&text, text.len() / 2);
    }
    for open in ["[", "{", "{\"a\":", "[[]", "- ", "? ", "a: [", "!!x [", "&a [", "- - -\n "] {
        let text = nested(open);
        assert!(!check(&text, 7).is_empty(), "{open}");
    }
    let (open, close) = ("[".repeat(150), "]".repeat(150));
    let alias = format!("a: &a {open}{close}\nb: {open}*a{close}");
    assert!(check(&alias, 0).contains(&Code::LimitExceeded));
    assert!(check(&nested("{\"a\":"), 0).iter().all(|code| *code == Code::LimitExceeded));
}

#[test]
fn random_changes() {
    let rounds = std::env::var("FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for folder in ["documents", "bad"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder").flatten() {
            let text = std::fs::read_to_string(entry.path()).expect("a text");
            let seed: Vec<char> = text.chars().take(1500).collect();
            for _ in 0..rounds {
                check(&random.change(seed.clone()), random.below(2000));
            }
        }
    }
}

/// xorshift, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Replaces, removes, inserts or repeats a few pieces.
    fn change(&mut self, mut text: Vec<char>) -> String {
        const PIECES: &[&str] = &[
            "{", "}", "[", "]", ":", ": ", ",", "\"", "'", "\\", "\n", "\r", "\t", " ", "  ", "-", "- ",
            "? ", "&a ", "*a", "!!str ", "!", "%", "#", " #", "|", ">", "|2-", "---\n", "...\n", "<<: ", "0",
            "1e9", ".", "\0", "\u{feff}", "\u{85}", "é", "日", "😀", "\u{a0}", "\\u", "d800", "//", "/*",
        ];
        for _ in 0..=self.below(4) {
            let at = self.below(text.len() + 1);
            let end = (at + self.below(6)).min(text.len());
            match self.below(4) {
                0 => drop(text.drain(at..end)),
                1 => {
                    let piece: Vec<char> = text[at..end].to_vec();
                    let target = self.below(text.len() + 1);
                    text.splice(target..target, piece);
                }
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    text.splice(at..end.min(at + self.below(2)), piece.chars());
                }
            }
        }
        text.into_iter().collect()
    }
}
