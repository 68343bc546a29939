//! From a sequence by which something was found to a short one.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use proptest::strategy::ValueTree;

use super::finding::Finding;
use super::handed::Handed;
use super::rig::Stage;
use super::shot::Shot;
use super::sketch::Sketch;
use crate::headers::Headers;
use crate::message::{Request, Response};

/// Fresh hosts that are tried.
const MAX_TRIES: u32 = 2_000;
/// How long it is tried.
const MAX_TIME: Duration = Duration::from_secs(20);

/// Tries sequences on fresh hosts, as long as it has the patience.
pub(super) struct Shrinker<'a> {
    stage: &'a Stage,
    /// When the hosts begin.
    at: Duration,
    signature: String,
    tries: u32,
    began: Instant,
}

impl<'a> Shrinker<'a> {
    pub(super) fn new(stage: &'a Stage, at: Duration, finding: &Finding) -> Self {
        Self {
            stage,
            at,
            signature: finding.signature(),
            tries: 0,
            began: Instant::now(),
        }
    }

    /// Whether a fresh host comes to the same finding, and which it is exactly.
    pub(super) fn confirms(&mut self, shots: &[Shot]) -> Option<Finding> {
        self.tries += 1;
        let finding = self.stage.rig(self.at).ok()?.play_all(shots).err()?;
        (finding.signature() == self.signature).then_some(finding)
    }

    /// The same for a sequence that has yet to learn what is handed out. Returns it as it was sent.
    fn confirms_sketches(&mut self, sketches: &[Sketch], handed: &Handed) -> Option<Vec<Shot>> {
        self.tries += 1;
        let mut rig = self.stage.rig(self.at).ok()?;
        let mut handed = handed.clone();
        let mut shots = Vec::new();
        for sketch in sketches {
            let shot = sketch.shot(&handed);
            let outcome = rig.play(&shot, &mut handed);
            shots.push(shot);
            if let Err(finding) = outcome {
                return (finding.signature() == self.signature).then_some(shots);
            }
        }
        None
    }

    /// Fresh hosts that were tried.
    pub(super) const fn tries(&self) -> u32 {
        self.tries
    }

    fn goes_on(&self) -> bool {
        self.tries < MAX_TRIES && self.began.elapsed() < MAX_TIME
    }

    /// Has the strategies simplify what they have made. Returns the simplest that still fails, as it was sent.
    pub(super) fn simplify<T>(&mut self, tree: &mut T, handed: &Handed) -> Option<Vec<Shot>>
    where
        T: ValueTree<Value = Vec<Sketch>>,
    {
        let mut simplest = self.confirms_sketches(&tree.current(), handed)?;
        while self.goes_on() && tree.simplify() {
            loop {
                match self.confirms_sketches(&tree.current(), handed) {
                    Some(shots) => {
                        simplest = shots;
                        break;
                    }
                    None if self.goes_on() && tree.complicate() => {}
                    None => return Some(simplest),
                }
            }
        }
        Some(simplest)
    }

    /// Leaves out whatever can be left out of a sequence that a fresh host confirms.
    pub(super) fn strip(&mut self, shots: &mut Vec<Shot>) {
        *shots = fewest(shots, |kept| self.still(kept));
        loop {
            let before = shots.clone();
            for index in 0..shots.len() {
                self.strip_one(shots, index);
            }
            if *shots == before || !self.goes_on() {
                break;
            }
        }
    }

    fn strip_one(&mut self, shots: &mut [Shot], index: usize) {
        self.plainer(shots, index);
        let Some(shot) = shots.get(index).cloned() else {
            return;
        };
        let all: Vec<(Vec<u8>, Vec<u8>)> = owned(&shot.request.headers);
        let kept = fewest(&all, |kept| {
            let mut shot = shot.clone();
            shot.request.headers = kept.iter().map(|(name, value)| (name, value)).collect();
            self.still_with(shots, index, &shot)
        });
        let mut best = shot;
        best.request.headers = kept.iter().map(|(name, value)| (name, value)).collect();
        for (field, (_, value)) in kept.iter().enumerate() {
            let value = fewest(value, |value| {
                let with = with_value(&best, field, value);
                self.still_with(shots, index, &with)
            });
            best = with_value(&best, field, &value);
        }
        if let Some((b'/', path)) = best.request.path.clone().split_first() {
            let path = fewest(path, |path| {
                let mut shot = best.clone();
                shot.request.path = [b"/", path].concat();
                self.still_with(shots, index, &shot)
            });
            best.request.path = [b"/", path.as_slice()].concat();
        }
        if let Some(place) = shots.get_mut(index) {
            *place = best;
        }
    }

    /// Tries ordinary values for each part of a shot.
    fn plainer(&mut self, shots: &mut [Shot], index: usize) {
        let changes: [fn(&mut Shot); 12] = [
            |shot| {
                *shot = Shot {
                    request: Request {
                        headers: shot.request.headers.clone(),
                        ..Request::get("/")
                    },
                    ..Shot::new(Request::get("/"))
                }
            },
            |shot| shot.wait = Duration::ZERO,
            |shot| shot.worker = 0,
            |shot| shot.response = Response::new(200),
            |shot| shot.response.headers = Headers::new(),
            |shot| shot.response.body = Vec::new(),
            |shot| shot.request.trailers = None,
            |shot| shot.request.body = Vec::new(),
            |shot| shot.request.source = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 40_000)),
            |shot| shot.request.authority = b"booking.example".to_vec(),
            |shot| shot.request.method = b"GET".to_vec(),
            |shot| shot.request.path = b"/".to_vec(),
        ];
        for change in changes {
            let Some(shot) = shots.get(index) else { return };
            let mut plainer = shot.clone();
            change(&mut plainer);
            if plainer != *shot
                && self.still_with(shots, index, &plainer)
                && let Some(place) = shots.get_mut(index)
            {
                *place = plainer;
            }
        }
    }

    fn still(&mut self, shots: &[Shot]) -> bool {
        self.goes_on() && self.confirms(shots).is_some()
    }

    fn still_with(&mut self, shots: &[Shot], index: usize, shot: &Shot) -> bool {
        let mut shots = shots.to_vec();
        if let Some(place) = shots.get_mut(index) {
            *place = shot.clone();
        }
        self.still(&shots)
    }
}

/// The fewest items, in order, that still fail: halves are left out first, then smaller parts.
fn fewest<T: Clone>(all: &[T], mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut kept = all.to_vec();
    let mut part = kept.len();
    while part > 0 {
        let mut at = 0;
        while at < kept.len() {
            let end = kept.len().min(at + part);
            let without: Vec<T> = kept
                .iter()
                .take(at)
                .chain(kept.iter().skip(end))
                .cloned()
                .collect();
            if fails(&without) {
                kept = without;
            } else {
                at = end;
            }
        }
        part /= 2;
    }
    kept
}

fn owned(headers: &Headers) -> Vec<(Vec<u8>, Vec<u8>)> {
    headers
        .iter()
        .map(|(name, value)| (name.to_vec(), value.to_vec()))
        .collect()
}

fn with_value(shot: &Shot, field: usize, value: &[u8]) -> Shot {
    let mut shot = shot.clone();
    let fields = owned(&shot.request.headers);
    let changed = fields.iter().enumerate().map(|(number, (name, old))| {
        let value = if number == field { value } else { old };
        (name.as_slice(), value)
    });
    shot.request.headers = changed.collect();
    shot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_is_kept() {
        let all: Vec<u32> = (0..100).collect();
        let kept = fewest(&all, |kept| kept.contains(&17) && kept.contains(&80));
        assert_eq!(kept, [17, 80]);
        assert!(fewest(&all, |_| true).is_empty());
    }
}
