//! The plays.

mod headers;

use crate::play::Play;

pub(crate) fn all() -> Vec<Play> {
    [headers::plays()].concat()
}
