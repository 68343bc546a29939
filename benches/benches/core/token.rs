//! Tokens: what signing one costs, and checking one.

use std::hint::black_box;

use criterion::Criterion;
use levee_behaviour::client::{challenge_of, clearance_of, stolen_key};
use levee_core::{challenge::Challenge, clearance::Clearance, token};

use crate::{
    site,
    situation::{self, START},
};

pub(crate) fn bench(criterion: &mut Criterion) {
    let key = stolen_key();
    let policy = site::policy(&situation::site());
    let keys = &policy.keys;
    let mut group = criterion.benchmark_group("token");

    let clearance = clearance_of(START);
    group.bench_function("seal a clearance", |bencher| {
        bencher.iter(|| black_box(&clearance).seal(&key));
    });
    let sealed = clearance.seal(&key);
    assert!(Clearance::open(&sealed, keys, START).is_ok());
    group.bench_function("open a clearance", |bencher| {
        bencher.iter(|| Clearance::open(black_box(&sealed), keys, START));
    });
    let text = token::encode(&sealed);
    group.bench_function("open a clearance from its text", |bencher| {
        bencher.iter(|| {
            token::decode(black_box(text.as_bytes()), sealed.len())
                .and_then(|token| Clearance::open(&token, keys, START))
        });
    });
    let forged = with_last_byte_changed(&sealed);
    assert!(Clearance::open(&forged, keys, START).is_err());
    group.bench_function("refuse a forged clearance", |bencher| {
        bencher.iter(|| Clearance::open(black_box(&forged), keys, START));
    });

    let challenge = challenge_of(START);
    group.bench_function("seal a challenge", |bencher| {
        bencher.iter(|| black_box(&challenge).seal(&key));
    });
    let sealed = challenge.seal(&key);
    let lifetime = policy.challenge.lifetime;
    assert!(Challenge::open(&sealed, keys, START, lifetime).is_ok());
    group.bench_function("open a challenge", |bencher| {
        bencher.iter(|| Challenge::open(black_box(&sealed), keys, START, lifetime));
    });
    group.finish();
}

fn with_last_byte_changed(token: &[u8]) -> Vec<u8> {
    let mut token = token.to_vec();
    if let Some(last) = token.last_mut() {
        *last ^= 1;
    }
    token
}
