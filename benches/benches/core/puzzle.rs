//! Checking solutions.

use std::hint::black_box;

use criterion::Criterion;
use levee_behaviour::client::{challenge_of, solve, stolen_key, wrong_number};
use levee_core::{
    challenge::Challenge,
    puzzle::{SUB_SOLUTION_LENGTH, WrongSolution},
};

use crate::situation::{START, SUB_PUZZLES};

pub(crate) fn bench(criterion: &mut Criterion) {
    let challenge = Challenge {
        count: SUB_PUZZLES,
        ..challenge_of(START)
    };
    let challenge = challenge.seal(&stolen_key());
    let puzzle = Challenge::puzzle_for_client(&challenge).unwrap_or_else(|error| panic!("{error:?}"));
    let right = solve(&challenge);
    let mut wrong = wrong_number(&challenge, 0).to_be_bytes().to_vec();
    wrong.extend_from_slice(right.split_at(SUB_SOLUTION_LENGTH).1);

    let mut group = criterion.benchmark_group("puzzle");
    assert_eq!(puzzle.verify(&right), Ok(()));
    group.bench_function("right in all 32", |bencher| {
        bencher.iter(|| puzzle.verify(black_box(&right)));
    });
    assert_eq!(puzzle.verify(&wrong), Err(WrongSolution::SubSolution(0)));
    group.bench_function("wrong in the first", |bencher| {
        bencher.iter(|| puzzle.verify(black_box(&wrong)));
    });
    group.finish();
}
