//! A site with a filter that does as it is told, and an origin behind it that repeats what it receives.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What the site does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    /// Refuses it with a challenge of these bytes.
    Ask(Vec<u8>),
    /// Refuses it with a place in line.
    Line,
    /// Answers with this status and this body.
    Answer(u16, Vec<u8>),
    /// Answers with what arrived.
    Echo,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(its_name, _)| its_name == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The site.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Site {
    /// A site that takes these turns, one with each request that is no redemption, and repeats what it
    /// receives afterwards.
    pub(crate) fn start(turns: impl IntoIterator<Item = Turn>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let turns = Arc::new(Mutex::new(turns.into_iter().collect::<VecDeque<_>>()));
        let log = Arc::clone(&arrived);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, turns) = (Arc::clone(&log), Arc::clone(&turns));
                thread::spawn(move || serve(&stream, &log, &turns));
            }
        });
        Self { address, arrived }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What has arrived so far.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, log: &Mutex<Vec<Arrived>>, turns: &Mutex<VecDeque<Turn>>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        log.lock().unwrap().push(request.clone());
        let is_head = request.line.starts_with("HEAD ");
        let answer = if request.line.starts_with("POST /.well-known/levee/redeem ") {
            redeem(&request)
        } else {
            let turn = turns.lock().unwrap().pop_front().unwrap_or(Turn::Echo);
            answer(turn, request)
        };
        let (status, mut head, body) = answer;
        if is_head && status != 200 {
            // As Envoy does.
            head.clear();
        }
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{head}\r\n",
            body.len()
        );
        let mut stream = stream;
        let body = if is_head { &[][..] } else { &body };
        if stream.write_all(&[head.as_bytes(), body].concat()).is_err() {
            return;
        }
    }
}

const PROBLEM: &str = "content-type: application/problem+json\r\nretry-after: 1\r\n";

fn redeem(request: &Arrived) -> (u16, String, Vec<u8>) {
    let solution = request.header("levee-solution").unwrap_or_default();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(solution).unwrap_or_default();
    assert!(bytes.len() > 66, "{request:?}");
    // One clearance for each challenge, as the filter grants them.
    let clearance = BASE64_URL_SAFE_NO_PAD.encode(&bytes[12..26]);
    let body = json!({ "clearance": clearance, "expires_at": 1_710_003_600 });
    (
        200,
        "content-type: application/json\r\n".to_owned(),
        body.to_string().into_bytes(),
    )
}

fn answer(turn: Turn, request: Arrived) -> (u16, String, Vec<u8>) {
    let problem = |mut members: serde_json::Value| {
        members["support_id"] = "0123456789".into();
        members.to_string().into_bytes()
    };
    match turn {
        Turn::Ask(token) => {
            let token = BASE64_URL_SAFE_NO_PAD.encode(token);
            let redeem = "/.well-known/levee/redeem";
            let body = problem(json!({
                "reason": "clearance_required",
                "challenge": { "token": token, "solver": "/s.js", "redeem": redeem },
            }));
            (403, PROBLEM.to_owned(), body)
        }
        Turn::Line => {
            let line = json!({ "ticket": "AwEB", "place": 1, "expected_seconds": 1 });
            let body = problem(json!({ "reason": "in_line", "line": line }));
            (503, PROBLEM.to_owned(), body)
        }
        Turn::Answer(status, body) => (
            status,
            "content-type: application/problem+json\r\nlocation: http://127.0.0.1:9/\r\n".to_owned(),
            body,
        ),
        Turn::Echo => (200, String::new(), request.body),
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Arrived> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut field = String::new();
        reader.read_line(&mut field).ok()?;
        let Some((name, value)) = field.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Arrived {
        line: line.trim_end().to_owned(),
        headers,
        body,
    })
}
