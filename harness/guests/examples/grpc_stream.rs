//! Holds every request until a gRPC stream has given back what was sent into it: the request's path.
//!
//! Configuration: none. The service is `echo.Echo` in the cluster `echo`, its method `Stream`; messages are
//! `message Text { bytes text = 1; }`, and the stream answers each with itself. Another answer, or none, is answered with 503.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, HttpContext},
    types::{Action, LogLevel},
};

const CLUSTER: &str = "echo";
const SERVICE: &str = "echo.Echo";
const METHOD: &str = "Stream";
/// The tag of field 1, which is bytes.
const TEXT: u8 = 0x0a;
/// Longer ones would have to be cut: their length takes more than one byte.
const LONGEST: usize = 127;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_http_context(|_, _| Box::new(GrpcStream::default()));
}}

#[derive(Default)]
struct GrpcStream {
    sent: Vec<u8>,
    is_decided: bool,
}

impl GrpcStream {
    fn decide(&mut self, is_echoed: bool) {
        if std::mem::replace(&mut self.is_decided, true) {
            return;
        }
        if is_echoed {
            self.resume_http_request();
        } else {
            self.send_http_response(503, vec![("powered-by", "proxy-wasm")], Some(b"No echo.\n"));
        }
    }
}

impl HttpContext for GrpcStream {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut path = self.get_http_request_header_bytes(":path").unwrap_or_default();
        path.truncate(LONGEST);
        self.sent = message(&path);
        match self.open_grpc_stream(CLUSTER, SERVICE, METHOD, vec![("x-from", b"guest")]) {
            Ok(stream) => self.send_grpc_stream_message(stream, Some(&self.sent), false),
            Err(status) => {
                log::error!("{CLUSTER} cannot be called: {status:?}");
                self.decide(false);
            }
        }
        Action::Pause
    }
}

impl Context for GrpcStream {
    fn on_grpc_stream_initial_metadata(&mut self, _: u32, count: u32) {
        log::info!("the stream begins with {count} pairs of metadata");
    }

    fn on_grpc_stream_message(&mut self, stream: u32, size: usize) {
        let echo = self.get_grpc_stream_message(0, size).unwrap_or_default();
        log::info!("the stream has sent {size} bytes");
        self.close_grpc_stream(stream);
        self.decide(echo == self.sent);
    }

    fn on_grpc_stream_trailing_metadata(&mut self, _: u32, count: u32) {
        log::info!("the stream ends with {count} pairs of metadata");
    }

    fn on_grpc_stream_close(&mut self, _: u32, status: u32) {
        log::info!("the stream is closed with status {status}");
        self.decide(false);
    }
}

fn message(text: &[u8]) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or_default();
    [&[TEXT, length], text].concat()
}
