//! Workers that race for what they share.

use crate::support::levee_test;

#[test]
fn compare_and_swap_holds_in_every_order() {
    let ran = levee_test(&["races.yaml"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("(20 seeds)"), "{}", ran.out);
}

#[test]
fn updates_that_are_lost_are_found_by_seeds() {
    let ran = levee_test(&["lost.yaml"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let seeds = ran.out.split_once("fails with ").expect("some fail").1;
    let failed: u32 = seeds
        .split(' ')
        .next()
        .expect("a number")
        .parse()
        .expect("a number");
    assert!(
        (1..20).contains(&failed),
        "a race is lost with some seeds, and won with others: {}",
        ran.out
    );
}

#[test]
fn the_seed_that_is_told_repeats_the_failure() {
    let told = levee_test(&["lost.yaml"]).out;
    let again = told
        .lines()
        .find(|line| line.trim_start().starts_with("again:"))
        .expect("how to repeat it");
    let seed = again.rsplit_once(' ').expect("a seed").1;
    assert_eq!(levee_test(&["lost.yaml", "--seed", seed]).code, 1);
}
