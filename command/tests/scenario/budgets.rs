//! What a filter may cost.

use std::time::{Duration, Instant};

use crate::support::{levee_test, scenario_file};

#[test]
fn what_grows_with_clients_is_found() {
    let ran = levee_test(&["budgets.yaml"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for line in [
        "shared keys",
        "expected  at most 4096",
        "actual    5000",
        "shared bytes",
        "host calls per exchange",
        "fuel",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    assert!(!ran.out.contains("memory"), "{}", ran.out);
}

#[test]
fn a_million_clients_are_a_matter_of_seconds() {
    let module = format!("{}/../harness/guests/sets_header.wat", env!("CARGO_MANIFEST_DIR"));
    let (_folder, path) = scenario_file(&format!(
        "module: {module}
scenarios:
  - name: clients cost nothing that stays
    steps:
      - request: {{ path: /, from: each }}
        repeat: 1_000_000
        expect: {{ status: 200 }}
        budget: {{ shared_keys: 0, memory: 64KiB, traps: 0, host_calls_per_exchange: 2 }}
"
    ));
    let begin = Instant::now();
    let ran = levee_test(&[&path]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("1000000 exchanges"), "{}", ran.out);
    // It takes some ten seconds of a processor. The bound is only there to find what grows with the square of the clients,
    // for the machine may have much else to do.
    assert!(
        begin.elapsed() < Duration::from_secs(300),
        "{:?}",
        begin.elapsed()
    );
}
