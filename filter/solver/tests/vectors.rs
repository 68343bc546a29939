//! The vectors that the worker script is tested with hold what the filter's own verifier says.
#![expect(clippy::unwrap_used, reason = "the helpers of tests fail by panicking, too")]

use core::{num::NonZero, sync::atomic::AtomicBool};
use levee_core::{
    challenge::{Challenge, LENGTH},
    token,
};
use levee_solver::{SolveError, solve};
use serde_json::{Value, json};

const SECRET: &[u8; 32] = b"no secret: only for test vectors";

fn seal(work: u64, count: u16, nonce: u8) -> Vec<u8> {
    let secret = token::Secret::new(SECRET.to_vec()).unwrap();
    Challenge {
        issued_at: 1_710_000_000,
        work,
        count,
        scope: 7,
        prefix: 0x0123_4567_89ab_cdef,
        nonce: [nonce; 16],
    }
    .seal(&token::SigningKey::new(1, &secret))
}

/// Work that is a power of two, odd, less than one hash a sub-puzzle, and zero.
fn challenges() -> [Vec<u8>; 4] {
    [
        seal(1 << 15, 32, 1),
        seal(4_099, 3, 2),
        seal(1, 5, 3),
        seal(0, 2, 4),
    ]
}

fn vector(token: &[u8]) -> Value {
    let puzzle = Challenge::puzzle_for_client(token).unwrap();
    let solutions: Vec<_> = (0..puzzle.count())
        .map(|index| {
            (0_u64..)
                .find(|n| puzzle.is_solved_by(index, *n))
                .unwrap()
                .to_string()
        })
        .collect();
    json!({ "token": token::encode(token), "solutions": solutions })
}

#[test]
fn the_committed_vectors_are_what_the_verifier_says() {
    let expected: Value = challenges().iter().map(|token| vector(token)).collect();
    let committed: Value = serde_json::from_str(include_str!("../js/vectors.json")).unwrap();
    assert_eq!(committed, expected, "js/vectors.json should be {expected:#}");
}

#[test]
fn a_solution_is_the_token_and_numbers_that_the_verifier_accepts_on_any_number_of_threads() {
    for token in challenges() {
        let puzzle = Challenge::puzzle_for_client(&token).unwrap();
        let solutions = [1, 3]
            .map(|threads| solve(&token, NonZero::new(threads).unwrap(), &AtomicBool::new(false)).unwrap());
        assert_eq!(solutions[0], solutions[1]);
        let (head, numbers) = solutions[0].split_at(LENGTH);
        assert_eq!(head, token);
        assert_eq!(puzzle.verify(numbers), Ok(()));
    }
}

#[test]
fn a_cancelled_solver_gives_up() {
    // Work for years.
    let token = seal(u64::MAX, 1, 5);
    for threads in [1, 2] {
        let threads = NonZero::new(threads).unwrap();
        assert_eq!(
            solve(&token, threads, &AtomicBool::new(true)),
            Err(SolveError::Cancelled)
        );
    }
}

#[test]
fn what_is_not_a_challenge_is_refused() {
    let token = seal(1, 1, 6);
    for bytes in [&token[..LENGTH - 1], &[], &[0; LENGTH]] {
        assert_eq!(
            solve(bytes, NonZero::<usize>::MIN, &AtomicBool::new(false)),
            Err(SolveError::UnknownChallenge)
        );
    }
}
