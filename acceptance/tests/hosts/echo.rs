//! An origin that answers with what it received.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
};

/// Marks the answers of this origin.
pub(crate) const MARK: &str = "x-at-origin";

/// Starts an origin that lives as long as the process.
pub(crate) fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    Ok(address)
}

/// Answers every request of a connection with its head, and its own body behind it, as the body.
fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::new();
    let mut piece = [0; 16_384];
    loop {
        while let Some(length) = length_of_first(&received).filter(|length| *length <= received.len()) {
            let request: Vec<u8> = received.drain(..length).collect();
            let fields = format!(
                "HTTP/1.1 200 OK\r\n{MARK}: 1\r\ncontent-length: {}\r\n\r\n",
                request.len()
            );
            let body = if request.starts_with(b"HEAD ") {
                &[][..]
            } else {
                &request
            };
            stream.write_all(&[fields.as_bytes(), body].concat())?;
        }
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            n => received.extend(piece.iter().take(n)),
        }
    }
}

/// How long the first request is, head and body; `None` until its head is complete.
fn length_of_first(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let body = received[..head].split(|byte| *byte == b'\n').find_map(|field| {
        let colon = field.iter().position(|byte| *byte == b':')?;
        let (name, value) = field.split_at(colon);
        let value = name
            .eq_ignore_ascii_case(b"content-length")
            .then(|| str::from_utf8(&value[1..]).ok())??;
        value.trim().parse::<usize>().ok()
    });
    Some(head + body.unwrap_or(0))
}
