//! Each switch of a profile, in the profiles that differ by it.

use super::{host, messages, ok, start};
use levee_harness::{Exchange, Outcome, Profile, Request, Response};

const ENVOY: Profile = Profile::envoy();
const STRICT: Profile = Profile::strict();
const NGX: Profile = Profile::ngx();

/// What the probe tells of one exchange in a profile.
fn told(profile: Profile, script: &str, request: Request) -> Vec<String> {
    log_of(&play(profile, script, request))
}

fn play(profile: Profile, script: &str, request: Request) -> Exchange {
    let mut host = start(host("probe").profile(profile).configuration(script));
    host.worker(0).exchange(request, |_| {
        Response::new(200)
            .header("X-Origin", "1")
            .body("one ")
            .body("two")
            .trailer("x-sum", "7")
    })
}

fn log_of(exchange: &Exchange) -> Vec<String> {
    messages(&exchange.log).into_iter().map(str::to_owned).collect()
}

/// Whether a line is told that begins so.
fn tells(lines: &[String], begin: &str) -> bool {
    lines.iter().any(|line| line.starts_with(begin))
}

/// What the command of a script of one command has come to.
fn answer(profile: Profile, callback: &str, command: &str, request: Request) -> String {
    let lines = told(profile, &format!("{callback}: {command}"), request);
    let answers: Vec<&String> = lines.iter().filter(|line| line.starts_with('=')).collect();
    let [line] = answers.as_slice() else {
        panic!("one answer to {command} is expected in {lines:?}")
    };
    line.rsplit_once(" -> ").expect("an answer").1.to_owned()
}

#[test]
fn every_switch_has_a_meaning_and_differs_somewhere() {
    for switch in Profile::SWITCHES {
        assert!(switch.meaning.len() > 20, "{switch:?}");
        assert!(
            switch.envoy != switch.strict || switch.envoy != switch.ngx,
            "{} is the same everywhere",
            switch.name
        );
    }
}

#[test]
fn the_guide_has_every_switch_with_its_values_and_its_meaning() {
    let guide = include_str!("../../../docs/harness.md");
    let word = |on| if on { "on" } else { "off" };
    for switch in Profile::SWITCHES {
        let meaning: Vec<&str> = switch.meaning.split_whitespace().collect();
        let row = format!(
            "| `{}` | {} | {} | {} | {} |",
            switch.name,
            word(switch.envoy),
            word(switch.strict),
            word(switch.ngx),
            meaning.join(" ")
        );
        assert!(guide.contains(&row), "docs/harness.md lacks {row}");
    }
}

#[test]
fn a_switch_is_set_by_its_name_and_a_wrong_name_is_told() {
    let mut profile = Profile::envoy();
    for switch in Profile::SWITCHES {
        profile.set(switch.name, switch.ngx).expect("its own name");
    }
    assert_eq!(profile, Profile::ngx());
    let error = profile.set("own_replies", true).expect_err("there is none");
    assert!(error.to_string().contains("own_replies"), "{error}");
    assert!("nginx".parse::<Profile>().is_err());
}

#[test]
fn vms_that_see_no_request_are_envoys_alone() {
    for (profile, expected) in [(ENVOY, true), (STRICT, false), (NGX, false)] {
        let mut host = start(host("probe").profile(profile));
        assert_eq!(host.main().is_some(), expected);
        let canary = host.log().iter().any(|line| line.vm.to_string() == "canary");
        assert_eq!(canary, expected);
    }
}

#[test]
fn a_filters_own_reply_is_seen_by_it_where_hosts_show_it() {
    let script = "request_headers: reply 403 no no -1\nresponse_headers: replace response_headers x-seen yes";
    for (profile, seen) in [(ENVOY, true), (STRICT, false), (NGX, true)] {
        let exchange = play(profile, script, Request::get("/"));
        assert_eq!(exchange.status(), 403);
        assert_eq!(exchange.header("x-seen").is_some(), seen);
    }
}

#[test]
fn to_continue_after_a_reply_is_an_error_only_to_the_letter() {
    for (profile, is_error) in [(ENVOY, false), (STRICT, true), (NGX, false)] {
        let script = "request_headers: reply 403 no no -1\nrequest_headers: return continue";
        let exchange = play(profile, script, Request::get("/"));
        assert_eq!(exchange.status(), 403);
        assert_eq!(
            tells(
                &log_of(&exchange),
                "the filter has sent a local response and returned"
            ),
            is_error
        );
    }
}

#[test]
fn maps_are_gone_with_their_callback_except_in_nginx() {
    let request = || Request::post("/x").body("b");
    let value = |profile| answer(profile, "request_body", "get request_headers :path", request());
    assert_eq!(value(ENVOY), "2");
    assert_eq!(value(STRICT), "2");
    assert_eq!(value(NGX), "0 \"/x\"");
}

#[test]
fn the_pairs_of_a_map_that_is_not_there_are_none_or_an_error() {
    let pairs = |profile| {
        answer(
            profile,
            "request_headers",
            "pairs response_trailers",
            Request::get("/"),
        )
    };
    assert_eq!(pairs(ENVOY), "0");
    assert_eq!(pairs(STRICT), "2");
}

#[test]
fn repeated_headers_are_the_first_or_all_of_them() {
    let request = || Request::get("/").header("x-a", "1").header("x-a", "2");
    let value = |profile| answer(profile, "request_headers", "get request_headers x-a", request());
    assert_eq!(value(ENVOY), "0 \"1\"");
    assert_eq!(value(STRICT), "0 \"1, 2\"");
    assert_eq!(value(NGX), "0 \"1\"");
}

#[test]
fn names_are_as_they_were_sent_or_in_lower_case() {
    let lines = |profile| {
        told(
            profile,
            "request_headers: pairs request_headers",
            Request::get("/").header("X-Mixed", "1"),
        )
    };
    assert!(lines(ENVOY).iter().any(|line| line.contains("\"x-mixed\"")));
    for profile in [STRICT, NGX] {
        assert!(lines(profile).iter().any(|line| line.contains("\"X-Mixed\"")));
    }
}

#[test]
fn malformed_pairs_are_none_or_an_error() {
    let set = |profile| {
        answer(
            profile,
            "request_headers",
            "set_pairs_raw request_headers \\x09",
            Request::get("/"),
        )
    };
    assert_eq!(set(ENVOY), "0");
    assert_eq!(set(STRICT), "2");
}

#[test]
fn nginx_never_tells_in_a_header_callback_that_a_request_ends_there() {
    let last = |profile| told(profile, "", Request::get("/"));
    assert!(tells(&last(ENVOY), "> request_headers http 4 true"));
    assert!(tells(&last(STRICT), "> request_headers http 4 true"));
    assert!(tells(&last(NGX), "> request_headers http 4 false"));
}

#[test]
fn a_pause_in_a_header_callback_holds_the_body_or_does_not() {
    let script = "request_headers: return pause\nrequest_body: continue_stream request";
    let play = |profile| play(profile, script, Request::post("/").body("b"));
    for profile in [ENVOY, NGX] {
        assert!(matches!(play(profile).outcome, Outcome::Paused(_)));
    }
    let exchange = play(STRICT);
    assert_eq!(exchange.status(), 200);
    assert_eq!(exchange.forwarded.expect("forwarded").body_bytes(), b"b");
}

#[test]
fn a_request_body_comes_in_pieces_or_whole() {
    let request = || Request::post("/").body("ab").body("c");
    assert!(tells(&told(ENVOY, "", request()), "> request_body http 1 true"));
    assert!(tells(&told(NGX, "", request()), "> request_body http 3 true"));
}

#[test]
fn trailers_have_no_callbacks_in_nginx() {
    for (profile, has) in [(ENVOY, true), (STRICT, true), (NGX, false)] {
        let exchange = play(profile, "", Request::get("/"));
        assert_eq!(tells(&log_of(&exchange), "> response_trailers"), has);
        let trailers = exchange.response().trailers.as_ref().expect("they pass");
        assert_eq!(trailers.get("x-sum"), Some(&b"7"[..]));
    }
}

#[test]
fn a_paused_response_goes_on_in_nginx_with_an_error_in_the_log() {
    let play = |profile| play(profile, "response_headers: return pause", Request::get("/"));
    assert!(matches!(play(ENVOY).outcome, Outcome::Paused(_)));
    let exchange = play(NGX);
    assert_eq!(exchange.status(), 200);
    assert!(tells(&log_of(&exchange), "the filter pauses a response"));
}

#[test]
fn reading_a_buffer_from_beyond_its_end_is_nothing_or_an_error() {
    let read = |profile| {
        answer(
            profile,
            "request_body",
            "body request_body 9 1",
            Request::post("/").body("b"),
        )
    };
    assert_eq!(read(ENVOY), "0 \"\"");
    assert_eq!(read(STRICT), "2");
}

#[test]
fn the_inside_of_a_body_can_be_edited_to_the_letter_only() {
    let script = "request_body: set_body request_body 1 1 XY";
    let sent = |profile| {
        let exchange = play(profile, script, Request::post("/").body("abc"));
        exchange.forwarded.expect("forwarded").body_bytes()
    };
    assert_eq!(sent(ENVOY), b"abc");
    assert_eq!(sent(STRICT), b"aXYc");
}

#[test]
fn the_end_is_logged_before_or_after_done() {
    let order = |profile| {
        let lines = told(profile, "", Request::get("/"));
        lines[lines.len() - 3..].to_vec()
    };
    assert_eq!(order(ENVOY), ["> log http", "> done http", "> delete http"]);
    for profile in [STRICT, NGX] {
        assert_eq!(order(profile), ["> done http", "> log http", "> delete http"]);
    }
}

#[test]
fn versions_of_shared_data_mean_what_each_host_holds() {
    let set = |profile, commands: &[&str]| {
        let script: String = commands
            .iter()
            .map(|command| format!("request_headers: {command}\n"))
            .collect();
        let lines = told(profile, &script, Request::get("/"));
        let last = lines
            .iter()
            .rfind(|line| line.starts_with('='))
            .expect("an answer");
        last.rsplit_once(" -> ").expect("a status").1.to_owned()
    };
    let missing = |profile| set(profile, &["data_set k v 77"]);
    assert_eq!([missing(ENVOY), missing(STRICT), missing(NGX)], ["0", "8", "8"]);
    let again = |profile| set(profile, &["data_set k v 0", "data_set k w 0"]);
    assert_eq!([again(ENVOY), again(STRICT), again(NGX)], ["0", "0", "8"]);
}

#[test]
fn addresses_have_ports_and_numbers_are_binary_except_in_nginx() {
    let property = |profile, path: &str| {
        let request = Request::get("/").source("[2001:db8::1]:443".parse().expect("an address"));
        answer(profile, "request_headers", &format!("property {path}"), request)
    };
    assert_eq!(property(ENVOY, "source.address"), "0 \"[2001:db8::1]:443\"");
    assert_eq!(property(NGX, "source.address"), "0 \"2001:db8::1\"");
    assert_eq!(
        property(ENVOY, "source.port"),
        "0 \"\\xbb\\x01\\x00\\x00\\x00\\x00\\x00\\x00\""
    );
    assert_eq!(property(NGX, "source.port"), "0 \"443\"");
}

#[test]
fn what_is_set_is_read_under_the_name_that_each_host_gives_it() {
    let read = |profile, path: &str| {
        let script = format!("request_headers: set_property k v\nrequest_headers: property {path}");
        let lines = told(profile, &script, Request::get("/"));
        lines
            .iter()
            .rfind(|line| line.starts_with("= property"))
            .expect("told")
            .clone()
    };
    assert!(
        read(ENVOY, "filter_state.wasm\\x2ek").ends_with("-> 0 \"v\"")
            || read(ENVOY, "k").ends_with("-> 0 \"v\"")
    );
    assert!(read(STRICT, "k").ends_with("-> 0 \"v\""));
    assert!(read(NGX, "k").ends_with("-> 1"));
    assert!(read(NGX, "wasmx.k").ends_with("-> 1"), "it was not set");
}

#[test]
fn misuse_is_a_status_or_the_end() {
    let script = "request_headers: add response_headers x-a 1";
    assert_eq!(play(ENVOY, script, Request::get("/")).status(), 200);
    let exchange = play(NGX, script, Request::get("/"));
    assert_eq!(exchange.status(), 503);
    let trap = exchange.failure.expect("a trap").message;
    assert!(
        trap.contains("proxy_add_header_map_value") && trap.contains("trap here"),
        "{trap}"
    );
}

#[test]
fn functions_that_nginx_lacks_trap_with_their_name() {
    for command in [
        "status",
        "grpc_cancel 1",
        "done",
        "close_stream request",
        "log_level",
        "size request_headers",
    ] {
        let script = format!("request_headers: {command}");
        assert_ne!(
            play(ENVOY, &script, Request::get("/"))
                .failure
                .map(|trap| trap.message),
            Some(String::new())
        );
        let trap = play(NGX, &script, Request::get("/")).failure.expect("a trap");
        assert!(
            trap.message.contains("do not have this function"),
            "{command}: {trap}"
        );
    }
}

#[test]
fn start_up_is_restricted_in_envoy_only() {
    let early = wat::parse_file(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../harness/guests/calls_too_early.wat"
    ));
    let early = early.expect("a guest");
    let start = |profile| {
        levee_harness::Host::builder()
            .module_bytes(early.clone())
            .profile(profile)
            .start()
    };
    assert!(start(ENVOY).is_err());
    assert!(start(STRICT).is_ok());
    assert_eq!(
        start(NGX)
            .map(|mut host| host.worker(0).exchange(Request::get("/"), ok).status())
            .ok(),
        Some(200)
    );
}
