//! People whose browser, device, network or hands cannot do everything.

use super::play;
use crate::stage::{Host, Stage, closed};
use serde_json::json;

pub(super) fn whoever_has_javascript_off_waits_and_books(host: Host) {
    let stage = Stage::set(host, &closed(json!({ "waiting_lane": { "floor_seconds": 2 } })));
    for (number, locale) in [("1", "vi-VN"), ("2", "en-GB")] {
        let told = play(&stage, "without-script", &json!({ "locale": locale }));
        // The challenge, the page for whoever has waited, the form.
        assert_eq!(told["statuses"], json!([403, 200, 200]), "{told}");
        assert_eq!(told["number"], number, "{told}");
    }
}

pub(super) fn a_browser_without_vectors_or_webassembly_solves_with_what_it_has(host: Host) {
    play(&Stage::set(host, &closed(json!({}))), "engines", &json!({}));
}

/// With work enough for a page that does not respond to be noticed.
pub(super) fn a_browser_without_workers_solves_and_stays_responsive(host: Host) {
    let stage = Stage::set(host, &closed(json!({ "price": { "floor": 4_194_304 } })));
    play(&stage, "one-thread", &json!({}));
}

pub(super) fn whoever_has_cookies_off_is_told_so_and_meets_no_endless_loop(host: Host) {
    play(
        &Stage::set(host, &closed(json!({}))),
        "without-cookies",
        &json!({}),
    );
}

pub(super) fn the_keyboard_alone_is_enough(host: Host) {
    play(&Stage::set(host, &closed(json!({}))), "keyboard", &json!({}));
}

pub(super) fn a_network_that_is_lost_in_the_middle_is_waited_for(host: Host) {
    play(&Stage::set(host, &closed(json!({}))), "offline", &json!({}));
}
