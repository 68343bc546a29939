//! The plays.

mod bodies;
mod callouts;
pub(crate) mod crashes;
mod failures;
mod flow;
mod grpc;
mod guests;
mod headers;
mod properties;
pub(crate) mod refused;
mod replies;
mod shared;

use crate::play::Play;

pub(crate) fn all() -> Vec<Play> {
    [
        headers::plays(),
        bodies::plays(),
        replies::plays(),
        flow::plays(),
        callouts::plays(),
        grpc::plays(),
        shared::plays(),
        properties::plays(),
        failures::plays(),
        guests::plays(),
    ]
    .concat()
}
