//! Answers on their way out: to a terminal, a pipe or a file, in the form that was asked for.
//!
//! Knows terminals and pipes. Must not know which operation was answered.

use crate::failure::Failure;
use crate::prepared::{Answered, Items, broken};
use crate::query::Query;
use crate::target::{Target, said};
use crate::text;
use futures_util::StreamExt;
use serde_json::Value;
use spec_document::to_yaml;
use spec_runtime::client::RawResponse;
use spec_runtime::http::header::CONTENT_TYPE;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

/// The note where a query finds nothing, which is no failure.
const NOTHING: &str = "note: --query found nothing";

/// The form in which an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON, indented.
    Json,
    /// JSON, a line for each item.
    JsonLines,
    /// YAML.
    Yaml,
    /// Columns.
    Table,
    /// As it came; texts without quotes.
    Raw,
}

impl Format {
    /// Reads the word of a flag.
    pub(crate) fn of_word(word: &str) -> Option<Format> {
        Some(match word {
            "json" => Format::Json,
            "jsonl" => Format::JsonLines,
            "yaml" => Format::Yaml,
            "table" => Format::Table,
            "raw" => Format::Raw,
            _ => return None,
        })
    }
}

/// The form of an answer, its part, and its place, as they were asked for.
pub(crate) struct Output {
    /// The form that was asked for.
    pub(crate) format: Option<Format>,
    /// The part that was asked for.
    pub(crate) query: Option<Query>,
    /// The file that was named.
    pub(crate) file: Option<PathBuf>,
    /// True if the answer is a page, of which a table shows the items.
    pub(crate) is_page: bool,
}

impl Output {
    /// Opens the place of the answer. What can be refused is refused here, before anything is sent.
    pub(crate) fn open(&self, is_bytes: bool) -> Result<Target, Failure> {
        if is_bytes {
            if self.query.is_some() {
                return Err(Failure::usage("--query: the answer is no JSON, but bytes"));
            }
            self.refuse_binary("bytes")?;
        }
        Target::open(self.file.as_deref())
    }

    /// Shows an answer.
    pub(crate) async fn show(&self, answered: Answered, target: &mut Target) -> Result<(), Failure> {
        match answered {
            Answered::Whole(raw) => {
                self.whole(&raw, target)?;
                target.finish()
            }
            Answered::Bytes(mut bytes) => {
                while let Some(piece) = bytes.next().await {
                    if !target.write(&piece.map_err(|error| broken(&error))?)? {
                        break;
                    }
                }
                target.finish()
            }
            // There may be no end of them.
            Answered::Items(items) => {
                self.items(items, self.format.unwrap_or(Format::JsonLines), target).await
            }
        }
    }

    /// Shows the items of all pages.
    pub(crate) async fn pages(&self, items: Items<'_>, target: &mut Target) -> Result<(), Failure> {
        self.items(items, self.format(), target).await
    }

    /// Shows items: a line for each as it comes, or all of them as one list. A query is asked of each item.
    async fn items(&self, mut items: Items<'_>, format: Format, target: &mut Target) -> Result<(), Failure> {
        let (mut all, mut has_any) = (Vec::new(), false);
        'items: while let Some(item) = items.next().await {
            let item = item?;
            for part in self.query.as_ref().map_or_else(|| vec![item.clone()], |query| query.find(&item)) {
                has_any = true;
                let line = match format {
                    Format::Raw => plain(&part),
                    Format::JsonLines => part.to_string(),
                    Format::Json | Format::Yaml | Format::Table => {
                        all.push(part);
                        continue;
                    }
                };
                if !target.write(format!("{line}\n").as_bytes())? {
                    break 'items;
                }
            }
        }
        if self.query.is_some() && !has_any {
            complain(NOTHING);
        } else if !matches!(format, Format::JsonLines | Format::Raw) {
            target.write(self.shown(&Value::Array(all), format).as_bytes())?;
        }
        target.finish()
    }

    /// Shows an answer that was read to its end.
    fn whole(&self, raw: &RawResponse, target: &mut Target) -> Result<(), Failure> {
        let media_type =
            raw.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_json = text::is_json(media_type) || media_type.is_empty();
        let value = serde_json::from_slice::<Value>(&raw.body).ok().filter(|_| is_json);
        let format = self.format();
        match (value, &self.query) {
            (None, None) if raw.body.is_empty() => Ok(()),
            (None, Some(_)) if raw.body.is_empty() => {
                complain(&format!("{NOTHING}: the answer has no body"));
                Ok(())
            }
            (Some(value), Some(query)) => match (query, query.find(&value)) {
                (_, found) if found.is_empty() => {
                    complain(NOTHING);
                    Ok(())
                }
                (Query::Pointer(_), mut found) => {
                    self.write(self.shown(&found.remove(0), format).as_bytes(), target)
                }
                (Query::Path(_), found) => {
                    self.write(self.shown(&Value::Array(found), format).as_bytes(), target)
                }
            },
            (None, Some(_)) => {
                complain(&format!("{NOTHING}: the answer is no JSON, but {}", named(media_type)));
                Ok(())
            }
            (Some(_), None) if format == Format::Raw => self.write(&raw.body, target),
            // Numbers stay as they were written, however many digits they have.
            (Some(_), None) if format == Format::Json => {
                self.write(text::indented(&String::from_utf8_lossy(&raw.body)).as_bytes(), target)
            }
            (Some(value), None) => self.write(self.shown(&value, format).as_bytes(), target),
            (None, None) => self.other(raw, media_type, target),
        }
    }

    /// Shows an answer that is no JSON.
    fn other(&self, raw: &RawResponse, media_type: &str, target: &mut Target) -> Result<(), Failure> {
        match std::str::from_utf8(&raw.body) {
            Ok(text) if text::is_text(media_type) => match self.format {
                Some(format @ (Format::Json | Format::JsonLines | Format::Yaml)) => {
                    self.write(self.shown(&Value::from(text), format).as_bytes(), target)
                }
                _ => self.write(text.as_bytes(), target),
            },
            _ => {
                self.refuse_binary(media_type)?;
                self.write(&raw.body, target)
            }
        }
    }

    /// Refuses to write what is no text to a terminal.
    fn refuse_binary(&self, media_type: &str) -> Result<(), Failure> {
        if self.is_terminal() && self.format != Some(Format::Raw) {
            let message = format!("the answer is {}, which is not for a terminal", named(media_type));
            return Err(
                Failure::usage(message).help("write it to a file by --output-file FILE, or into a pipe")
            );
        }
        Ok(())
    }

    fn is_terminal(&self) -> bool {
        self.file.is_none() && io::stdout().is_terminal()
    }

    /// Returns the form that holds: a table in a terminal, else JSON.
    fn format(&self) -> Format {
        self.format.unwrap_or(if self.is_terminal() { Format::Table } else { Format::Json })
    }

    /// Returns a value in a form.
    fn shown(&self, value: &Value, format: Format) -> String {
        match format {
            Format::Json => format!("{value:#}\n"),
            Format::Yaml => to_yaml(value),
            Format::Table => text::table(value, self.is_page && self.query.is_none()),
            // What a path finds are several values.
            Format::Raw => match (value, &self.query) {
                (Value::Array(found), Some(Query::Path(_))) => {
                    found.iter().map(|own| format!("{}\n", plain(own))).collect()
                }
                (one, _) => format!("{}\n", plain(one)),
            },
            Format::JsonLines => match value {
                Value::Array(items) => items.iter().map(|item| format!("{item}\n")).collect(),
                one => format!("{one}\n"),
            },
        }
    }

    fn write(&self, bytes: &[u8], target: &mut Target) -> Result<(), Failure> {
        // A prompt begins on a line of its own.
        if target.write(bytes)? && self.is_terminal() && !bytes.ends_with(b"\n") {
            target.write(b"\n")?;
        }
        Ok(())
    }
}

/// Prints a text; a reader that has gone away is no failure.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    said(out.write_all(bytes).and_then(|()| out.flush())).map(drop)
}

/// Says something on stderr, without what a terminal takes for a command; nobody needs to hear it.
pub(crate) fn complain(words: &str) {
    for line in words.lines() {
        let _ = writeln!(io::stderr(), "{}", text::safe(line));
    }
}

/// Returns a text without quotes, and any other value as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn named(media_type: &str) -> &str {
    if media_type.is_empty() { "of no media type" } else { media_type }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_no_part_to_ask_for() {
        let (query, folder) = (Query::read("/a").ok(), tempfile::tempdir().unwrap());
        let output = Output { format: None, query, file: Some(folder.path().join("a")), is_page: false };
        assert!(output.open(true).is_err() && output.open(false).is_ok());
    }
}
