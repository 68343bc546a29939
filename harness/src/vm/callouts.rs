//! A guest's calls to other services: what it asks for, and the answers.

use super::{ROOT, Vm};
use crate::callout::{Callout, CalloutId, CalloutKind, Delivered};
use crate::headers::Headers;
use crate::message::Response;

/// gRPC's `OK`.
const GRPC_OK: u32 = 0;

impl Vm {
    /// What the guest has asked of other services since this was last called, in order.
    pub fn take_callouts(&mut self) -> Vec<Callout> {
        std::mem::take(&mut self.store.data_mut().callouts.outbox)
    }

    /// Whether the guest still waits for that call.
    #[must_use]
    pub fn awaits(&self, id: CalloutId) -> bool {
        self.store.data().callouts.pending.contains_key(&id.0)
    }

    /// The answer to an HTTP call: `proxy_on_http_call_response`. `None` when the call has failed or its time is over.
    ///
    /// An answer that the guest does not wait for is ignored; so for all below.
    pub fn on_http_call_response(&mut self, id: CalloutId, response: Option<&Response>) {
        if !self.forget(id, &[CalloutKind::Http]) {
            return;
        }
        let (headers, body, trailers) = response.map_or_else(Default::default, |response| {
            (
                response.to_map(),
                response.body_bytes(),
                response.trailers.clone().unwrap_or_default(),
            )
        });
        let params = (
            ROOT,
            id.0,
            count(headers.len()),
            count(body.len()),
            count(trailers.len()),
        );
        self.deliver(
            Delivered {
                http_headers: Some(headers),
                http_body: Some(body),
                http_trailers: Some(trailers),
                ..Delivered::default()
            },
            |vm| {
                let callback = vm.exports.http_call_response.clone();
                let _ = vm.call(ROOT, "proxy_on_http_call_response", callback, params);
            },
        );
    }

    /// Initial metadata of a gRPC answer: `proxy_on_grpc_receive_initial_metadata`.
    pub fn on_grpc_initial_metadata(&mut self, id: CalloutId, metadata: Headers) {
        if !self.awaits(id) {
            return;
        }
        let params = (ROOT, id.0, count(metadata.len()));
        self.deliver(
            Delivered {
                initial_metadata: Some(metadata),
                ..Delivered::default()
            },
            |vm| {
                let callback = vm.exports.grpc_initial_metadata.clone();
                let _ = vm.call(ROOT, "proxy_on_grpc_receive_initial_metadata", callback, params);
            },
        );
    }

    /// A message of a gRPC answer: `proxy_on_grpc_receive`. For a call it is the last of the answer.
    pub fn on_grpc_receive(&mut self, id: CalloutId, message: Vec<u8>) {
        if !self.awaits(id) {
            return;
        }
        self.forget(id, &[CalloutKind::GrpcCall]);
        let params = (ROOT, id.0, count(message.len()));
        self.store.data_mut().callouts.status = (GRPC_OK, Vec::new());
        self.deliver(
            Delivered {
                message: Some(message),
                ..Delivered::default()
            },
            |vm| {
                let callback = vm.exports.grpc_receive.clone();
                let _ = vm.call(ROOT, "proxy_on_grpc_receive", callback, params);
            },
        );
    }

    /// Trailing metadata of a gRPC answer: `proxy_on_grpc_receive_trailing_metadata`.
    pub fn on_grpc_trailing_metadata(&mut self, id: CalloutId, metadata: Headers) {
        if !self.awaits(id) {
            return;
        }
        let params = (ROOT, id.0, count(metadata.len()));
        self.deliver(
            Delivered {
                trailing_metadata: Some(metadata),
                ..Delivered::default()
            },
            |vm| {
                let callback = vm.exports.grpc_trailing_metadata.clone();
                let _ = vm.call(ROOT, "proxy_on_grpc_receive_trailing_metadata", callback, params);
            },
        );
    }

    /// The end of a gRPC stream, or of a call that has failed: `proxy_on_grpc_close`, with a status of gRPC.
    pub fn on_grpc_close(&mut self, id: CalloutId, status: u32, message: &str) {
        // Until the guest knows it, it may send.
        let kind = self.store.data().callouts.pending.get(&id.0).copied();
        if !matches!(kind, Some(CalloutKind::GrpcCall | CalloutKind::GrpcStream)) {
            return;
        }
        self.store.data_mut().callouts.status = (status, message.as_bytes().to_vec());
        self.deliver(Delivered::default(), |vm| {
            let callback = vm.exports.grpc_close.clone();
            let _ = vm.call(ROOT, "proxy_on_grpc_close", callback, (ROOT, id.0, status));
        });
        self.store.data_mut().callouts.pending.remove(&id.0);
    }

    /// The guest waits for it no longer. Returns whether it did, for a call of one of these kinds.
    fn forget(&mut self, id: CalloutId, kinds: &[CalloutKind]) -> bool {
        let pending = &mut self.store.data_mut().callouts.pending;
        let known = pending.get(&id.0).is_some_and(|kind| kinds.contains(kind));
        if known {
            pending.remove(&id.0);
        }
        known
    }

    fn deliver(&mut self, delivered: Delivered, callback: impl FnOnce(&mut Self)) {
        self.store.data_mut().callouts.delivered = delivered;
        callback(self);
        self.store.data_mut().callouts.delivered = Delivered::default();
        self.delete_finished();
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
