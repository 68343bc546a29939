//! The plays.

mod bodies;
mod callouts;
mod crashes;
mod failures;
mod flow;
mod grpc;
mod headers;
mod properties;
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
        crashes::plays(),
    ]
    .concat()
}
