//! What the solver is meant to reach.

use levee_benches::goal::{Bound, Goal};

/// Three times as fast as the fastest peer with the same hash.
pub(super) fn over_fastest_peer(figure: Option<f64>, peer: Option<&str>) -> Goal {
    let peer = peer.unwrap_or("none was measured");
    let what = format!("times as fast as the fastest SHA-256 peer, {peer}");
    Goal::new(what, figure, Bound::AtLeast(3.0), Some(4.0))
}

/// Fifty times as fast as what pages can do without a solver of their own.
pub(super) fn over_webcrypto(figure: Option<f64>) -> Goal {
    let what = "times as fast as a loop around WebCrypto's digest".to_owned();
    Goal::new(what, figure, Bound::AtLeast(50.0), Some(70.0))
}

/// Nobody waits much longer than most do.
pub(super) fn spread(figure: Option<f64>) -> Goal {
    let what = "p99 of the times to solve a challenge, over their median".to_owned();
    Goal::new(what, figure, Bound::AtMost(1.5), None)
}
