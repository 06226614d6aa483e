//! Judges comments as rustdoc would, for tests. It shares nothing with what it judges but the parser, which
//! is rustdoc's own.

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// Returns what rustdoc would run, or warn of, in a comment (its lints `invalid_html_tags`,
/// `broken_intra_doc_links` and `bare_urls`).
pub(crate) fn faults(comment: &str) -> Vec<String> {
    let shown = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let mut faults = Vec::new();
    for options in [shown, Options::empty()] {
        let unknown = |link: BrokenLink<'_>| {
            Some((CowStr::from(format!("unknown:{}", link.reference)), CowStr::Borrowed("")))
        };
        let (mut links, mut is_code) = (0, false);
        for event in Parser::new_with_broken_link_callback(comment, options, Some(unknown)) {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    is_code = true;
                    match &kind {
                        CodeBlockKind::Indented => faults.push("indented code".to_owned()),
                        CodeBlockKind::Fenced(words) if is_rust(words) => {
                            faults.push(format!("a block of {words:?}"))
                        }
                        CodeBlockKind::Fenced(_) => {}
                    }
                }
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Html(html) | Event::InlineHtml(html) if !html.starts_with("<br") => {
                    faults.push(format!("HTML: {html}"))
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    links += 1;
                    let is_web =
                        ["http://", "https://", "mailto:"].iter().any(|scheme| dest_url.starts_with(scheme));
                    if !is_web && !dest_url.contains('@') {
                        faults.push(format!("a link to {dest_url:?}"));
                    }
                }
                Event::End(TagEnd::Link | TagEnd::Image) => links -= 1,
                Event::Text(text) if links == 0 && !is_code => {
                    let after = |start: &str| {
                        text.split(start).skip(1).any(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
                    };
                    if after("http://") || after("https://") {
                        faults.push(format!("an address: {text}"));
                    }
                }
                _ => {}
            }
        }
    }
    faults
}

/// Returns true if rustdoc takes a block of code with these words after its fence for Rust (The rustdoc book,
/// "Documentation tests").
fn is_rust(words: &str) -> bool {
    let is_sign =
        |sign: char| sign == ',' || sign == '{' || sign == '}' || sign == '.' || sign.is_whitespace();
    let mut words = words.split(is_sign).filter(|word| !word.is_empty()).peekable();
    let is_known = |word: &str| {
        let known = [
            "rust",
            "ignore",
            "should_panic",
            "no_run",
            "compile_fail",
            "standalone_crate",
            "test_harness",
            "allow_fail",
        ];
        known.contains(&word)
            || word.starts_with("edition")
            || word.starts_with("ignore-")
            || is_error_code(word)
    };
    words.peek().is_none() || words.any(is_known)
}

fn is_error_code(word: &str) -> bool {
    word.len() == 5 && word.starts_with('E') && word[1..].bytes().all(|digit| digit.is_ascii_digit())
}
