//! The plays.

mod bodies;
mod crashes;
mod flow;
mod headers;
mod replies;

use crate::play::Play;

pub(crate) fn all() -> Vec<Play> {
    let all = [headers::plays(), bodies::plays(), replies::plays(), flow::plays(), crashes::plays()];
    all.concat()
}
