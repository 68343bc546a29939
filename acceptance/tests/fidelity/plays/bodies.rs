//! Bodies and other buffers.

use crate::{
    message::Message,
    play::{Play, probe},
};

fn pieces() -> Message {
    Message::request("POST", "/").with_pieces(&["abc", "defg", "hi"])
}

/// Three pieces of a body, 30,000 bytes together.
fn large(message: Message) -> Message {
    let piece = "x".repeat(10_000);
    message.with_pieces(&[&piece, &piece, &piece])
}

pub(super) fn plays() -> Vec<Play> {
    vec![
        probe(
            "body_read",
            "request_headers: body request_body 0 10
             request_headers: buffer_status request_body
             request_body: body request_body 0 100
             request_body: body request_body 1 2
             request_body: body request_body 3 2
             request_body: body request_body 4 2
             request_body: body request_body 1000 2
             request_body: body request_body -1 2
             request_body: body request_body 0 -1
             request_body: body request_body 2 0
             request_body: buffer_status request_body
             request_body: body response_body 0 10
             request_body: buffer_status response_body
             request_body: body downstream_data 0 10
             request_body: buffer_status downstream_data
             request_body: body upstream_data 0 10
             request_body: body http_call_body 0 10
             request_body: body grpc_message 0 10
             request_body: body vm_configuration 0 10
             request_body: body plugin_configuration 0 10
             request_body: body foreign_arguments 0 10
             request_body: body 9 0 10
             request_body: buffer_status 9
             request_body: buffer_status plugin_configuration
             response_body: body response_body 0 100
             response_body: buffer_status response_body
             response_body: body request_body 0 100
             log: body request_body 0 10
             log: body response_body 0 10
             done: body response_body 0 10",
        )
        .send(Message::post("/", "abcd")),
        probe(
            "body_held",
            "request_body#1: return pause
             request_body#2: return pause
             request_body: body request_body 0 100
             response_body#1: return pause
             response_body: body response_body 0 100",
        )
        .send(pieces())
        .origin(Message::response(200).with_pieces(&["one", "two", "three"])),
        probe(
            "body_held_with_trailers",
            "request_body: return pause
             request_body: body request_body 0 100
             request_trailers: body request_body 0 100
             request_trailers: buffer_status request_body
             response_body: return pause
             response_trailers: body response_body 0 100",
        )
        .send(pieces().with_trailer("x-t", "1"))
        .origin(
            Message::response(200)
                .with_pieces(&["one", "two"])
                .with_trailer("x-t", "2"),
        ),
        probe(
            "body_replaced",
            "request_body#1: set_body request_body 0 100 all
             request_body#2: set_body request_body 0 0 before-
             request_body#3: set_body request_body 100 0 -behind
             response_headers: remove response_headers content-length
             response_body#1: set_body response_body 0 -1 instead
             response_body#1: body response_body 0 100",
        )
        .send(pieces()),
        probe(
            "body_partial",
            "request_body#1: set_body request_body 1 1 X
             request_body#1: body request_body 0 100
             request_body#1: set_body request_body 0 1 X
             request_body#1: body request_body 0 100
             request_body#1: set_body request_body 1 2 X
             request_body#1: body request_body 0 100
             request_body#1: set_body request_body 3 0 X
             request_body#1: body request_body 0 100
             request_body#1: set_body request_body 4 2 Y
             request_body#1: body request_body 0 100
             request_body#1: set_body request_body 2 100 Z
             request_body#1: body request_body 0 100
             request_body#1: set_body request_body 0 4 W
             request_body#1: body request_body 0 100
             request_body#1: set_body request_body 0 3 W
             request_body#1: body request_body 0 100
             request_body#1: body request_body 0 100
             request_body#1: set_body response_body 0 3 W
             request_body#1: set_body vm_configuration 0 3 W
             request_body#1: set_body http_call_body 0 3 W
             request_body#1: set_body 9 0 3 W",
        )
        .send(Message::request("POST", "/").with_pieces(&["abc"])),
        probe(
            "body_emptied",
            "request_body: set_body request_body 0 1000 \"\"
             response_headers: remove response_headers content-length
             response_body: set_body response_body 0 1000 \"\"",
        )
        .send(pieces()),
        probe(
            "body_added_at_the_end",
            "request_body#4: set_body request_body 0 0 more
             response_headers: remove response_headers content-length
             response_body#2: set_body response_body 0 0 more",
        )
        .send(pieces()),
        probe(
            "body_wrong_length",
            "response_body#1: set_body response_body 0 0 much-more",
        )
        .get(),
        probe("body_beyond_the_limit", "request_body: return pause")
            .buffer(16_384)
            .send(large(Message::request("POST", "/large"))),
        // Only the second piece is too much.
        probe("body_let_go_at_the_limit", "request_body#1: return pause")
            .buffer(16_384)
            .send(large(Message::request("POST", "/large"))),
        probe("body_response_beyond_the_limit", "response_body: return pause")
            .buffer(16_384)
            .get()
            .origin(large(Message::response(200))),
        probe(
            "configurations",
            "vm_start: body vm_configuration 0 20
             vm_start: body plugin_configuration 0 20
             vm_start: buffer_status vm_configuration
             vm_start: buffer_status plugin_configuration
             configure: body vm_configuration 0 20
             configure: body plugin_configuration 0 20
             configure: buffer_status vm_configuration
             configure: set_body plugin_configuration 0 1 x
             request_headers: body vm_configuration 0 20
             request_headers: body plugin_configuration 0 20
             request_headers: buffer_status plugin_configuration",
        )
        .vm_configured("vm_start: body vm_configuration 0 20\nvm_start: body plugin_configuration 0 20")
        .get(),
    ]
}
