//! HTTP/1.1 on a socket, any bytes allowed.

use crate::message::{Fields, Message};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

/// Between two pieces of a body, so that they are read one by one.
const BETWEEN_PIECES: Duration = Duration::from_millis(25);

/// Sends a message.
pub(crate) fn send(
    mut stream: &TcpStream,
    start: &str,
    host: Option<&str>,
    message: &Message,
) -> io::Result<()> {
    let mut head = format!("{start}\r\n").into_bytes();
    if let Some(host) = host {
        head.extend(format!("host: {host}\r\n").as_bytes());
    }
    let fields = message.fields_on_the_wire();
    let chunked = fields.iter().any(|(name, _)| name == b"transfer-encoding");
    push_fields(&mut head, &fields);
    stream.write_all(&head)?;
    for piece in &message.pieces {
        if !message.length_told {
            thread::sleep(BETWEEN_PIECES);
        }
        let framed = match chunked {
            true => [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat(),
            false => piece.clone(),
        };
        stream.write_all(&framed)?;
    }
    if chunked {
        thread::sleep(BETWEEN_PIECES);
        let mut end = b"0\r\n".to_vec();
        push_fields(&mut end, message.trailers.as_deref().unwrap_or_default());
        stream.write_all(&end)?;
    }
    Ok(())
}

fn push_fields(bytes: &mut Vec<u8>, fields: &[(Vec<u8>, Vec<u8>)]) {
    for (name, value) in fields {
        bytes.extend([name, b": ".as_slice(), value, b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
}

/// Messages as they come in on one connection.
pub(crate) struct Reader<'a> {
    stream: &'a TcpStream,
    buffer: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(stream: &'a TcpStream) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// The next request; `None` when the connection has ended.
    pub(crate) fn request(&mut self) -> io::Result<Option<Message>> {
        let Some((start, fields)) = self.head()? else {
            return Ok(None);
        };
        let start = start.rsplit_once(' ').map_or("", |(start, _)| start).to_owned();
        self.rest(start, fields, false).map(Some)
    }

    /// The next response that is not an informational one; `None` when the connection has ended before it.
    pub(crate) fn response(&mut self, to_head: bool) -> io::Result<Option<Message>> {
        let Some((start, fields)) = self.head()? else {
            return Ok(None);
        };
        let status = start.split(' ').nth(1).unwrap_or_default().to_owned();
        let bodiless = to_head || matches!(status.as_str(), "204" | "304");
        if bodiless {
            return Ok(Some(Message {
                start: status,
                fields,
                ..Message::default()
            }));
        }
        self.rest(status, fields, true).map(Some)
    }

    fn rest(&mut self, start: String, fields: Fields, until_end: bool) -> io::Result<Message> {
        let mut message = Message {
            start,
            fields,
            ..Message::default()
        };
        let mut body = Vec::new();
        let whole = if message.field("transfer-encoding") == Some(b"chunked") {
            self.chunks(&mut body, &mut message.trailers)?
        } else if let Some(length) = message.field("content-length") {
            let length = String::from_utf8_lossy(length).parse().unwrap_or(0);
            let whole = self.fill(length)?;
            body = self.take(length);
            whole
        } else {
            if until_end {
                while self.read()? {}
                body = std::mem::take(&mut self.buffer);
            }
            true
        };
        message.cut_off = !whole;
        if !body.is_empty() {
            message.pieces = vec![body];
        }
        Ok(message)
    }

    /// Whether the body has come to its end.
    fn chunks(&mut self, body: &mut Vec<u8>, trailers: &mut Option<Fields>) -> io::Result<bool> {
        loop {
            let Some(line) = self.line()? else {
                return Ok(false);
            };
            let Ok(length) = usize::from_str_radix(&String::from_utf8_lossy(&line), 16) else {
                return Err(ErrorKind::InvalidData.into());
            };
            if length == 0 {
                break;
            }
            let whole = self.fill(length + 2)?;
            let mut chunk = self.take(length + 2);
            if whole {
                chunk.truncate(length);
            }
            body.extend(chunk);
            if !whole {
                return Ok(false);
            }
        }
        let Some(fields) = self.fields()? else {
            return Ok(false);
        };
        *trailers = Some(fields).filter(|fields| !fields.is_empty());
        Ok(true)
    }

    fn head(&mut self) -> io::Result<Option<(String, Fields)>> {
        let Some(start) = self.line()? else {
            return Ok(None);
        };
        let Some(fields) = self.fields()? else {
            return Ok(None);
        };
        Ok(Some((String::from_utf8_lossy(&start).into_owned(), fields)))
    }

    fn fields(&mut self) -> io::Result<Option<Fields>> {
        let mut fields = Fields::new();
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            if line.is_empty() {
                return Ok(Some(fields));
            }
            let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
            let (name, value) = line.split_at(colon);
            let value = value.strip_prefix(b":").unwrap_or_default().trim_ascii();
            fields.push((name.to_vec(), value.to_vec()));
        }
    }

    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                let line = self.take(end);
                self.take(2);
                return Ok(Some(line));
            }
            if !self.read()? {
                return Ok(None);
            }
        }
    }

    /// Reads until there are so many bytes; `false` when there never are.
    fn fill(&mut self, length: usize) -> io::Result<bool> {
        while self.buffer.len() < length {
            if !self.read()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let length = length.min(self.buffer.len());
        self.buffer.drain(..length).collect()
    }

    /// `false` at the end, however it came about.
    fn read(&mut self) -> io::Result<bool> {
        let mut piece = [0; 16_384];
        let mut stream = self.stream;
        match stream.read(&mut piece) {
            Ok(0) => Ok(false),
            Ok(read) => {
                self.buffer.extend(piece.iter().take(read));
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(false),
            Err(error) => Err(error),
        }
    }
}
