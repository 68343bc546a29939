//! Guests that call other services, in worlds where those answer, fail, or are late.

use super::{host, messages};
use levee_harness::{
    Answer, GrpcAnswer, GrpcCall, HttpCall, Outcome, Profile, RateLimitService, Request, Response, World,
    WorldBuilder,
};
use std::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);

fn world(guest: &str) -> WorldBuilder {
    World::of(host(guest))
}

fn start(builder: WorldBuilder) -> World {
    builder.start().unwrap_or_else(|error| panic!("{error}"))
}

/// The service that `http_auth_random` asks, giving one byte.
fn gives(byte: u8) -> impl Fn(&HttpCall) -> Response + Send {
    move |call| {
        assert_eq!(call.headers.get(":path"), Some(&b"/bytes/1"[..]));
        Response::new(200).body([byte])
    }
}

#[test]
fn a_request_goes_on_or_is_refused_as_the_service_says() {
    let mut even = start(world("http_auth_random").http_service("httpbin", gives(8)));
    assert_eq!(even.send(Request::get("/")).status(), 200);
    let mut odd = start(world("http_auth_random").http_service("httpbin", gives(7)));
    let refused = odd.send(Request::get("/"));
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.header("powered-by"), Some(&b"proxy-wasm"[..]));
    assert!(refused.forwarded.is_none());
}

#[test]
fn a_service_that_is_late_takes_the_time_it_takes_and_not_more_than_the_timeout() {
    let service = |_: &HttpCall| Answer::from(Response::new(200).body([2])).after(700 * MILLISECOND);
    let mut late = start(world("http_auth_random").http_service("httpbin", service));
    let before = late.now();
    assert_eq!(late.send(Request::get("/")).status(), 200);
    assert_eq!(late.now() - before, 700 * MILLISECOND);

    let mut silent = start(world("http_auth_random").http_service("httpbin", |_: &HttpCall| Answer::never()));
    let before = silent.now();
    silent.send(Request::get("/"));
    assert_eq!(silent.now() - before, Duration::from_secs(1), "its own timeout");
}

#[test]
fn a_service_that_cannot_be_reached_is_a_response_in_envoy_and_a_failure_to_the_letter() {
    for (profile, status) in [
        (Profile::envoy(), "= get http_call_headers :status -> 0 \"503\""),
        (Profile::strict(), "> http_call_response root 0 0 0"),
    ] {
        let script = "request_headers: http_call auth 1000 \"\" :method=GET :path=/ :authority=a\n\
                      request_headers: return pause\n\
                      http_call_response: get http_call_headers :status\n\
                      http_call_response: effective http\n\
                      http_call_response: continue_stream request";
        let host = host("probe").configuration(script).profile(profile);
        let mut world = start(World::of(host).http_service("auth", |_: &HttpCall| Answer::unreachable()));
        assert_eq!(world.send(Request::get("/")).status(), 200);
        let log = world.log();
        assert!(messages(&log).contains(&status), "{log:#?}");
    }
}

#[test]
fn an_answer_after_the_clients_death_finds_no_stream() {
    let script = "request_headers: http_call auth 1000 \"\" :method=GET :path=/ :authority=a\n\
                  request_headers: return pause\n\
                  http_call_response: get request_headers :path\n\
                  http_call_response: effective http\n\
                  http_call_response: get http_call_headers :status";
    let service = |_: &HttpCall| Answer::from(Response::new(200)).after(500 * MILLISECOND);
    let mut world = start(World::of(host("probe").configuration(script)).http_service("auth", service));
    let id = world.begin(Request::get("/"));
    world.run_for(100 * MILLISECOND);
    assert_eq!(world.under_way(), 1);
    world.hang_up(id);
    world.run_for(Duration::from_secs(1));
    let exchange = world.take(id).expect("it is over");
    assert!(matches!(exchange.outcome, Outcome::Paused(_)));
    let log = world.log();
    let after_the_end: Vec<_> = messages(&log)
        .into_iter()
        .skip_while(|line| *line != "> delete http")
        .skip(1)
        .collect();
    assert_eq!(
        after_the_end,
        [
            "> http_call_response root 2 0 0",
            "= get request_headers :path -> 2",
            "= effective http -> 2",
            "= get http_call_headers :status -> 0 \"200\"",
        ]
    );
}

#[test]
fn grpc_calls_are_answered_closed_or_out_of_time() {
    let outcome = |answer: GrpcAnswer| {
        let mut world = start(world("grpc_auth_random").grpc_service(
            "grpcbin",
            move |call: &GrpcCall, _: &[u8]| {
                assert_eq!(
                    (call.service.as_str(), call.method.as_str()),
                    ("grpcbin.GRPCBin", "RandomError")
                );
                answer.clone()
            },
        ));
        world.send(Request::get("/")).status()
    };
    assert_eq!(outcome(GrpcAnswer::message("")), 200);
    assert_eq!(outcome(GrpcAnswer::status(2, "even")), 200);
    assert_eq!(outcome(GrpcAnswer::status(3, "odd")), 403);
    assert_eq!(outcome(GrpcAnswer::unreachable()), 200, "14 is even");
    assert_eq!(outcome(GrpcAnswer::never()), 200, "and so is 4, out of time");
}

#[test]
fn a_stream_carries_messages_both_ways() {
    let mut echo = start(
        world("grpc_stream").grpc_service("echo", |_: &GrpcCall, message: &[u8]| {
            GrpcAnswer::message(message).initial("x-from", "service")
        }),
    );
    assert_eq!(echo.send(Request::get("/through")).status(), 200);
    let mut silent = start(
        world("grpc_stream").grpc_service("echo", |_: &GrpcCall, _: &[u8]| GrpcAnswer::status(13, "broken")),
    );
    assert_eq!(silent.send(Request::get("/through")).status(), 503);
}

#[test]
fn a_rate_limit_service_counts_in_fixed_windows() {
    // domain "d", one descriptor with the entry client=7.
    let message = "\\x0a\\x01d\\x12\\x0d\\x0a\\x0b\\x0a\\x06client\\x12\\x017";
    let script = format!(
        "request_headers: grpc_call limits envoy.service.ratelimit.v3.RateLimitService ShouldRateLimit 100 {message}\n\
         request_headers: return pause\n\
         grpc_receive: body grpc_message 0 2\n\
         grpc_receive: effective http\n\
         grpc_receive: continue_stream request"
    );
    let service = RateLimitService::new(3, Duration::from_secs(60));
    let mut world = start(World::of(host("probe").configuration(&script)).grpc_service("limits", service));
    let mut codes = |times: usize| -> Vec<String> {
        (0..times)
            .map(|_| {
                assert_eq!(world.send(Request::get("/")).status(), 200);
                let log = world.log();
                let told = messages(&log);
                let line = told
                    .iter()
                    .rfind(|line| line.starts_with("= body"))
                    .expect("told");
                line.rsplit_once(" -> 0 ").expect("a message").1.to_owned()
            })
            .collect()
    };
    let (ok, over) = ("\"\\x08\\x01\"", "\"\\x08\\x02\"");
    assert_eq!(codes(5), [ok, ok, ok, over, over]);
    world.run_for(Duration::from_secs(60));
    let again = world.send(Request::get("/"));
    assert_eq!(again.status(), 200);
    let log = world.log();
    assert!(
        messages(&log)
            .iter()
            .rfind(|line| line.starts_with("= body"))
            .expect("told")
            .ends_with(ok)
    );
}

#[test]
fn an_unknown_cluster_is_told_in_the_log_with_those_that_there_are() {
    let mut world = start(world("http_auth_random").http_service("other", gives(1)));
    assert_eq!(world.send(Request::get("/")).status(), 503);
    let log = world.log();
    assert!(
        messages(&log)
            .iter()
            .any(|line| line.contains("cluster \"httpbin\" is unknown; the host has other")),
        "{log:#?}"
    );
}
