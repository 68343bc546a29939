//! Long series of requests that differ in one thing only: whatever a filter keeps of each of them grows without an end.
//!
//! A hundred of them come in a second of virtual time, so what is forgotten after some minutes is no leak.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::finding::Finding;
use super::growth::steady;
use super::rig::{Rig, Stage};
use super::vocabulary::Vocabulary;
use crate::host::StartError;
use crate::message::Request;

/// Requests of a first look.
const LOOK: u64 = 600;
/// Growth in a first look by which it becomes a suspicion: a key for every third request.
const SUSPICIOUS: u64 = LOOK / 3;
/// Names of headers that are tried.
const MAX_NAMES: usize = 60;

/// What the requests of a series differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    Nothing,
    Address,
    Path,
    Query,
    Authority,
    Cookie,
    Header(Vec<u8>),
}

impl Difference {
    /// Everything that is worth trying.
    pub(super) fn all(vocabulary: &Vocabulary) -> Vec<Self> {
        let fixed = [
            Self::Nothing,
            Self::Address,
            Self::Path,
            Self::Query,
            Self::Authority,
            Self::Cookie,
        ];
        let names = vocabulary.names.iter().take(MAX_NAMES).cloned().map(Self::Header);
        fixed.into_iter().chain(names).collect()
    }

    /// The request of that number.
    pub(super) fn request(&self, number: u64) -> Request {
        let request = Request::get("/");
        let distinct = format!("v{number:07}");
        match self {
            Self::Nothing => request,
            Self::Address => {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                let address = Ipv4Addr::from_bits(u32::from(Ipv4Addr::new(10, 0, 0, 1)).wrapping_add(number));
                request.source(SocketAddr::new(IpAddr::from(address), 40_000))
            }
            Self::Path => Request::get(format!("/{distinct}")),
            Self::Query => Request::get(format!("/?q={distinct}")),
            Self::Authority => request.host(format!("{distinct}.example")),
            Self::Cookie => request.header("cookie", format!("session={distinct}")),
            Self::Header(name) => request.header(name, distinct),
        }
    }

    fn described(&self) -> String {
        match self {
            Self::Nothing => "nothing at all".to_owned(),
            Self::Address => "the client's address".to_owned(),
            Self::Path => "the path".to_owned(),
            Self::Query => "the query".to_owned(),
            Self::Authority => "the host".to_owned(),
            Self::Cookie => "a cookie".to_owned(),
            Self::Header(name) => format!("the header {}", name.escape_ascii()),
        }
    }
}

/// What came of a series.
#[derive(Debug)]
pub(super) struct Soaked {
    pub(super) finding: Finding,
    /// The difference by which it was found.
    pub(super) difference: Difference,
    /// How many requests there were until then.
    pub(super) exchanges: u64,
}

/// Looks at each difference for a moment, and follows a suspicion on a fresh host for `exchanges` requests.
pub(super) fn soak(
    stage: &Stage,
    rig: &mut Rig,
    differences: &[Difference],
    exchanges: u64,
    mut after: impl FnMut(&mut Rig),
) -> Result<Option<Soaked>, StartError> {
    for difference in differences {
        let before = rig.kept();
        for number in 0..LOOK {
            if let Err(finding) = rig.hurry(difference.request(number)) {
                let difference = difference.clone();
                return Ok(Some(Soaked {
                    finding,
                    difference,
                    exchanges: number + 1,
                }));
            }
        }
        let now = rig.kept();
        after(rig);
        let suspicious = now.shared_keys - before.shared_keys >= SUSPICIOUS
            || now.shared_bytes.saturating_sub(before.shared_bytes) >= LOOK
            || now.memory_bytes > before.memory_bytes;
        if suspicious && let Some(soaked) = follow(stage, rig, difference, exchanges)? {
            return Ok(Some(soaked));
        }
    }
    Ok(None)
}

fn follow(
    stage: &Stage,
    rig: &Rig,
    difference: &Difference,
    exchanges: u64,
) -> Result<Option<Soaked>, StartError> {
    let mut fresh = stage.rig(rig.now())?;
    let begin = fresh.kept();
    let mut middle = begin;
    for number in 0..exchanges {
        if number == exchanges / 2 {
            middle = fresh.kept();
        }
        if let Err(finding) = fresh.hurry(difference.request(number)) {
            let difference = difference.clone();
            return Ok(Some(Soaked {
                finding,
                difference,
                exchanges: number + 1,
            }));
        }
    }
    let growth = steady(begin, middle, fresh.kept(), exchanges);
    Ok(growth.map(|growth| Soaked {
        finding: Finding::Grows {
            growth,
            with: difference.described(),
        },
        difference: difference.clone(),
        exchanges,
    }))
}
