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

/// Answers every request of a connection with its head as the body. Bodies of requests are not expected.
fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::new();
    let mut piece = [0; 16_384];
    loop {
        while let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head: Vec<u8> = received.drain(..end + 4).collect();
            let fields = format!(
                "HTTP/1.1 200 OK\r\n{MARK}: 1\r\ncontent-length: {}\r\n\r\n",
                head.len()
            );
            let body = if head.starts_with(b"HEAD ") {
                &[][..]
            } else {
                &head
            };
            stream.write_all(&[fields.as_bytes(), body].concat())?;
        }
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            n => received.extend(piece.iter().take(n)),
        }
    }
}
