//! Counts the bytes of TCP connections, replaces `ping` by `pong` on the way to the origin, and logs how a connection ends.
//!
//! Configuration: none. A `ping` that arrives in two pieces stays as it is.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, RootContext, StreamContext},
    types::{Action, ContextType, LogLevel, PeerType},
};

const PING: &[u8] = b"ping";
const PONG: &[u8] = b"pong";

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root));
}}

struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn create_stream_context(&self, _: u32) -> Option<Box<dyn StreamContext>> {
        Some(Box::new(Tcp::default()))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::StreamContext)
    }
}

#[derive(Default)]
struct Tcp {
    from_downstream: usize,
    from_upstream: usize,
}

impl Context for Tcp {}

impl StreamContext for Tcp {
    fn on_new_connection(&mut self) -> Action {
        log::info!("connected");
        Action::Continue
    }

    fn on_downstream_data(&mut self, size: usize, _: bool) -> Action {
        self.from_downstream += size;
        if let Some(mut data) = self.get_downstream_data(0, size)
            && replace(&mut data)
        {
            self.set_downstream_data(0, size, &data);
        }
        Action::Continue
    }

    fn on_downstream_close(&mut self, peer: PeerType) {
        log::info!(
            "downstream is closed, {}: {} bytes",
            side(peer),
            self.from_downstream
        );
    }

    fn on_upstream_data(&mut self, size: usize, _: bool) -> Action {
        self.from_upstream += size;
        Action::Continue
    }

    fn on_upstream_close(&mut self, peer: PeerType) {
        log::info!("upstream is closed, {}: {} bytes", side(peer), self.from_upstream);
    }
}

/// True if anything was replaced.
fn replace(data: &mut [u8]) -> bool {
    let mut has_changed = false;
    let mut rest = data;
    while rest.len() >= PING.len() {
        if rest.starts_with(PING) {
            rest[..PING.len()].copy_from_slice(PONG);
            has_changed = true;
        }
        rest = &mut rest[1..];
    }
    has_changed
}

fn side(peer: PeerType) -> &'static str {
    match peer {
        PeerType::Local => "by this side",
        PeerType::Remote => "by the other side",
        _ => "by somebody",
    }
}
