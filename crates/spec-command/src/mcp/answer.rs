//! Answers and failures → results of tools.
//!
//! Knows how much of an answer a result can hold. Must not know which operation was answered.

use crate::failure::{Failure, Reason};
use crate::prepared::{Answered, Items, broken};
use crate::text::{is_json, is_text};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::Value;
use spec_runtime::Base64;
use spec_runtime::client::RawResponse;
use spec_runtime::http::header::CONTENT_TYPE;
use spec_runtime::stream::ByteStream;
use std::pin::pin;
use std::time::Duration;

/// The largest number of bytes that a result holds.
const MOST_BYTES: usize = 8 << 20;

/// The largest number of items that a result has.
const MOST_ITEMS: usize = 100;

/// The longest time for which items are waited for: there may be no end of them.
const LONGEST: Duration = Duration::from_secs(10);

/// The largest number of characters that are shown of the body of an error.
const MOST_OF_ERRORS: usize = 16 << 10;

/// The place of an answer that is shown as a file.
const PLACE: &str = "answer:body";

/// Makes the result of an answer; one that is to be an object must be one.
pub(super) async fn result(answered: Answered, is_object: bool) -> Result<CallToolResult, Failure> {
    match answered {
        Answered::Whole(raw) => whole(&raw, is_object),
        Answered::Bytes(bytes) => Ok(CallToolResult::success(vec![file(&read(bytes).await?, None)?])),
        Answered::Items(items) => listed(items).await,
    }
}

/// Makes the result of what failed.
pub(super) fn complained(failure: &Failure) -> CallToolResult {
    let words = failure.to_string();
    let body = failure.body().map(|body| String::from_utf8_lossy(body));
    // A short body stands in the words already.
    let body = body.filter(|body| !words.contains(body.trim()));
    let mut content = vec![ContentBlock::text(words)];
    if let Some(body) = body {
        let mut text: String = body.chars().take(MOST_OF_ERRORS).collect();
        if text.len() < body.len() {
            text.push('…');
        }
        content.push(ContentBlock::text(text));
    }
    CallToolResult::error(content)
}

/// Makes the result of an answer that was read to its end.
fn whole(raw: &RawResponse, is_object: bool) -> Result<CallToolResult, Failure> {
    let media_type = raw.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json = is_json(media_type) || media_type.is_empty();
    let value = serde_json::from_slice::<Value>(&raw.body).ok().filter(|_| is_json);
    let object = value.as_ref().filter(|value| value.is_object());
    if is_object && object.is_none() {
        let message = format!("the answer {} has no object of JSON, as the document says", raw.status);
        return Err(Failure::new(Reason::Api, message).with_body(&raw.body));
    }
    let content = match std::str::from_utf8(&raw.body) {
        Ok("") => ContentBlock::text(format!("{}, without a body", raw.status)),
        Ok(text) if value.is_some() || is_text(media_type) => ContentBlock::text(text),
        _ => file(&raw.body, Some(media_type))?,
    };
    let mut result = CallToolResult::success(vec![content]);
    result.structured_content = object.cloned();
    Ok(result)
}

/// Reads bytes to their end.
async fn read(mut bytes: ByteStream) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    while let Some(piece) = bytes.next().await {
        all.extend_from_slice(&piece.map_err(|error| broken(&error))?);
        if all.len() > MOST_BYTES {
            return Err(too_large());
        }
    }
    Ok(all)
}

fn too_large() -> Failure {
    Failure::new(Reason::Api, format!("the answer has more than {MOST_BYTES} bytes"))
}

/// Makes the content of bytes: a text where they are one of no known type, else an image, a sound or a file.
fn file(bytes: &[u8], media_type: Option<&str>) -> Result<ContentBlock, Failure> {
    if bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    if let (None, Ok(text)) = (media_type, std::str::from_utf8(bytes)) {
        return Ok(ContentBlock::text(text));
    }
    let media_type = media_type.filter(|own| !own.is_empty()).unwrap_or("application/octet-stream");
    let encoded = serde_json::to_value(Base64(bytes.to_vec())).ok();
    let encoded = encoded.as_ref().and_then(Value::as_str).unwrap_or_default();
    Ok(match media_type.split('/').next().map(str::to_ascii_lowercase).as_deref() {
        Some("image") => ContentBlock::image(encoded, media_type),
        Some("audio") => ContentBlock::audio(encoded, media_type),
        _ => ContentBlock::resource(ResourceContents::blob(encoded, PLACE).with_mime_type(media_type)),
    })
}

/// Makes the result of items that come one after another: the first of them, as long as they come soon.
async fn listed(mut items: Items<'static>) -> Result<CallToolResult, Failure> {
    let (mut lines, mut size) = (Vec::new(), 0);
    let mut time = pin!(tokio::time::sleep(LONGEST));
    let more = loop {
        if lines.len() == MOST_ITEMS || size > MOST_BYTES {
            break true;
        }
        match select(items.next(), time.as_mut()).await {
            Either::Left((Some(item), _)) => {
                let line = item?.to_string();
                size += line.len();
                lines.push(line);
            }
            Either::Left((None, _)) => break false,
            Either::Right(_) => break true,
        }
    };
    let mut content = vec![ContentBlock::text(lines.join("\n"))];
    if more {
        let words =
            format!("There may be more: these are the first {}, as far as they came soon.", lines.len());
        content.push(ContentBlock::text(words));
    }
    Ok(CallToolResult::success(content))
}
