//! Streams: their syntax, cut anywhere, and over a connection.

mod bytes;
mod events;
mod lines;
mod loopback;

use futures_util::stream;
use spec_runtime::stream::ByteStream;

/// A body in pieces.
fn pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> ByteStream {
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        pieces.into_iter().map(|piece| Ok(piece.to_vec())).collect();
    ByteStream::new(stream::iter(pieces))
}

/// The same text in one piece, in two that are cut at each place, and byte by byte.
fn cuts(text: &[u8]) -> Vec<ByteStream> {
    let mut bodies = vec![pieces([text]), pieces(text.chunks(1))];
    bodies.extend((0..=text.len()).map(|at| pieces([&text[..at], &text[at..]])));
    bodies
}
