//! Words of a document as comments: CommonMark of which nothing is run, and at which rustdoc has nothing to
//! find fault with.
//!
//! rustdoc compiles and runs what it takes for code of Rust, links what stands in brackets, and shows HTML as
//! it is. A document's words are none of that, whoever wrote them. Must not know where a text comes from, nor
//! what it is said of.

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Languages that blocks of code keep; all others are shown as `text`. rustdoc takes a block for Rust unless
/// a word says otherwise.
const LANGUAGES: [&str; 12] =
    ["text", "json", "yaml", "xml", "html", "http", "sh", "bash", "javascript", "python", "sql", "csv"];

/// The number of times that a text is looked at again: what one change uncovers, the next mends.
const ROUNDS: usize = 8;

/// The extensions with which rustdoc shows comments.
const SHOWN: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_SMART_PUNCTUATION);

/// Writes a text as it can stand in a comment: its code is no Rust, its HTML and its brackets are letters,
/// and its links lead to the network. What is harmless already stays as it is.
pub(crate) fn harmless(text: &str) -> String {
    let mut text = plain(text);
    if !is_suspicious(&text) {
        return text;
    }
    for _ in 0..ROUNDS {
        // With extensions rustdoc shows comments; without, it looks for code to run.
        let mut edits = edits(&text, SHOWN);
        if edits.is_empty() {
            edits = self::edits(&text, Options::empty());
        }
        if edits.is_empty() {
            return text;
        }
        text = edited(&text, edits);
    }
    // Whatever it is: no text ends a block whose fence is longer than any in it.
    let fence = fence_around(&text);
    format!("{fence}text\n{text}\n{fence}")
}

/// Returns a text without what rustdoc and compiler would not keep: the signs that show it in another order
/// than it has, which the compiler refuses in comments (the lint `text_direction_codepoint_in_comment`),
/// returns alone (The Rust Reference, "Comments"), tabs, and what all lines are indented by.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<String> = text.split('\n').map(|line| untabbed(&visible(line))).collect();
    let indent = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let is_blank = |line: &&String| line.trim().is_empty();
    let common = lines.iter().filter(|line| !is_blank(line)).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.get(common.min(indent(line))..).unwrap_or_default().trim_end())
        .collect();
    lines.join("\n")
}

/// Writes a text in one line of a comment.
pub(crate) fn in_one_line(text: &str) -> String {
    visible(
        &text
            .split(['\r', '\n'])
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// Returns a text without the signs that show it in another order than it has.
fn visible(text: &str) -> String {
    text.replace(|sign| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'), "")
}

/// Returns a line whose tabs are as many spaces as they stand for (CommonMark, 2.2).
fn untabbed(line: &str) -> String {
    let mut columns = 0;
    let mut spaced = String::with_capacity(line.len());
    for sign in line.chars() {
        let width = if sign == '\t' { 4 - columns % 4 } else { 1 };
        columns += width;
        match sign {
            '\t' => spaced.extend(std::iter::repeat_n(' ', width)),
            _ => spaced.push(sign),
        }
    }
    spaced
}

/// Returns whether a text can have anything but words in it: most have not.
fn is_suspicious(text: &str) -> bool {
    ["    ", "```", "~~~", "<", "[", "://"].iter().any(|sign| text.contains(sign))
}

type Edit = (Range<usize>, String);

/// Finds what has to be changed in a text.
fn edits(text: &str, options: Options) -> Vec<Edit> {
    // As rustdoc has it, everything in brackets may be the name of something.
    let unknown = |_: BrokenLink<'_>| Some((CowStr::Borrowed(""), CowStr::Borrowed("")));
    let mut edits: Vec<Edit> = Vec::new();
    // Brackets that are letters by now; they may become links when others are no links any more.
    let mut brackets: Vec<usize> = Vec::new();
    let (mut has_broken_link, mut links, mut code) = (false, 0, None::<Code>);
    let escape = |at: usize| (at..at, "\\".to_owned());
    for (event, range) in
        Parser::new_with_broken_link_callback(text, options, Some(unknown)).into_offset_iter()
    {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => code = Some(Code { kind, range, content: None }),
            Event::End(TagEnd::CodeBlock) => {
                edits.extend(code.take().map(|code| code.edits(text)).unwrap_or_default())
            }
            Event::Text(_) if code.is_some() => {
                if let Some(code) = &mut code {
                    code.add(range);
                }
            }
            Event::InlineHtml(html) if is_line_break(&html) => {}
            Event::Html(_) | Event::InlineHtml(_) => {
                let tags = text[range.clone()].match_indices('<').map(|(at, _)| escape(range.start + at));
                edits.extend(tags);
            }
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                links += 1;
                if !leads_out(link_type, &dest_url) {
                    has_broken_link = true;
                    edits.push(escape(range.start));
                }
            }
            Event::Start(Tag::Image { link_type, dest_url, .. }) => {
                links += 1;
                if !leads_out(link_type, &dest_url) {
                    has_broken_link = true;
                    edits.push(escape(range.start + 1));
                }
            }
            Event::End(TagEnd::Link | TagEnd::Image) => links -= 1,
            Event::FootnoteReference(_) | Event::Start(Tag::FootnoteDefinition(_)) => {
                edits.push(escape(range.start))
            }
            Event::Text(_) => {
                brackets.extend(text[range.clone()].match_indices('[').map(|(at, _)| range.start + at));
                if links == 0 {
                    edits.extend(addresses(text, range));
                }
            }
            _ => {}
        }
    }
    let is_escaped = |at: usize| (at - text[..at].trim_end_matches('\\').len()) % 2 == 1;
    let is_footnote = |at: usize| text[at..].starts_with("[^");
    brackets.retain(|at| (has_broken_link || is_footnote(*at)) && !is_escaped(*at));
    edits.extend(brackets.into_iter().map(escape));
    edits
}

/// Applies changes to a text; of two that overlap, the first.
fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    edits.dedup();
    let (mut changed, mut done) = (String::with_capacity(text.len() + 8 * edits.len()), 0);
    for (range, new) in edits {
        if range.start >= done {
            changed.push_str(&text[done..range.start]);
            changed.push_str(&new);
            done = range.end;
        }
    }
    changed.push_str(&text[done..]);
    changed
}

/// Returns whether HTML is a line break.
fn is_line_break(html: &str) -> bool {
    ["<br>", "<br/>", "<br />"].contains(&html)
}

/// Returns whether a link leads to the network: all others could only mean something of Rust, or a file that
/// is not there.
fn leads_out(kind: LinkType, url: &str) -> bool {
    match kind {
        LinkType::Email => true,
        LinkType::Inline
        | LinkType::Reference
        | LinkType::Collapsed
        | LinkType::Shortcut
        | LinkType::Autolink => {
            ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
        }
        _ => false,
    }
}

/// Makes links of addresses of the network that are none yet.
fn addresses(text: &str, range: Range<usize>) -> Vec<Edit> {
    const END: [char; 16] =
        ['<', '>', '"', '\'', '`', '(', ')', '[', ']', '{', '}', '|', '\\', '^', '*', '~'];
    let mut edits = Vec::new();
    let mut done = range.start;
    for (at, _) in text[range.clone()].match_indices("http") {
        let start = range.start + at;
        let scheme = ["https://", "http://"].into_iter().find(|scheme| text[start..].starts_with(scheme));
        let Some(scheme) = scheme.filter(|_| start >= done) else { continue };
        let ends = |sign: char| sign.is_whitespace() || sign.is_control() || END.contains(&sign);
        let length = text[start..].find(ends).unwrap_or(text.len() - start);
        let address = text[start..start + length].trim_end_matches(['.', ',', ';', ':', '!', '?', '_']);
        if address.len() > scheme.len() {
            done = start + address.len();
            edits.extend([(start..start, "<".to_owned()), (done..done, ">".to_owned())]);
        }
    }
    edits
}

/// A block of code.
struct Code<'a> {
    kind: CodeBlockKind<'a>,
    range: Range<usize>,
    /// From its first sign to its last.
    content: Option<Range<usize>>,
}

impl Code<'_> {
    /// Extends the content to a range.
    fn add(&mut self, range: Range<usize>) {
        let start = self.content.as_ref().map_or(range.start, |content| content.start);
        self.content = Some(start..range.end);
    }

    /// Finds what makes a block one that rustdoc only shows.
    fn edits(self, text: &str) -> Vec<Edit> {
        match &self.kind {
            CodeBlockKind::Fenced(language) => self.fenced(text, language),
            CodeBlockKind::Indented => self.indented(text),
        }
    }

    /// Gives a fence a language that is none of Rust; and an end, should the whole text end within the block.
    fn fenced(&self, text: &str, language: &str) -> Vec<Edit> {
        let mut edits = Vec::new();
        let block = &text[self.range.clone()];
        let sign = if block.starts_with('~') { '~' } else { '`' };
        let length = block.len() - block.trim_start_matches(sign).len();
        let first_line = block.find('\n').unwrap_or(block.len());
        if !LANGUAGES.contains(&language) {
            edits.push((self.range.start + length..self.range.start + first_line, "text".to_owned()));
        }
        let last_line =
            block.trim_end().lines().skip(1).last().unwrap_or_default().trim_start_matches([' ', '>']);
        let is_closed = last_line.len() >= length && last_line.trim_matches(sign).is_empty();
        let end = text.trim_end().len();
        if !is_closed && self.range.end >= end {
            let prefix = continued(text, self.range.start);
            edits.push((end..text.len(), format!("\n{prefix}{}", sign.to_string().repeat(length))));
        }
        edits
    }

    /// Puts fences around what is indented (CommonMark, 4.4), in the list or quotation that it stands in.
    fn indented(&self, text: &str) -> Vec<Edit> {
        let Some(content) = self.content.clone() else { return Vec::new() };
        let prefix = continued(text, content.start);
        let Some(prefix) = prefix.strip_suffix("    ") else { return Vec::new() };
        let code = text[content.clone()].trim_end();
        let fence = fence_around(code);
        let end = content.start + code.len();
        vec![
            (content.start - 4..content.start, format!("{fence}text\n{prefix}")),
            (end..end, format!("\n{prefix}{fence}")),
        ]
    }
}

/// Returns what stands before a place in its line, as it stands before the next lines: marks of lists are
/// only there once.
fn continued(text: &str, at: usize) -> String {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].chars().map(|sign| if sign == '>' { '>' } else { ' ' }).collect()
}

/// Returns a fence that is longer than any in a text.
fn fence_around(text: &str) -> String {
    let (mut longest, mut current) = (2, 0);
    for sign in text.chars() {
        current = if sign == '`' { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    "`".repeat(longest + 1)
}

#[cfg(test)]
mod tests;
