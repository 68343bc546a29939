//! Lets requests through by chance: calls a gRPC service that fails at random and goes on if the status is even.
//!
//! Configuration: none. The service is `grpcbin.GRPCBin` in the cluster `grpcbin`, its method `RandomError`. An odd status is
//! answered with 403, and with 503 if there is nobody to call, both with a header `powered-by`.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::{Action, LogLevel},
};
use std::time::Duration;

const CLUSTER: &str = "grpcbin";
const SERVICE: &str = "grpcbin.GRPCBin";
const METHOD: &str = "RandomError";
const TIMEOUT: Duration = Duration::from_secs(1);

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(GrpcAuthRandom));
}}

struct GrpcAuthRandom;

impl GrpcAuthRandom {
    fn refuse(&self, status: u32, why: &str) {
        self.send_http_response(
            status,
            vec![("powered-by", "proxy-wasm")],
            Some(format!("{why}\n").as_bytes()),
        );
    }
}

impl HttpContext for GrpcAuthRandom {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        // The method takes an empty message.
        if let Err(status) = self.dispatch_grpc_call(CLUSTER, SERVICE, METHOD, vec![], None, TIMEOUT) {
            log::error!("{CLUSTER} cannot be called: {status:?}");
            self.refuse(503, "Nobody can be asked.");
        }
        Action::Pause
    }
}

impl Context for GrpcAuthRandom {
    fn on_grpc_call_response(&mut self, _: u32, status: u32, _: usize) {
        log::info!("the service answers with status {status}");
        if status.is_multiple_of(2) {
            self.resume_http_request();
        } else {
            self.refuse(403, "The status was odd.");
        }
    }
}
