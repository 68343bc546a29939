//! Answers every request with what the host knows about it.
//!
//! Configuration: the properties, one a line, dots between the segments of their paths, such as `source.address`. The answer
//! has a line `name = value` for each; bytes that are no printable text are shown in hexadecimal digits.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{Action, Bytes, ContextType, LogLevel, Status},
};
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root::default()));
}}

#[derive(Default)]
struct Root {
    names: Rc<[String]>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let text = self.get_plugin_configuration().unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        self.names = lines.map(str::to_owned).collect();
        true
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Properties {
            names: Rc::clone(&self.names),
        }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct Properties {
    names: Rc<[String]>,
}

impl Context for Properties {}

impl HttpContext for Properties {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let mut body = String::new();
        for name in &*self.names {
            // Not the trait's method, which panics where the host has failed.
            let value = hostcalls::get_property(name.split('.').collect());
            body.push_str(&format!("{name} = {}\n", shown(value)));
        }
        self.send_http_response(200, vec![("content-type", "text/plain")], Some(body.as_bytes()));
        Action::Pause
    }
}

fn shown(value: Result<Option<Bytes>, Status>) -> String {
    match value {
        Ok(Some(bytes)) => match String::from_utf8(bytes) {
            Ok(text) if !text.chars().any(char::is_control) => text,
            Ok(text) => hexadecimal(text.as_bytes()),
            Err(error) => hexadecimal(error.as_bytes()),
        },
        Ok(None) => "(none)".to_owned(),
        Err(status) => format!("({status:?})"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
