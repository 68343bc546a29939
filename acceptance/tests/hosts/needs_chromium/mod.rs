//! People's way in, in a real browser, to the real booking app. What a journey does and expects stands in
//! `tests/browser/journeys/`; what it is played on, here.

mod first_visits;
mod hindered;
mod needs_axe;
mod needs_cpu_quota;

use crate::stage::Stage;
use levee_testing::tools;
use serde_json::{Map, Value};
use std::{path::Path, process::Command};

/// Makes a test of every journey, with the filter in this host.
macro_rules! journeys {
    ($host:expr => $($family:ident { $($journey:ident),* $(,)? })*) => {
        $(mod $family {
            $(#[test]
            fn $journey() {
                $crate::needs_chromium::$family::$journey($host);
            })*
        })*
    };
    ($host:expr) => {
        journeys! { $host =>
            first_visits {
                a_person_gets_a_number_while_a_flood_goes_on,
                the_page_speaks_the_visitor_s_language_and_its_support_id_stands_in_the_log,
                a_person_gets_a_number_over_https_with_a_cookie_of_the_host_alone,
                two_tabs_and_a_request_that_are_challenged_at_once_all_succeed,
                back_and_forward_lead_to_the_site_and_not_to_the_challenge,
                a_page_that_was_open_since_before_the_flood_loses_nothing,
                a_person_in_line_is_let_in_by_the_page,
            }
            hindered {
                whoever_has_javascript_off_waits_and_books,
                a_browser_without_vectors_or_webassembly_solves_with_what_it_has,
                a_browser_without_workers_solves_and_stays_responsive,
                whoever_has_cookies_off_is_told_so_and_meets_no_endless_loop,
                the_keyboard_alone_is_enough,
                a_network_that_is_lost_in_the_middle_is_waited_for,
            }
            needs_axe {
                every_page_can_be_used_by_everybody_and_fits_a_narrow_window,
                the_page_of_the_line_can_be_used_by_everybody_and_fits_a_narrow_window,
                a_patient_books_the_desk_calls_and_every_page_can_be_used_by_everybody,
            }
            needs_cpu_quota {
                a_device_with_a_sixth_of_a_core_gets_through,
            }
        }
    };
}

mod needs_envoy;
mod needs_workerd;

/// Found by name, as whoever runs a journey by hand does.
const NODE: &str = "node";

/// Headers that every browser sends besides its own, as JSON.
const HEADERS: &str = "LEVEE_BROWSER_HEADERS";

/// Plays a journey on the stage and returns what it tells.
fn play(stage: &Stage, journey: &str, options: &Value) -> Value {
    play_at(stage, "http", journey, options)
}

fn play_at(stage: &Stage, scheme: &str, journey: &str, options: &Value) -> Value {
    let runner = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/run.mjs");
    let headers: Map<String, Value> = stage
        .added_in_front()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let output = Command::new(NODE)
        .arg(runner)
        .arg(journey)
        .arg(format!("{scheme}://{}", stage.address()))
        .arg(options.to_string())
        .env(tools::CHROMIUM, tools::path(tools::CHROMIUM))
        .env(tools::NODE_MODULES, tools::path(tools::NODE_MODULES))
        .env(HEADERS, Value::from(headers).to_string())
        .output()
        .unwrap_or_else(|error| panic!("{NODE}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        stage.log()
    );
    let told = said
        .lines()
        .last()
        .and_then(|line| serde_json::from_str(line).ok());
    told.unwrap_or_else(|| panic!("{journey} tells nothing: {said}"))
}
