//! Loading a configuration, as at every start and every change of it.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use levee_core::Policy;

use crate::{rules, situation};

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("configuration");
    for (name, configuration) in [
        ("one rule", situation::closed()),
        ("1,000 rules", rules::configuration(1_000)),
    ] {
        let text = configuration.to_string();
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| Policy::from_json(black_box(text.as_bytes())));
        });
    }
    group.finish();
}
