//! What the core costs by itself, natively: no host, no crossing of a boundary.
//!
//! `cargo bench -p levee-benches --bench core` measures all of it in two to three minutes; with `-- NAME` what has that in its
//! name, with `-- --test` everything once.

mod configuration;
mod decision;
mod ledger;
mod path;
mod puzzle;
mod quota;
mod request;
mod rules;
mod site;
#[path = "../../parts/situation.rs"]
mod situation;
mod store;
mod token;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

/// Short, because there are many of them: what is measured takes microseconds at most.
fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .sample_size(50)
        .nresamples(10_000)
        .without_plots()
}

criterion_group! {
    name = core;
    config = criterion();
    targets =
        decision::bench,
        token::bench,
        puzzle::bench,
        quota::bench,
        ledger::bench,
        path::bench,
        rules::bench,
        configuration::bench,
}
criterion_main!(core);
