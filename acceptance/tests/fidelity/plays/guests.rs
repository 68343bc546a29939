//! The small guests that are made with the SDK, from end to end.

use crate::{message::Message, play::Play};

pub(super) fn plays() -> Vec<Play> {
    vec![
        Play::of("guest_noop", "noop").get().send(Message::post("/", "abc")),
        Play::of("guest_http_headers", "http_headers").get().send(Message::get("/hello")),
        Play::of("guest_http_body", "http_body").get().origin(
            Message::response(200).with_pieces(&["one secret, ", "two sec", "rets"]),
        ),
        Play::of("guest_http_config", "http_config").configured("x-a: 1\nx-b: 2\n").get(),
        Play::of("guest_http_auth", "http_auth_random").get().send(Message::post("/", "abc")),
        Play::of("guest_grpc_auth", "grpc_auth_random").get(),
        Play::of("guest_shared_data", "shared_data").get().get().get(),
        Play::of("guest_shared_queue", "shared_queue").get().send(Message::get("/two")).pass(100),
        Play::of("guest_metrics", "metrics").get().send(Message::post("/", "abc")),
        Play::of("guest_ticks", "ticks").configured("2").get().get().get().pass(1_100).get(),
        Play::of("guest_properties", "properties")
            .configured("source.address\nsource.port\nrequest.path\nrequest.method\nrequest.protocol\nplugin_name\nnone")
            .get(),
    ]
}
