//! As much of HTTP/2 as a gRPC service needs whose answer does not depend on anything but the messages.

use crate::services::{Grpc, grpc_answer};
use std::{
    collections::HashMap,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
};

const PREFACE: usize = 24;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const NO_ERROR: [u8; 4] = [0; 4];

/// Starts a service that lives as long as the process.
pub(crate) fn start(service: Grpc) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || Connection::of(stream, service).and_then(Connection::serve));
        }
    });
    Ok(address)
}

struct Connection {
    stream: TcpStream,
    service: Grpc,
    streams: HashMap<u32, Exchange>,
}

#[derive(Default)]
struct Exchange {
    /// Of messages that are not complete.
    received: Vec<u8>,
    begun: bool,
}

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Connection {
    fn of(mut stream: TcpStream, service: Grpc) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.read_exact(&mut [0; PREFACE])?;
        let mut connection = Self {
            stream,
            service,
            streams: HashMap::new(),
        };
        connection.write(SETTINGS, 0, 0, &[])?;
        Ok(connection)
    }

    fn serve(mut self) -> io::Result<()> {
        loop {
            let frame = self.read()?;
            let ends = frame.flags & END_STREAM != 0;
            match frame.kind {
                SETTINGS if frame.flags & ACK == 0 => self.write(SETTINGS, ACK, 0, &[])?,
                PING if frame.flags & ACK == 0 => self.write(PING, ACK, 0, &frame.payload)?,
                HEADERS => {
                    self.streams.insert(frame.stream, Exchange::default());
                    self.begin(frame.stream)?;
                    if ends {
                        self.end(frame.stream)?;
                    }
                }
                DATA => {
                    self.data(frame.stream, &frame.payload)?;
                    if ends {
                        self.end(frame.stream)?;
                    }
                }
                RST_STREAM => {
                    self.streams.remove(&frame.stream);
                }
                _ => {}
            }
        }
    }

    /// A service that only refuses does so at once, without headers before the last ones.
    fn begin(&mut self, stream: u32) -> io::Result<()> {
        thread::sleep(self.service.after);
        if !self.service.answers {
            return self.end(stream);
        }
        let fields = [
            &[(":status", "200"), ("content-type", "application/grpc")],
            self.service.initial,
        ]
        .concat();
        if let Some(exchange) = self.streams.get_mut(&stream) {
            exchange.begun = true;
        }
        self.write(HEADERS, END_HEADERS, stream, &block(&fields))
    }

    fn data(&mut self, stream: u32, bytes: &[u8]) -> io::Result<()> {
        let Some(exchange) = self.streams.get_mut(&stream) else {
            return Ok(());
        };
        exchange.received.extend(bytes);
        let mut answers = Vec::new();
        while let Some(message) = next_message(&mut exchange.received) {
            answers.push(framed(&grpc_answer(&message)));
        }
        for answer in answers {
            self.write(DATA, 0, stream, &answer)?;
        }
        Ok(())
    }

    fn end(&mut self, stream: u32) -> io::Result<()> {
        let Some(exchange) = self.streams.remove(&stream) else {
            return Ok(());
        };
        let (status, message) = self.service.status;
        let status = status.to_string();
        let mut fields = Vec::new();
        if !exchange.begun {
            fields.extend([(":status", "200"), ("content-type", "application/grpc")]);
        }
        fields.push(("grpc-status", &status));
        if !message.is_empty() {
            fields.push(("grpc-message", message));
        }
        fields.extend(self.service.trailing);
        self.write(HEADERS, END_HEADERS | END_STREAM, stream, &block(&fields))?;
        if !exchange.begun {
            // What else the client sends is not read.
            self.write(RST_STREAM, 0, stream, &NO_ERROR)?;
        }
        Ok(())
    }

    fn read(&mut self) -> io::Result<Frame> {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head)?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.stream.read_exact(&mut payload)?;
        Ok(Frame {
            kind,
            flags,
            stream: u32::from_be_bytes(stream),
            payload,
        })
    }

    fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        let [_, length @ ..] = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
        let frame = [&length, [kind, flags].as_slice(), &stream.to_be_bytes(), payload].concat();
        self.stream.write_all(&frame)
    }
}

/// Fields as HPACK has them without tables and without Huffman's code.
fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in fields {
        bytes.push(0);
        for part in [name, value] {
            bytes.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
            bytes.extend(part.as_bytes());
        }
    }
    bytes
}

/// A message as gRPC frames it.
fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0], length.to_be_bytes().as_slice(), message].concat()
}

/// Takes the first whole message.
fn next_message(received: &mut Vec<u8>) -> Option<Vec<u8>> {
    let [_, a, b, c, d] = *received.first_chunk()?;
    let end = 5 + u32::from_be_bytes([a, b, c, d]) as usize;
    if received.len() < end {
        return None;
    }
    let message = received.drain(..end).skip(5).collect();
    Some(message)
}
