//! Answers on their way out: to a terminal, a pipe or a file, in the form that was asked for.
//!
//! Knows terminals and pipes. Must not know which operation was answered.

use crate::failure::{Failure, Reason};
use crate::prepared::{Answered, Items};
use crate::query::Query;
use crate::text;
use futures_util::StreamExt;
use serde_json::Value;
use spec_document::to_yaml;
use spec_runtime::client::RawResponse;
use spec_runtime::http::header::CONTENT_TYPE;
use spec_runtime::stream::ByteStream;
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;

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

/// Where an answer goes, and in which form.
pub(crate) struct Output {
    /// The form that was asked for.
    pub(crate) format: Option<Format>,
    /// The part that was asked for.
    pub(crate) query: Option<Query>,
    /// The file that was named.
    pub(crate) file: Option<PathBuf>,
}

impl Output {
    /// Shows an answer.
    pub(crate) async fn show(&self, answered: Answered) -> Result<(), Failure> {
        match answered {
            Answered::Whole(raw) => self.whole(&raw),
            Answered::Bytes(bytes) => self.bytes(bytes).await,
            Answered::Items(items) => self.items(items, usize::MAX).await,
        }
    }

    /// Shows items as they come: a line for each, unless they are to be shown together.
    pub(crate) async fn items(&self, items: Items<'_>, most: usize) -> Result<(), Failure> {
        let mut items = items.take(most);
        let format = self.format();
        if !matches!(self.format, None | Some(Format::JsonLines | Format::Raw)) {
            let mut all = Vec::new();
            while let Some(item) = items.next().await {
                all.push(item?);
            }
            return self.write(self.shown(&Value::Array(all), format)?.as_bytes());
        }
        let mut target = self.target()?;
        while let Some(item) = items.next().await {
            let item = self.part(&item?)?;
            let line = if format == Format::Raw { plain(&item) } else { item.to_string() };
            if !said(target.write_all(format!("{line}\n").as_bytes()).and_then(|()| target.flush()))? {
                break;
            }
        }
        Ok(())
    }

    /// Shows an answer that was read to its end.
    fn whole(&self, raw: &RawResponse) -> Result<(), Failure> {
        let media_type =
            raw.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if raw.body.is_empty() {
            return Ok(());
        }
        let is_json = text::is_json(media_type) || media_type.is_empty();
        let value = serde_json::from_slice::<Value>(&raw.body).ok().filter(|_| is_json);
        let format = self.format();
        if let Some(value) = value {
            if self.query.is_none() && format == Format::Raw {
                return self.write(&raw.body);
            }
            if self.query.is_none() && format == Format::Json {
                // Numbers stay as they were written, however many digits they have.
                return self.write(text::indented(&String::from_utf8_lossy(&raw.body)).as_bytes());
            }
            return self.write(self.shown(&value, format)?.as_bytes());
        }
        if self.query.is_some() {
            let message = format!("--query: the answer is no JSON, but {}", named(media_type));
            return Err(Failure::usage(message));
        }
        match std::str::from_utf8(&raw.body) {
            Ok(text) if text::is_text(media_type) => match self.format {
                Some(Format::Json | Format::JsonLines | Format::Yaml) => {
                    self.write(self.shown(&Value::from(text), format)?.as_bytes())
                }
                _ => self.write(text.as_bytes()),
            },
            _ => {
                self.refuse_binary(media_type)?;
                self.write(&raw.body)
            }
        }
    }

    /// Shows bytes as they come.
    async fn bytes(&self, mut bytes: ByteStream) -> Result<(), Failure> {
        self.refuse_binary("bytes")?;
        let mut target = self.target()?;
        while let Some(piece) = bytes.next().await {
            let piece = piece
                .map_err(|error| Failure::new(Reason::Network, format!("the answer broke off: {error}")))?;
            if !said(target.write_all(&piece))? {
                return Ok(());
            }
        }
        said(target.flush()).map(drop)
    }

    /// Refuses to write what is no text to a terminal.
    fn refuse_binary(&self, media_type: &str) -> Result<(), Failure> {
        if self.file.is_none() && self.format != Some(Format::Raw) && io::stdout().is_terminal() {
            let message = format!("the answer is {}, which is not for a terminal", named(media_type));
            return Err(
                Failure::usage(message).help("write it to a file by --output-file FILE, or into a pipe")
            );
        }
        Ok(())
    }

    /// Returns the form that holds: a table in a terminal, else JSON.
    fn format(&self) -> Format {
        let is_terminal = self.file.is_none() && io::stdout().is_terminal();
        self.format.unwrap_or(if is_terminal { Format::Table } else { Format::Json })
    }

    /// Returns the part of a value that was asked for.
    fn part(&self, value: &Value) -> Result<Value, Failure> {
        self.query.as_ref().map_or_else(|| Ok(value.clone()), |query| query.find(value))
    }

    /// Returns a value, or the part of it that was asked for, in a form.
    fn shown(&self, value: &Value, format: Format) -> Result<String, Failure> {
        let value = self.part(value)?;
        Ok(match format {
            Format::Json => format!("{value:#}\n"),
            Format::Yaml => to_yaml(&value),
            Format::Table => text::table(&value),
            // What a path finds are several values.
            Format::Raw => match (&value, &self.query) {
                (Value::Array(found), Some(Query::Path(_))) => {
                    found.iter().map(|own| format!("{}\n", plain(own))).collect()
                }
                (one, _) => format!("{}\n", plain(one)),
            },
            Format::JsonLines => match &value {
                Value::Array(items) => items.iter().map(|item| format!("{item}\n")).collect(),
                one => format!("{one}\n"),
            },
        })
    }

    fn target(&self) -> Result<Box<dyn Write>, Failure> {
        Ok(match &self.file {
            Some(path) => {
                let file = File::create(path).map_err(|error| {
                    Failure::usage(format!("--output-file: {} can't be written: {error}", path.display()))
                })?;
                Box::new(file)
            }
            None => Box::new(io::stdout().lock()),
        })
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut target = self.target()?;
        let mut written = target.write_all(bytes);
        // A prompt begins on a line of its own.
        if self.file.is_none() && !bytes.ends_with(b"\n") && io::stdout().is_terminal() {
            written = written.and_then(|()| target.write_all(b"\n"));
        }
        said(written.and_then(|()| target.flush())).map(drop)
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

/// Says whether what was written has arrived: false where the reader has gone away, which is no failure.
fn said(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::usage(format!("the answer can't be written: {error}"))),
    }
}

/// Returns a text without quotes, and any other value as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn named(media_type: &str) -> &str {
    if media_type.is_empty() { "of no media type" } else { media_type }
}
