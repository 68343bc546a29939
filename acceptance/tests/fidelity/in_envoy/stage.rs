//! A running Envoy with all that plays need around it.

use super::bootstrap::{self, Surroundings};
use crate::{
    grpc,
    in_harness::Addresses,
    observation::{self, Got, Observation},
    play::{Play, Step},
    services,
    site::{self, Site},
    wire::{self, Reader},
};
use levee_testing::{Envoy, EnvoyOptions, StartError, tools};
use socket2::{Domain, Socket, Type};
use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// How long the log may take to have as many lines as are expected.
const LOG_PATIENCE: Duration = Duration::from_secs(3);

/// Envoy with a listener for each of some plays, and who it talks to.
pub(crate) struct Stage {
    envoy: Envoy,
    origins: Vec<Site>,
    /// Keeps the port from being used by others.
    _closed: Socket,
}

impl Stage {
    pub(crate) fn start(plays: &[Play]) -> Result<Self, StartError> {
        let (surroundings, origins, closed) = surroundings(plays).unwrap_or_else(|error| panic!("{error}"));
        let envoy = Envoy::start(EnvoyOptions {
            binary: &tools::path(tools::ENVOY),
            config: &bootstrap::of(plays, &surroundings),
            working_dir: &tools::root(),
            workers: 1,
        })?;
        Ok(Self {
            envoy,
            origins,
            _closed: closed,
        })
    }

    /// Whether Envoy still runs.
    pub(crate) fn is_alive(&self) -> bool {
        !self.envoy.ask("/ready").is_empty()
    }

    /// Whether Envoy ends soon.
    pub(crate) fn ends(&self) -> bool {
        let deadline = Instant::now() + LOG_PATIENCE;
        while self.is_alive() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
        !self.is_alive()
    }

    /// All that Envoy has logged.
    pub(crate) fn log(&self) -> String {
        self.envoy.program().log()
    }

    /// Sockets for the clients of a play, and who they talk to.
    pub(crate) fn cast(&self, play: &Play) -> io::Result<(Vec<Socket>, Addresses)> {
        let listener = self
            .envoy
            .listener(play.name)
            .ok_or_else(|| io::Error::other(format!("Envoy has no listener {}", play.name)))?;
        let sockets = play
            .steps
            .iter()
            .map(|_| bound())
            .collect::<io::Result<Vec<_>>>()?;
        let clients = sockets
            .iter()
            .map(|socket| {
                socket
                    .local_addr()?
                    .as_socket()
                    .ok_or(io::ErrorKind::AddrNotAvailable.into())
            })
            .collect::<io::Result<_>>()?;
        Ok((sockets, Addresses { clients, listener }))
    }

    /// Plays a play; returns what the client has got.
    pub(crate) fn play(
        &self,
        play: &Play,
        sockets: Vec<Socket>,
        addresses: &Addresses,
    ) -> io::Result<Vec<String>> {
        let mut client = Vec::new();
        for (step, socket) in play.steps.iter().zip(sockets) {
            let got = match step {
                Step::Pass(time) => {
                    thread::sleep(*time);
                    continue;
                }
                Step::Send(message) => {
                    exchange(socket, addresses.listener, message, crate::PATIENCE, Got::Hangs)?
                }
                Step::GiveUp(message, time) => {
                    exchange(socket, addresses.listener, message, *time, Got::GivenUp)?
                }
            };
            client.extend(got.lines());
        }
        Ok(client)
    }

    /// Waits until the filter has logged as much as was expected of each play, or does so no more.
    pub(crate) fn wait_for_log(&self, expected: &[(&Play, usize)]) {
        let deadline = Instant::now() + LOG_PATIENCE;
        let has_all = || {
            let log = self.log();
            let mut told: HashMap<&str, usize> = HashMap::new();
            for line in log.lines() {
                *told.entry(teller(line).unwrap_or_default()).or_default() += 1;
            }
            expected
                .iter()
                .all(|(play, lines)| told.get(play.name).is_some_and(|told| told >= lines))
        };
        while !has_all() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What was seen of a play, besides what the client has got.
    pub(crate) fn observation(
        &self,
        log: &str,
        number: usize,
        play: &Play,
        client: Vec<String>,
    ) -> Observation {
        let (main, worker) = self.lines(log, play.name);
        let received = self.origins.get(number).map(Site::received).unwrap_or_default();
        let prefix = format!("wasmcustom.{}_", play.name);
        let stats =
            ["Counters", "Gauges"].map(|kind| self.envoy.ask(&format!("/stats?type={kind}&filter={prefix}")));
        let mut metrics: Vec<String> = stats
            .iter()
            .flat_map(|stats| stats.lines())
            .filter_map(|line| line.strip_prefix("wasmcustom.").map(str::to_owned))
            .collect();
        metrics.sort();
        Observation {
            main,
            worker,
            client,
            origin: observation::at_origin(&received),
            metrics,
        }
    }

    /// What the filter of a play has logged in an Envoy that has ended.
    pub(crate) fn told(log: &str, play: &str) -> Vec<String> {
        let lines = log.lines().filter(|line| teller(line) == Some(play));
        let messages = lines.filter_map(|line| Some(line.split_once(MARK)?.1.split_once(": ")?.1.to_owned()));
        messages.collect()
    }

    /// What the filter of a play has logged on the main thread and on the worker.
    fn lines(&self, log: &str, play: &str) -> (Vec<String>, Vec<String>) {
        let main = format!("[{}]", self.envoy.program().id());
        let lines = log
            .lines()
            .filter(|line| teller(line) == Some(play))
            .filter_map(|line| {
                let (head, rest) = line.split_once(MARK)?;
                let (_, message) = rest.split_once(": ")?;
                Some((head.contains(&main), observation::log_line(message)))
            });
        let (of_main, of_worker): (Vec<_>, Vec<_>) = lines.partition(|(is_main, _)| *is_main);
        let message = |(_, message)| message;
        (
            of_main.into_iter().map(message).collect(),
            of_worker.into_iter().map(message).collect(),
        )
    }
}

/// What stands in front of each line of a filter.
const MARK: &str = "] wasm log ";

/// The play whose filter has logged a line. Behind it stands the VM's id where the line is of a stream's context.
fn teller(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(MARK)?;
    rest.split([' ', ':']).next()
}

fn surroundings(plays: &[Play]) -> io::Result<(Surroundings, Vec<Site>, Socket)> {
    let origins = plays
        .iter()
        .map(|play| {
            let play = play.clone();
            Site::start(move |number, _| play.reaction(number).cloned())
        })
        .collect::<io::Result<Vec<_>>>()?;
    let http = Site::start(|_, request| Some(services::http(request)))?;
    let grpc = services::GRPC
        .into_iter()
        .map(|service| Ok((service.cluster, grpc::start(service)?)))
        .collect::<io::Result<_>>()?;
    let (closed, socket) = site::closed()?;
    let surroundings = Surroundings {
        origins: origins.iter().map(|origin| origin.address).collect(),
        http: http.address,
        closed,
        grpc,
    };
    Ok((surroundings, origins, socket))
}

fn bound() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    Ok(socket)
}

/// Sends a request and waits for the response, for so long and no longer.
fn exchange(
    socket: Socket,
    site: SocketAddr,
    message: &crate::message::Message,
    patience: Duration,
    or_else: Got,
) -> io::Result<Got> {
    socket.connect(&site.into())?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(patience))?;
    // Whoever answers before it has seen the whole request may have closed the connection already.
    let _ = wire::send(
        &stream,
        &format!("{} HTTP/1.1", message.start),
        Some(crate::AUTHORITY),
        message,
    );
    match Reader::new(&stream).response(message.method() == "HEAD") {
        Ok(Some(response)) => Ok(Got::Response(response)),
        Ok(None) => Ok(Got::Nothing),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
            Ok(or_else)
        }
        Err(error) => Err(error),
    }
}
