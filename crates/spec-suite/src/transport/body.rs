//! Bodies of answers, read until they end, or as far as is worth waiting for where they never do.
//!
//! Must not know what a body means.

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use spec_api::{MediaKind, Sequence};
use std::time::Duration;
use tokio::time::Instant;

/// How long items of a sequence are waited for.
const STREAMED: Duration = Duration::from_millis(800);

/// The largest body that is read, in bytes.
const LARGEST: usize = 64 << 20;

/// The mark of an answer whose body was not read to its end. Where its media type is that of a sequence, it
/// ends behind a whole item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut;

/// Returns the sequence that an answer is.
fn sequence<B>(answer: &Response<B>) -> Option<Sequence> {
    Sequence::of(media_type(answer))
}

fn media_type<B>(answer: &Response<B>) -> &str {
    answer.headers().get(CONTENT_TYPE).and_then(|own| own.to_str().ok()).unwrap_or_default()
}

/// Reads a body, and says whether that was all of it. An answer that is a sequence, or of bytes that nobody
/// looks into, may go on for ever (WHATWG HTML, 9.2); of others it is an error not to end in time.
///
/// # Errors
///
/// The error of the body, or none where its time is up.
pub(super) async fn read<B>(
    answer: Response<B>,
    timeout: Duration,
) -> Result<(Response<Bytes>, bool), Option<B::Error>>
where
    B: Body,
{
    let (sequence, kind) = (sequence(&answer), MediaKind::of(media_type(&answer)));
    let may_be_endless = sequence.is_some() || !matches!(kind, MediaKind::Json | MediaKind::Form);
    let is_declared_short = answer.body().size_hint().exact().is_some();
    let limit = if sequence.is_some() { timeout.min(STREAMED) } else { timeout.mul_f64(0.9) };
    let until = Instant::now() + if may_be_endless { limit } else { timeout };
    let (parts, body) = answer.into_parts();
    let (mut body, mut bytes, mut is_whole) = (std::pin::pin!(body), BytesMut::new(), false);
    loop {
        match tokio::time::timeout_at(until, body.frame()).await {
            Ok(None) => {
                is_whole = true;
                break;
            }
            Ok(Some(Ok(frame))) => {
                if let Ok(mut data) = frame.into_data() {
                    use bytes::Buf;
                    let count = data.remaining();
                    bytes.extend_from_slice(&data.copy_to_bytes(count));
                }
            }
            Ok(Some(Err(error))) => return Err(Some(error)),
            Err(_) if may_be_endless && !is_declared_short => break,
            Err(_) => return Err(None),
        }
        if bytes.len() > LARGEST {
            break;
        }
    }
    let mut bytes = bytes.freeze();
    if !is_whole && let Some(sequence) = sequence {
        bytes.truncate(whole(&bytes, sequence));
    }
    let mut answer = Response::from_parts(parts, bytes);
    if !is_whole && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        answer.extensions_mut().insert(Cut);
    }
    Ok((answer, is_whole))
}

/// Returns the length of the whole items that bytes begin with.
fn whole(bytes: &[u8], sequence: Sequence) -> usize {
    let last = |end: &[u8]| bytes.windows(end.len()).rposition(|own| own == end).map(|at| at + end.len());
    let end = match sequence {
        Sequence::Lines => last(b"\n"),
        Sequence::Records => bytes.iter().rposition(|own| *own == 0x1e),
        _ => last(b"\n\n").max(last(b"\r\n\r\n")),
    };
    end.unwrap_or_default()
}
