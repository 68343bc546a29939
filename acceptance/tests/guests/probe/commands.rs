//! What the commands do, and what is told of them.

use super::{answers, exchange, host, logged, messages, ok, start};
use levee_harness::{Direction, Flow, Limits, Outcome, Request, StartError, StreamInfo};
use std::time::Duration;

#[test]
fn header_maps_are_read_and_written() {
    assert_eq!(
        answers(&[
            "pairs request_headers",
            "size request_headers",
            "get request_headers x-none",
            "get response_headers x-none",
            "set_pairs request_headers :path=/y a=b=c d= \\x3d=\"\"",
            "pairs request_headers",
            "remove request_headers a",
            "set_pairs_raw request_headers \\x01",
            "pairs 0",
            "pairs response_trailers",
            "pairs 9",
            "size 8",
        ]),
        [
            "= pairs request_headers -> 0 \":authority\"=\"booking.example\" \":path\"=\"/x\" \
             \":method\"=\"GET\" \":scheme\"=\"http\"",
            "= size request_headers -> 0 53",
            "= get request_headers x-none -> 1",
            "= get response_headers x-none -> 2",
            "= set_pairs request_headers :path=/y a=b=c d= \\x3d=\"\" -> 0",
            "= pairs request_headers -> 0 \":path\"=\"/y\" \"a\"=\"b=c\" \"d\"=\"\" \"=\"=\"\"",
            "= remove request_headers a -> 0",
            "= set_pairs_raw request_headers \\x01 -> 0",
            "= pairs 0 -> 0",
            "= pairs response_trailers -> 0",
            "= pairs 9 -> 2",
            "= size 8 -> 2",
        ]
    );
}

#[test]
fn bodies_are_read_and_written() {
    let script = "request_body: body request_body 1 3\n\
        request_body: buffer_status request_body\n\
        request_body: set_body request_body 0 -1 new\n\
        request_body: body 0 0 -1\n\
        request_body: body response_body 0 9\n\
        request_body: set_body 99 0 0 x\n";
    let mut host = start(host("probe").configuration(script));
    let request = Request::post("/").body("a\nbcdef");
    let exchange = host.worker(0).exchange(request, ok);
    let mut told = logged(&exchange);
    told.retain(|line| line.starts_with('='));
    assert_eq!(
        told,
        [
            "= body request_body 1 3 -> 0 \"\\nbc\"",
            "= buffer_status request_body -> 0 7 0",
            "= set_body request_body 0 -1 new -> 0",
            "= body 0 0 -1 -> 0 \"new\"",
            "= body response_body 0 9 -> 0 \"\"",
            "= set_body 99 0 0 x -> 2",
        ]
    );
    let forwarded = exchange.forwarded.expect("forwarded");
    assert_eq!(forwarded.body_bytes(), b"new");
}

#[test]
fn a_script_replies_pauses_and_closes() {
    let replied = exchange(
        "request_headers: reply 418 teapot short\\sand\\sstout -1 x-a=1 x-b=\n\
         request_headers: return pause\n",
    );
    assert_eq!(replied.status(), 418);
    assert_eq!(replied.text(), "short and stout");
    assert_eq!(replied.header("x-a"), Some(&b"1"[..]));
    assert!(logged(&replied).contains(&"= return pause".to_owned()));

    let paused = exchange("request_headers: return 1");
    assert!(matches!(paused.outcome, Outcome::Paused(_)));
    let resumed = exchange("request_headers: return continue\nrequest_headers: continue_stream request");
    assert_eq!(resumed.status(), 200);
    let closed = exchange("request_headers: close_stream 0");
    assert!(matches!(closed.outcome, Outcome::Reset));
    let refused = host("probe").configuration("configure: return 0").start();
    assert!(matches!(refused, Err(StartError::Refused { .. })));
}

#[test]
fn a_tick_acts_for_a_request_that_is_held() {
    let script = "configure: tick_period 100\n\
        request_headers: return pause\n\
        tick: effective http\n\
        tick: reply 503 late \"\" -1\n";
    let mut host = start(host("probe").configuration(script));
    let vm = host.worker(0);
    let request = Request::get("/x");
    let id = vm.open_stream(StreamInfo {
        source: request.source,
        destination: request.destination,
        protocol: "HTTP/1.1".to_owned(),
        connection_id: 1,
    });
    let direction = Direction::Request;
    let _ = vm.on_headers(id, direction, request.to_map(), true);
    vm.take_log();
    vm.tick();
    assert_eq!(
        messages(&vm.take_log()),
        [
            "> tick root",
            "= effective http -> 0",
            "= reply 503 late \"\" -1 -> 0"
        ]
    );
    let Some(Flow::Reply(reply)) = vm.resumed(id, direction) else {
        panic!("it is still held")
    };
    assert_eq!(reply.status, 503);
    vm.close_stream(id);
}

#[test]
fn shared_data_queues_and_metrics_are_used_by_name() {
    assert_eq!(
        answers(&[
            "data_get k",
            "data_set k one 0",
            "data_get k",
            "data_set k two last",
            "data_set k three last",
            "data_get k",
            "queue_resolve \"\" q",
            "queue_register q",
            "queue_dequeue last",
            "queue_enqueue last v\\0",
            "queue_resolve \"\" q",
            "queue_dequeue last",
            "queue_dequeue 4711",
            "metric_define counter c",
            "metric_inc c 2",
            "metric_inc c 0",
            "metric_record c 3",
            "metric_get c",
            "metric_define gauge g",
            "metric_inc g -5",
            "metric_get g",
            "metric_define 2 h",
            "metric_record h 7",
            "metric_get h",
            "metric_get 4711",
            "metric_define 3 x",
        ]),
        [
            "= data_get k -> 1",
            "= data_set k one 0 -> 0",
            "= data_get k -> 0 \"one\"",
            "= data_set k two last -> 0",
            "= data_set k three last -> 8",
            "= data_get k -> 0 \"two\"",
            "= queue_resolve \"\" q -> 1",
            "= queue_register q -> 0",
            "= queue_dequeue last -> 7",
            "= queue_enqueue last v\\0 -> 0",
            "= queue_resolve \"\" q -> 0",
            "= queue_dequeue last -> 0 \"v\\x00\"",
            "= queue_dequeue 4711 -> 1",
            "= metric_define counter c -> 0",
            "= metric_inc c 2 -> 0",
            "= metric_inc c 0 -> 2",
            "= metric_record c 3 -> 0",
            "= metric_get c -> 0 5",
            "= metric_define gauge g -> 0",
            "= metric_inc g -5 -> 0",
            "= metric_get g -> 0 -5",
            "= metric_define 2 h -> 0",
            "= metric_record h 7 -> 0",
            "= metric_get h -> 2",
            "= metric_get 4711 -> 2",
            "= metric_define 3 x -> 2",
        ]
    );
}

#[test]
fn properties_contexts_the_clock_and_the_log_are_there() {
    assert_eq!(
        answers(&[
            "property request.method",
            "property no.such",
            "set_property mine value",
            "property mine",
            "property filter_state.wasm\\x2emine",
            "effective root",
            "property request.method",
            "effective http",
            "property request.method",
            "effective 4711",
            "done",
            "time",
            "log_level",
            "log warn two words",
            "log 6 x",
            "tick_period 0",
            "status",
            "foreign no_such_function argument",
        ]),
        [
            "= property request.method -> 0 \"GET\"",
            "= property no.such -> 1",
            "= set_property mine value -> 0",
            "= property mine -> 0 \"value\"",
            "= property filter_state.wasm\\x2emine -> 0 \"value\"",
            "= effective root -> 0",
            "= property request.method -> 1",
            "= effective http -> 0",
            "= property request.method -> 0 \"GET\"",
            "= effective 4711 -> 2",
            "= done -> 1",
            "= time -> 0 nonzero",
            "= log_level -> 0 2",
            "two words",
            "= log warn two words -> 0",
            "= log 6 x -> 2",
            "= tick_period 0 -> 0",
            "= status -> 0 0 \"\"",
            "proxy_call_foreign_function: this host has no function \"no_such_function\"",
            "= foreign no_such_function argument -> 1",
        ]
    );
}

#[test]
fn traps_loops_and_memory_are_at_the_script_s_command() {
    let failing = |command: &str| {
        let mut host = start(
            host("probe")
                .configuration(format!("request_headers: {command}"))
                .limits(Limits {
                    callback_time: Duration::from_millis(100),
                    ..Limits::default()
                }),
        );
        let exchange = host.worker(0).exchange(Request::get("/"), ok);
        assert!(logged(&exchange).contains(&format!("= {command}")));
        exchange.failure.expect("a trap").message
    };
    assert!(failing("trap").contains("unreachable"));
    assert!(failing("loop").contains("longer than a callback may"));
    assert_eq!(
        answers(&["grow 16", "grow 65536"]),
        ["= grow 16 -> granted", "= grow 65536 -> refused"]
    );
}
