//! Connections of which a test says and hears every byte, at both ends: the client's and the origin's.

use crate::wire::PATIENCE;
use socket2::{Domain, SockRef, Socket, Type};
use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

/// An origin that answers when the test says so.
pub(crate) struct Origin {
    listener: Socket,
    address: SocketAddr,
}

impl Origin {
    pub(crate) fn listen() -> Self {
        let bind = || {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
            listener.listen(16)?;
            // Bounds the wait for a connection, too.
            listener.set_read_timeout(Some(PATIENCE))?;
            let address = listener.local_addr()?;
            io::Result::Ok((listener, address))
        };
        let (listener, address) = bind().unwrap_or_else(|error| panic!("{error}"));
        let address = address.as_socket().unwrap_or_else(|| panic!("{address:?}"));
        Self { listener, address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection that a host opens.
    pub(crate) fn accept(&self) -> Talk {
        let (socket, _) = self
            .listener
            .accept()
            .unwrap_or_else(|error| panic!("nothing reaches the origin: {error}"));
        Talk::new(socket.into())
    }
}

/// One end of a connection. What does not come in time fails the test.
pub(crate) struct Talk {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Talk {
    pub(crate) fn connect(site: SocketAddr) -> Self {
        Self::new(TcpStream::connect(site).unwrap_or_else(|error| panic!("{site}: {error}")))
    }

    fn new(stream: TcpStream) -> Self {
        stream
            .set_read_timeout(Some(PATIENCE))
            .and_then(|()| stream.set_nodelay(true))
            .unwrap_or_else(|error| panic!("{error}"));
        Self {
            stream,
            heard: Vec::new(),
        }
    }

    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream
            .write_all(bytes.as_ref())
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Says more than the other end takes before it says something itself: while the test goes on.
    pub(crate) fn say_meanwhile(&mut self, bytes: Vec<u8>) -> JoinHandle<io::Result<()>> {
        let stream = self.stream.try_clone();
        thread::spawn(move || stream?.write_all(&bytes))
    }

    /// What comes up to and with `end`.
    pub(crate) fn hear_until(&mut self, end: &str) -> Vec<u8> {
        loop {
            let found = self
                .heard
                .windows(end.len())
                .position(|part| part == end.as_bytes());
            if let Some(start) = found {
                return self.heard.drain(..start + end.len()).collect();
            }
            assert!(
                self.hear_more(),
                "{end:?} does not come: {}",
                self.heard.escape_ascii()
            );
        }
    }

    /// The next so many bytes.
    pub(crate) fn hear(&mut self, length: usize) -> Vec<u8> {
        while self.heard.len() < length {
            assert!(
                self.hear_more(),
                "no {length} bytes: {}",
                self.heard.escape_ascii()
            );
        }
        self.heard.drain(..length).collect()
    }

    /// All that comes until the other end closes.
    pub(crate) fn hear_all(&mut self) -> Vec<u8> {
        while self.hear_more() {}
        std::mem::take(&mut self.heard)
    }

    /// Goes away without a word, as somebody who has lost patience or the network.
    pub(crate) fn leave(self) {
        SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// False at the end of the connection.
    fn hear_more(&mut self) -> bool {
        let mut piece = [0; 65_536];
        match self.stream.read(&mut piece) {
            Ok(length) => {
                self.heard.extend(piece.iter().take(length));
                length > 0
            }
            Err(error) => panic!("{error}; heard so far: {}", self.heard.escape_ascii()),
        }
    }
}
