//! A request before it is known what the filter has handed out.

use std::net::SocketAddr;
use std::time::Duration;

use super::handed::Handed;
use super::shot::Shot;
use crate::headers::Headers;
use crate::message::{Request, Response};

/// The value of a field.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Plain(Vec<u8>),
    /// A cookie that the filter has handed out.
    Cookie(usize, Change),
    /// Any other value that it has.
    Token(usize, Change),
}

/// What a client does to a value that it was given.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Keep,
    /// Leaves out the end, so many 256ths of it.
    Cut(u8),
    /// Flips a bit, so many 256ths from the beginning.
    Flip(u8, u8),
    Append(Vec<u8>),
    Twice,
}

impl Change {
    fn apply(&self, value: &[u8]) -> Vec<u8> {
        let mut value = value.to_vec();
        let at = |part: u8| value.len() * usize::from(part) / 256;
        match self {
            Self::Keep => {}
            Self::Cut(part) => value.truncate(at(*part)),
            Self::Flip(part, bit) => {
                let at = at(*part);
                if let Some(byte) = value.get_mut(at) {
                    let flipped = *byte ^ 1 << (bit % 8);
                    // No proxy lets these through.
                    *byte = if matches!(flipped, 0 | b'\r' | b'\n') {
                        b'!'
                    } else {
                        flipped
                    };
                }
            }
            Self::Append(more) => value.extend(more),
            Self::Twice => value.extend_from_within(..),
        }
        value
    }
}

impl Value {
    fn bytes(&self, handed: &Handed) -> Vec<u8> {
        match self {
            Self::Plain(bytes) => bytes.clone(),
            Self::Cookie(which, change) => change.apply(handed.pick(true, *which)),
            Self::Token(which, change) => change.apply(handed.pick(false, *which)),
        }
    }
}

/// A field, perhaps many times.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: Vec<u8>,
    pub(super) value: Value,
    pub(super) times: usize,
}

/// A request with its moment and the origin's answer.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) wait: Duration,
    pub(super) worker: usize,
    pub(super) method: Vec<u8>,
    pub(super) path: Vec<u8>,
    pub(super) authority: Vec<u8>,
    pub(super) fields: Vec<Field>,
    pub(super) body: Vec<Value>,
    pub(super) trailers: Option<Vec<Field>>,
    pub(super) source: SocketAddr,
    pub(super) response: Response,
}

impl Sketch {
    /// What is sent, now that it is known what was handed out.
    pub(super) fn shot(&self, handed: &Handed) -> Shot {
        let request = Request {
            method: self.method.clone(),
            path: self.path.clone(),
            authority: self.authority.clone(),
            headers: headers(&self.fields, handed),
            body: self.body.iter().map(|piece| piece.bytes(handed)).collect(),
            trailers: self.trailers.as_ref().map(|trailers| headers(trailers, handed)),
            ..Request::get("/").source(self.source)
        };
        Shot {
            wait: self.wait,
            worker: self.worker,
            request,
            response: self.response.clone(),
        }
    }
}

/// Bytes of header fields beyond which repetitions are left out: proxies refuse far shorter ones.
const MAX_HEADER_BYTES: usize = 128 << 10;

fn headers(fields: &[Field], handed: &Handed) -> Headers {
    let mut headers = Headers::new();
    let mut room = MAX_HEADER_BYTES;
    for field in fields {
        let value = field.value.bytes(handed);
        let fit = room / (field.name.len() + value.len()).max(1);
        let times = field.times.min(fit.max(1));
        for _ in 0..times {
            headers.append(&field.name, &value);
        }
        room = room.saturating_sub(times * (field.name.len() + value.len()));
    }
    headers
}
