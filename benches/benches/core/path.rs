//! Normalising a path.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use levee_core::path::Path;

pub(crate) fn bench(criterion: &mut Criterion) {
    let long = ["/departments", &"/cardiology".repeat(744), "?day=2024-03-14"].concat();
    let targets = [
        ("plain", "/departments/cardiology?day=2024-03-14", false),
        (
            "percent-encoded",
            "/khoa/tim%20m%E1%BA%A1ch/%C4%91%E1%BA%B7t-l%E1%BB%8Bch",
            false,
        ),
        ("doubtful", "/departments/%2e%2e/admin", true),
        ("eight kilobytes", &long, false),
    ];
    let mut group = criterion.benchmark_group("path");
    for (name, target, is_doubtful) in targets {
        assert_eq!(
            Path::of_target(target.as_bytes()).is_doubtful(),
            is_doubtful,
            "{target}"
        );
        group.throughput(Throughput::Bytes(target.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| Path::of_target(black_box(target.as_bytes())));
        });
    }
    group.finish();
}
