//! The small guests that are made with the SDK, from end to end.

use crate::{message::Message, play::Play};

pub(super) fn plays() -> Vec<Play> {
    vec![
        Play::of("guest_http_body", "http_body")
            .get()
            .origin(Message::response(200).with_pieces(&["one secret, ", "two sec", "rets"])),
        Play::of("guest_http_auth", "http_auth_random")
            .get()
            .send(Message::post("/", "abc")),
        Play::of("guest_grpc_auth", "grpc_auth_random").get(),
        Play::of("guest_shared_data", "shared_data").get().get().get(),
    ]
}
