//! Origins behind the proxy.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};

/// An origin on a thread of its own: one request a connection, the answer made from the raw request.
pub(crate) fn origin(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let request = read_request(&mut stream);
            // The proxy may be gone already.
            let _ = stream.write_all(&answer(&request));
        }
    });
    address
}

pub(crate) fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("readable") == 1 {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    if let Some(length) = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
    {
        let mut body = vec![0; length.parse().expect("a number")];
        stream.read_exact(&mut body).expect("a body");
        request.extend(body);
    } else if head.contains("transfer-encoding: chunked") {
        while !request.ends_with(b"0\r\n\r\n") && stream.read(&mut byte).expect("readable") == 1 {
            request.push(byte[0]);
        }
    }
    request
}

/// An answer that has the request as its body.
fn echoed(request: &[u8], head: &str) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{head}\r\n",
        request.len()
    );
    [head.as_bytes(), request].concat()
}

/// An origin that answers with the request it got.
pub(crate) fn echo() -> SocketAddr {
    origin(|request| echoed(request, "Connection: close\r\n"))
}

/// The same, on connections that are kept, each on a thread of its own.
pub(crate) fn lasting_echo() -> SocketAddr {
    connections(|mut stream| {
        loop {
            let request = read_request(&mut stream);
            if request.is_empty() || stream.write_all(&echoed(&request, "")).is_err() {
                return;
            }
        }
    })
}

/// An origin with a thread for each connection.
pub(crate) fn connections(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, serve) = (stream.expect("a connection"), serve.clone());
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// An address at which nothing listens, and that no other test can be given: each has a host of its own.
pub(crate) fn nobody() -> SocketAddr {
    static HOSTS: AtomicU8 = AtomicU8::new(1);
    let host = Ipv4Addr::new(127, 77, 0, HOSTS.fetch_add(1, Ordering::Relaxed));
    TcpListener::bind((host, 0))
        .expect("a port")
        .local_addr()
        .expect("an address")
}
