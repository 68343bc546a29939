//! What people read.
//!
//! `LEVEE_BLESS=1 cargo test` writes what is told now into the files that it is compared with.

use crate::support::{files, levee_test};

fn is_told(arguments: &[&str], code: i32, expected: &str) {
    let ran = levee_test(arguments);
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    let path = files().join(expected);
    if std::env::var_os("LEVEE_BLESS").is_some() {
        std::fs::write(&path, &ran.out).expect("written");
    }
    let expected = std::fs::read_to_string(&path).expect("what is to be told");
    assert_eq!(ran.out, expected, "\n{}", ran.out);
}

#[test]
fn all_that_failed_with_where_what_and_how_to_repeat_it() {
    is_told(&["passes.yaml", "fails.yaml"], 1, "fails.txt");
}

#[test]
fn a_race_with_the_seeds_that_lose_it() {
    is_told(&["lost.yaml"], 1, "lost.txt");
}

#[test]
fn a_budget_that_is_exceeded() {
    is_told(&["budgets.yaml"], 1, "budgets.txt");
}

#[test]
fn a_trap_that_nobody_expects() {
    is_told(&["traps.yaml"], 1, "traps.txt");
}
