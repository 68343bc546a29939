//! Header maps.

use crate::{
    message::Message,
    play::{Play, probe},
};

/// Reads a map of the request in every way.
const LOOK: &str = "pairs request_headers
    get request_headers :path
    get request_headers x-one
    size request_headers
    pairs request_trailers
    get request_trailers x-t
    size request_trailers
    pairs response_headers
    get response_headers :status
    size response_headers
    pairs response_trailers
    get response_trailers x-t
    size response_trailers
    pairs http_call_headers
    get http_call_headers :status
    size http_call_headers
    pairs grpc_initial_metadata
    get grpc_trailing_metadata x
    size grpc_initial_metadata";

/// The same commands in several callbacks.
fn in_each(callbacks: &[&str], commands: &str) -> String {
    let lines = callbacks.iter().flat_map(|callback| {
        commands
            .lines()
            .map(move |line| format!("{callback}: {}", line.trim()))
    });
    lines.collect::<Vec<_>>().join("\n")
}

const EVERYWHERE: [&str; 10] = [
    "context_create",
    "request_headers",
    "request_body",
    "request_trailers",
    "response_headers",
    "response_body",
    "response_trailers",
    "log",
    "done",
    "delete",
];

fn full() -> Message {
    Message::request("POST", "/full")
        .with("x-one", "1")
        .with_pieces(&["abc"])
        .with_trailer("x-t", "2")
}

fn full_response() -> Message {
    Message::response(200)
        .with("x-two", "2")
        .with_pieces(&["def"])
        .with_trailer("x-t", "3")
}

pub(super) fn plays() -> Vec<Play> {
    vec![
        probe("nothing", "").get(),
        probe("nothing_post", "").send(Message::post("/", "abc")),
        probe("nothing_pieces", "")
            .send(
                Message::request("POST", "/p")
                    .with_pieces(&["abc", "defg"])
                    .with_trailer("x-t", "1"),
            )
            .origin(full_response()),
        probe("nothing_head", "").send(Message::request("HEAD", "/")),
        probe("nothing_304", "").get().origin(Message::response(304).with("etag", "x")),
        probe("nothing_204", "").get().origin(Message::response(204)),
        probe("nothing_empty", "").get().origin(Message::response(200)),
        probe("nothing_odd_status", "").get().origin(Message::response(999)),
        probe("nothing_twice", "").get().get(),
        probe(
            "headers_read",
            "request_headers: get request_headers X-One
             request_headers: get request_headers x-one
             request_headers: get request_headers x-none
             request_headers: get request_headers x-bytes
             request_headers: get request_headers x-empty
             request_headers: get request_headers \"\"
             request_headers: get request_headers :path
             request_headers: get request_headers :authority
             request_headers: get request_headers host
             request_headers: get request_headers :none
             request_headers: get request_headers cookie
             request_headers: get response_headers :status
             request_headers: get 8 x
             request_headers: get 4 x
             request_headers: get 6 x
             request_headers: pairs request_headers
             request_headers: pairs response_headers
             request_headers: pairs 8
             request_headers: pairs request_trailers
             request_headers: size request_headers
             request_headers: size response_headers
             request_headers: size 9",
        )
        .send(
            Message::get("/?q=1")
                .with("X-One", "1")
                .with("x-one", "2")
                .with("x-bytes", b"a\xffb")
                .with("x-empty", "")
                .with("Cookie", "a=1")
                .with("cookie", "b=2")
                .with("accept", "text/html")
                .with("accept", "text/plain"),
        ),
        probe("maps_everywhere", &in_each(&EVERYWHERE, LOOK))
            .send(full())
            .origin(full_response()),
        probe("maps_without_trailers", &in_each(&EVERYWHERE, LOOK)).get(),
        probe(
            "maps_outside",
            &in_each(
                &["vm_start", "configure", "tick#1"],
                "get request_headers :path
                 pairs request_headers
                 size request_headers
                 add request_headers x 1
                 body request_body 0 9
                 buffer_status request_body
                 set_body request_body 0 9 x
                 tick_period 30",
            ),
        )
        .vm_configured("tick#2: tick_period 0")
        .pass(300),
        probe(
            "headers_write",
            "request_headers: add request_headers x-one 2
             request_headers: add request_headers X-New n
             request_headers: add request_headers x-new m
             request_headers: add request_headers x-bytes \\xff\\xfe
             request_headers: add request_headers x-empty \"\"
             request_headers: replace request_headers x-two 3
             request_headers: replace request_headers x-absent 4
             request_headers: replace request_headers :path /other?x=1
             request_headers: replace request_headers :authority elsewhere.example
             request_headers: remove request_headers X-Three
             request_headers: remove request_headers x-none
             request_headers: add response_headers x 1
             request_headers: replace response_headers x 1
             request_headers: remove response_headers x
             request_headers: set_pairs response_headers a=b
             request_headers: add 9 x 1
             request_headers: replace 9 x 1
             request_headers: remove 9 x
             request_headers: set_pairs 9 a=b
             request_headers: add http_call_headers x 1
             request_headers: pairs request_headers
             request_headers: size request_headers
             response_headers: add response_headers x-origin 2
             response_headers: add response_headers Set-Cookie a=1
             response_headers: add response_headers set-cookie b=2
             response_headers: replace response_headers x-res 1
             response_headers: replace response_headers :status 201
             response_headers: pairs response_headers",
        )
        .send(
            Message::get("/")
                .with("x-one", "1")
                .with("x-two", "1")
                .with("x-two", "2")
                .with("x-three", "1")
                .with("x-three", "2"),
        ),
        probe(
            "headers_host",
            "request_headers: add request_headers host other.example
             request_headers: get request_headers host
             request_headers: get request_headers :authority
             request_headers: replace request_headers host third.example
             request_headers: get request_headers :authority
             request_headers: remove request_headers host
             request_headers: pairs request_headers",
        )
        .get(),
        probe(
            "headers_inline",
            "request_headers: add request_headers accept b
             request_headers: add request_headers user-agent b
             request_headers: add request_headers content-type b
             request_headers: add request_headers cookie b=2
             request_headers: add request_headers accept-encoding b
             request_headers: add request_headers referer b
             request_headers: pairs request_headers
             response_headers: add response_headers content-type b
             response_headers: add response_headers server b
             response_headers: add response_headers cache-control b
             response_headers: pairs response_headers",
        )
        .send(
            Message::get("/")
                .with("accept", "a")
                .with("user-agent", "a")
                .with("content-type", "a")
                .with("cookie", "a=1")
                .with("accept-encoding", "a")
                .with("referer", "a"),
        )
        .origin(
            Message::response(200)
                .with("content-type", "a")
                .with("server", "a")
                .with("cache-control", "a"),
        ),
        probe(
            "headers_set_pairs",
            "request_headers: set_pairs request_headers :method=GET :path=/set :authority=set.example :scheme=http x-forwarded-proto=http X-A=1 x-a=2 x-b=
             request_headers: pairs request_headers
             response_headers: set_pairs response_headers :status=202 x-c=3
             response_headers: pairs response_headers",
        )
        .get(),
        probe(
            "headers_set_malformed",
            "request_headers: set_pairs_raw request_headers \\x01\\0\\0\\0\\x09\\0\\0\\0
             request_headers: pairs request_headers
             request_headers: set_pairs_raw request_headers \"\"
             request_headers: set_pairs request_headers :method=GET :path=/set :authority=set.example :scheme=http x-forwarded-proto=http
             request_headers: pairs request_headers",
        )
        .get(),
        probe(
            "headers_removed_status",
            "response_headers: remove response_headers :status
             response_headers: pairs response_headers",
        )
        .get(),
        probe(
            "headers_added_pseudo",
            "request_headers: add request_headers :path /b
             request_headers: add request_headers :method POST
             request_headers: pairs request_headers
             response_headers: add response_headers :status 500
             response_headers: pairs response_headers",
        )
        .get(),
        probe("headers_removed_path", "request_headers: remove request_headers :path").get(),
        probe("headers_removed_method", "request_headers: remove request_headers :method").get(),
        probe("headers_removed_authority", "request_headers: remove request_headers :authority").get(),
        probe(
            "headers_bad_values",
            "request_headers: add request_headers x-nl a\\nb
             request_headers: add request_headers x-nul a\\0b
             request_headers: add request_headers x\\sy 1
             request_headers: add request_headers \"\" 1
             request_headers: replace request_headers x-cr a\\rb
             request_headers: pairs request_headers",
        )
        .get(),
        probe(
            "headers_many",
            &in_each(
                &["request_headers"],
                "size request_headers
                 get request_headers x-99",
            ),
        )
        .send((0..90).fold(Message::get("/"), |message, number| message.with(format!("x-{number}"), "v"))),
        probe(
            "trailers_written",
            "request_trailers: add request_trailers x-added 1
             request_trailers: replace request_trailers x-t 9
             request_trailers: add request_headers x-late 1
             request_trailers: pairs request_trailers
             response_trailers: add response_trailers x-added 2
             response_trailers: remove response_trailers x-t
             response_trailers: add response_headers x-late 1
             response_trailers: pairs response_trailers",
        )
        .send(full())
        .origin(full_response()),
        probe(
            "trailers_where_none_are",
            "request_headers: add request_trailers x-added 1
             request_body: add request_trailers x-added 2
             request_body: set_pairs request_trailers x-added=3
             response_headers: add response_trailers x-added 4
             response_body: add response_trailers x-added 5
             response_body: replace response_trailers x-added 6
             response_body: remove response_trailers x-added",
        )
        .send(Message::request("POST", "/").with_pieces(&["abc"]))
        .origin(Message::response(200).with_pieces(&["def"])),
    ]
}
