//! The plays.

mod bodies;
mod flow;
mod headers;
mod replies;

use crate::play::Play;

pub(crate) fn all() -> Vec<Play> {
    [headers::plays(), bodies::plays(), replies::plays(), flow::plays()].concat()
}
