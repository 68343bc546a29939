//! Servers that real Envoy talks to: an origin or a service over HTTP/1.1.

use crate::{
    message::Message,
    play::Reaction,
    wire::{self, Reader},
};
use socket2::{SockRef, Socket};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

type Behaviour = dyn Fn(usize, &Message) -> Option<Reaction> + Send + Sync;

/// A server that lives as long as the process.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Message>>>,
}

impl Site {
    /// `behaviour` is asked with the number of a request, from 0.
    pub(crate) fn start(
        behaviour: impl Fn(usize, &Message) -> Option<Reaction> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let received = Arc::new(Mutex::new(Vec::new()));
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        let site = Self {
            address,
            received: Arc::clone(&received),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (received, behaviour) = (Arc::clone(&received), Arc::clone(&behaviour));
                thread::spawn(move || serve(&stream, &received, &*behaviour));
            }
        });
        Ok(site)
    }

    /// The requests so far, also those that have not come to their end.
    pub(crate) fn received(&self) -> Vec<Message> {
        self.received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn serve(stream: &TcpStream, received: &Mutex<Vec<Message>>, behaviour: &Behaviour) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = Reader::new(stream);
    while let Some(request) = reader.request()? {
        let number = {
            let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
            received.push(request.clone());
            received.len() - 1
        };
        let Some(mut reaction) = behaviour(number, &request) else {
            return Ok(());
        };
        while let Reaction::After(time, then) = reaction {
            thread::sleep(time);
            reaction = *then;
        }
        match reaction {
            Reaction::Answer(response) => {
                let start = format!("HTTP/1.1 {} -", response.start);
                wire::send(stream, &start, None, &response)?;
            }
            _ => return reset(stream),
        }
    }
    Ok(())
}

/// Ends a connection with RST.
fn reset(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

/// The address of a port that refuses connections: one that is bound, and does not listen.
pub(crate) fn closed() -> io::Result<(SocketAddr, Socket)> {
    let socket = Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let address = socket
        .local_addr()?
        .as_socket()
        .ok_or(io::ErrorKind::AddrNotAvailable)?;
    Ok((address, socket))
}
