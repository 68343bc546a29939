//! The arithmetic of a quota.

use std::{hint::black_box, num::NonZeroU32};

use criterion::Criterion;
use levee_core::{
    quota::{Outcome, Quota},
    time::Timestamp,
};

use crate::situation::START;

pub(crate) fn bench(criterion: &mut Criterion) {
    let now = Timestamp::from_seconds(START);
    let [limit, window] = [120, 60].map(|n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
    let quota = Quota::new(limit, window, limit);
    let spent = match quota.take(None, quota.burst(), now) {
        Outcome::Granted { arrival, .. } => Some(arrival),
        Outcome::Denied { .. } => panic!("a whole burst is there at first"),
    };

    let mut group = criterion.benchmark_group("quota");
    group.bench_function("granted", |bencher| {
        bencher.iter(|| quota.take(black_box(None), 1, black_box(now)));
    });
    assert!(matches!(quota.take(spent, 1, now), Outcome::Denied { .. }));
    group.bench_function("denied", |bencher| {
        bencher.iter(|| quota.take(black_box(spent), 1, black_box(now)));
    });
    group.finish();
}
