//! People who have not been there before.

use super::{play, play_at};
use crate::{
    crowd::Crowd,
    flood::Flood,
    stage::{Host, Stage, closed},
};
use levee_testing::Certificate;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};

/// The flood comes also from the person's own address, as from behind one carrier's.
pub(super) fn a_person_gets_a_number_while_a_flood_goes_on(host: Host) {
    let stage = Stage::set(
        host,
        &closed(json!({
            "rules": [],
            "free_lane": { "requests_per_second": 5, "burst": 30 },
            "prefix_quota": { "limit": 20, "window_seconds": 3600 },
        })),
    );
    let flood = Flood::against(&stage);
    let told = play(
        &stage,
        "first-visit",
        &json!({ "locale": "vi-VN", "viewport": { "width": 360, "height": 740 } }),
    );
    let sent = flood.end();
    assert_eq!(told["number"], "1", "{told}");
    assert_eq!(told["challenges"], 1, "{told}");
    let requests = stage.at_origin();
    let of_flood = requests
        .iter()
        .filter(|request| request["user_agent"] == Flood::USER_AGENT);
    let arrived = of_flood.count();
    // The free lane's burst, and five for each second, of which the edge may lend one.
    let most = 30 + 5 * usize::try_from(sent.lasted.as_secs() + 2).unwrap_or(usize::MAX);
    assert!(arrived <= most, "{arrived} of {sent:?} arrived");
    assert!(sent.requests > 2 * most, "{sent:?} is no flood");
}

pub(super) fn the_page_speaks_the_visitor_s_language_and_its_support_id_stands_in_the_log(host: Host) {
    let stage = Stage::set(host, &closed(json!({})));
    for (number, locale) in [("1", "en-GB"), ("2", "vi-VN")] {
        let options = json!({ "locale": locale, "viewport": { "width": 1280, "height": 800 } });
        let told = play(&stage, "first-visit", &options);
        assert_eq!(told["number"], number, "{told}");
        let id = told["support_id"].as_str().unwrap_or_default();
        assert!(
            !id.is_empty() && stage.log().contains(id),
            "{told}\n{}",
            stage.log()
        );
    }
}

/// On https, what counts as a clearance cannot be planted by a neighbour.
pub(super) fn a_person_gets_a_number_over_https_with_a_cookie_of_the_host_alone(host: Host) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap_or_else(|error| panic!("{error}"));
    let certificate = Certificate {
        chain: &cert.pem(),
        key: &signing_key.serialize_pem(),
    };
    let stage = Stage::set_with_certificate(host, &closed(json!({})), certificate);
    let options = json!({ "locale": "en-GB", "ignoreHTTPSErrors": true });
    let told = play_at(&stage, "https", "first-visit", &options);
    assert_eq!(told["number"], "1", "{told}");
    let cookies = told["cookies"].as_array().cloned().unwrap_or_default();
    let [cookie] = &cookies[..] else {
        panic!("{cookies:?}")
    };
    for (field, value) in [
        ("name", json!("__Host-levee")),
        ("path", json!("/")),
        ("domain", json!("127.0.0.1")),
        ("secure", json!(true)),
        ("httpOnly", json!(true)),
        ("sameSite", json!("Lax")),
    ] {
        assert_eq!(cookie[field], value, "{field}: {cookie}");
    }
}

pub(super) fn two_tabs_and_a_request_that_are_challenged_at_once_all_succeed(host: Host) {
    play(&Stage::set(host, &closed(json!({}))), "together", &json!({}));
}

pub(super) fn back_and_forward_lead_to_the_site_and_not_to_the_challenge(host: Host) {
    play(&Stage::set(host, &closed(json!({}))), "history", &json!({}));
}

/// The booking arrives once, and whole: the ticket has its number.
pub(super) fn a_page_that_was_open_since_before_the_flood_loses_nothing(host: Host) {
    let stage = Stage::set(host, &closed(json!({})));
    let told = play(&stage, "open-before", &json!({}));
    assert_eq!(told["number"], "1", "{told}");
    let requests = stage.at_origin();
    let bookings = requests.iter().filter(|request| request["method"] == "POST");
    assert_eq!(bookings.count(), 1, "{requests:?}");
}

pub(super) fn a_person_in_line_is_let_in_by_the_page(host: Host) {
    // So few that those who come, however slow the machine is, keep the line up until the browser is there.
    let stage = Stage::set(host, &full(1));
    let _others = Crowd::before(&stage, 8);
    let told = play(&stage, "line", &json!({}));
    assert_eq!(told["number"], "1", "{told}");
}

/// A site whose origin carries so many requests a second.
pub(super) fn full(per_second: u32) -> Value {
    closed(json!({
        "price": { "floor": 256, "target_per_second": 1000, "prefix": { "target_per_minute": 60_000 } },
        "capacity": { "requests_per_second": per_second, "burst": 4 },
    }))
}
