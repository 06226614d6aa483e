//! Requests on a connection, as far as servers that misbehave need to know them.
//!
//! Knows HTTP/1.1 with bodies of a known length. Must not know what anybody answers.

use std::io;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::TcpStream;

/// The longest head that is read, in bytes.
const HEAD: usize = 64 * 1024;

/// A request, as its bytes came.
#[derive(Debug)]
pub struct Message {
    /// The first line and the headers, with the empty line after them.
    pub head: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
}

impl Message {
    /// Returns the words of the first line: method and target, or version and status.
    pub fn first_line(&self) -> (String, String) {
        let line = self.head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let text = String::from_utf8_lossy(line).into_owned();
        let mut words = text.split(' ').map(str::to_owned);
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(&self.head);
        head.lines().skip(1).find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// Returns all of its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        [self.head.as_slice(), self.body.as_slice()].concat()
    }
}

/// Reads a message; none where the other side has closed the connection before it.
///
/// # Errors
///
/// When the connection breaks, or what comes is no message whose length is known.
pub async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Message>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if head.len() < HEAD => head.push(byte),
            Ok(_) => return Err(io::Error::other("the head is too long")),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && head.is_empty() => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let mut message = Message { head, body: Vec::new() };
    let length = match message.header("content-length") {
        Some(length) => length.parse().map_err(io::Error::other)?,
        None if message.header("transfer-encoding").is_some() => {
            return Err(io::Error::other("the body comes in pieces"));
        }
        None => 0,
    };
    message.body = vec![0; length];
    stream.read_exact(&mut message.body).await?;
    Ok(Some(message))
}
