//! Nothing at all.

use super::{Arrived, Gate, LetThrough};
use levee_harness::{Request, Response};
use std::time::Duration;

/// No filter: everything goes to the origin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open;

impl Gate for Open {
    fn arrive(&mut self, _: Duration, _: Request, _: u64) -> Arrived {
        Arrived::LetThrough(LetThrough::Plain)
    }

    fn answer(&mut self, _: Duration, _: LetThrough, answer: Response) -> Option<Response> {
        Some(answer)
    }
}
