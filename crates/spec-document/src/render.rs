//! Diagnostics as text with a frame of the source.
//!
//! Knows how a diagnostic looks on a terminal, through `annotate-snippets`. Must not know where
//! the output goes, nor decide whether colours are wanted.

use std::ops::Range;

use annotate_snippets::{
    AnnotationKind, Element, Group, Level, Origin, Renderer as Frames, Snippet, normalize_untrusted_str,
};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::location::{Location, Place};
use crate::pointer::Pointer;
use crate::source::{SourceId, floor_char_boundary};
use crate::sources::Sources;

/// The longest piece of a source, in bytes, that a frame shows. Related places further away get a
/// frame of their own; of longer lines (minified JSON) only the text at the place is quoted.
const MAX_FRAME: usize = 2000;

/// Number of bytes of such a line that are quoted.
const QUOTE: usize = 80;

/// Renders diagnostics for humans.
pub struct Renderer<'a> {
    sources: &'a Sources,
    frames: Frames,
}

/// A place to underline.
struct Mark<'a> {
    /// The bytes, on one line.
    span: Range<usize>,
    kind: AnnotationKind,
    label: Option<&'a str>,
}

impl<'a> Renderer<'a> {
    /// Makes a renderer of plain text for diagnostics of these sources.
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, frames: Frames::plain() }
    }

    /// Switches terminal colours on or off.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.frames = if color { Frames::styled() } else { Frames::plain() };
        self
    }

    /// Renders one diagnostic: severity, code and message; `file:line:column`; the place underlined in
    /// its line; the pointer, unless it is the root; the help. No line break at the end.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        self.render_as(diagnostic.code.as_str(), diagnostic)
    }

    /// Renders one diagnostic under another name than that of its code, for findings that have names of their
    /// own.
    pub fn render_as(&self, name: &str, diagnostic: &Diagnostic) -> String {
        let diagnostic = &self.resolved(diagnostic);
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(diagnostic.message.as_str()).id(name);
        let mut group = Group::with_title(title).elements(self.frames(diagnostic));
        if let Some(pointer) = diagnostic.location.as_pointer().filter(|at| **at != Pointer::root()) {
            // A pointer stays in its line, whatever names it has.
            let text = normalize_untrusted_str(&pointer.as_str().replace('\n', "\\n"));
            group = group.element(Level::NOTE.with_name("pointer").message(text));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
        }
        self.frames.render(&[group])
    }

    /// Renders all diagnostics in the order of their places, and a last line such as
    /// `2 errors, 1 warning`. Empty if there are none.
    pub fn render_all(&self, diagnostics: &Diagnostics) -> String {
        let mut blocks: Vec<_> =
            diagnostics.sorted(self.sources).into_iter().map(|diagnostic| self.render(diagnostic)).collect();
        let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
        let summary: Vec<_> = counts
            .into_iter()
            .filter_map(|(severity, word)| match diagnostics.count(severity) {
                0 => None,
                1 => Some(format!("1 {word}")),
                count => Some(format!("{count} {word}s")),
            })
            .collect();
        if !summary.is_empty() {
            blocks.push(summary.join(", "));
        }
        blocks.join("\n\n")
    }

    /// Moves all places of a diagnostic into the texts in which they were written.
    fn resolved(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let mut resolved = diagnostic.clone();
        resolved.location = self.sources.resolve(&diagnostic.location);
        resolved.related.iter_mut().for_each(|(location, _)| *location = self.sources.resolve(location));
        resolved
    }

    /// Renders the frame of the diagnostic's place together with the related places near to it, then one
    /// for each related place further away.
    fn frames<'d>(&self, diagnostic: &'d Diagnostic) -> Vec<Element<'d>>
    where
        'a: 'd,
    {
        let main = self.mark(&diagnostic.location, AnnotationKind::Primary, None);
        let mut window = self.lines(diagnostic.location.source, &main);
        let mut near = vec![main];
        let mut far = Vec::new();
        for (location, label) in &diagnostic.related {
            let mark = self.mark(location, AnnotationKind::Context, Some(label));
            let lines = self.lines(location.source, &mark);
            let both = window.start.min(lines.start)..window.end.max(lines.end);
            let places = [&location.place, &diagnostic.location.place];
            let has_frame = !places.contains(&&Place::File);
            if has_frame && location.source == diagnostic.location.source && both.len() <= MAX_FRAME {
                window = both;
                near.push(mark);
            } else {
                far.push((location, mark));
            }
        }
        let mut elements = self.frame(&diagnostic.location, window, near);
        for (location, mark) in far {
            elements.extend(self.frame(location, self.lines(location.source, &mark), vec![mark]));
        }
        elements
    }

    /// Makes a mark for a location, cut off at the end of its first line.
    fn mark<'d>(&self, location: &Location, kind: AnnotationKind, label: Option<&'d str>) -> Mark<'d> {
        let span = self.sources.span_resolved(location);
        let line = self.sources.line_span(location.source, span.start);
        // Where a line break is meant, the end of its line is marked.
        let start = span.start.min(line.end);
        Mark { span: start..span.end.clamp(start, line.end), kind, label }
    }

    fn lines(&self, source: SourceId, mark: &Mark<'_>) -> Range<usize> {
        self.sources.line_span(source, mark.span.start)
    }

    /// Renders the lines of the window with their marks, under a line `--> file:line:column`.
    fn frame<'d>(&self, location: &Location, window: Range<usize>, marks: Vec<Mark<'d>>) -> Vec<Element<'d>>
    where
        'a: 'd,
    {
        let name = self.sources.name(location.source);
        let text = self.sources.text(location.source);
        if location.place == Place::File {
            let label = marks.iter().filter_map(|mark| mark.label);
            let label = label.map(|label| Level::NOTE.message(normalize_untrusted_str(label)).into());
            return [Origin::path(name).into()].into_iter().chain(label).collect();
        }
        if window.len() > MAX_FRAME {
            let start = self.sources.span_resolved(location).start;
            let position = self.sources.position(location.source, start);
            let origin = Origin::path(name).line(position.line).char_column(position.column);
            let end = floor_char_boundary(text, start.saturating_add(QUOTE)).min(window.end);
            let quote = normalize_untrusted_str(text.get(start..end).unwrap_or_default());
            let label = marks.first().and_then(|mark| mark.label).unwrap_or("near");
            return vec![origin.into(), Level::NOTE.with_name(label).message(quote).into()];
        }
        let first_line = self.sources.position(location.source, window.start).line;
        let annotations = marks.into_iter().map(|mark| {
            let span = mark.span.start - window.start..mark.span.end - window.start;
            mark.kind.span(span).label(mark.label)
        });
        let snippet =
            Snippet::source(&text[window.clone()]).path(name).line_start(first_line).annotations(annotations);
        vec![snippet.into()]
    }
}
