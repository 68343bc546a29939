//! The pages, audited: by axe, and in a narrow window.

use super::{first_visits::full, play};
use crate::{
    crowd::Crowd,
    stage::{DESK_TOKEN, Host, Stage, closed},
};
use levee_behaviour::{Message, Site, client::earn};
use serde_json::json;

pub(super) fn every_page_can_be_used_by_everybody_and_fits_a_narrow_window(host: Host) {
    let stage = Stage::set(
        host,
        &closed(json!({
            "price": { "floor": 16_384 },
            "waiting_lane": { "floor_seconds": 1 },
            "rules": [
                { "name": "desk", "access": "refuse", "match": { "path": { "prefix": "/desk" } } },
                { "name": "limited", "access": "open", "match": { "path": { "exact": "/limited" } },
                  "route_quota": { "limit": 1, "window_seconds": 3600 } },
                { "name": "site", "access": "clearance" },
            ],
        })),
    );
    stage.client().send(&Message::get("/limited"));
    let passed = play(&stage, "accessibility", &json!({}));
    // Seven pages, two languages, two colour schemes.
    assert_eq!(passed.as_object().map_or(0, serde_json::Map::len), 28, "{passed}");
}

pub(super) fn the_page_of_the_line_can_be_used_by_everybody_and_fits_a_narrow_window(host: Host) {
    let stage = Stage::set(host, &full(1));
    let clearance = earn(&mut stage.client(), &Message::get("/"));
    let _others = Crowd::before(&stage, 20);
    let passed = play(&stage, "accessibility", &json!({ "clearance": clearance }));
    assert_eq!(passed.as_object().map_or(0, serde_json::Map::len), 4, "{passed}");
}

/// On a quiet day, with the streams of events that pages keep open.
pub(super) fn a_patient_books_the_desk_calls_and_every_page_can_be_used_by_everybody(host: Host) {
    let quiet = json!({
        "rules": [],
        "free_lane": { "requests_per_second": 200, "burst": 1000 },
        "prefix_quota": { "limit": 6000, "window_seconds": 60, "burst": 1000 },
    });
    let stage = Stage::set(host, &closed(quiet));
    let passed = play(&stage, "booking-day", &json!({ "token": DESK_TOKEN }));
    // Eight pages, two languages, two colour schemes.
    assert_eq!(passed.as_object().map_or(0, serde_json::Map::len), 32, "{passed}");
}
