//! Limits how many requests a worker forwards: each takes a token, ticks bring new ones, and without a token there is 429.
//!
//! Configuration: how many tokens there are for each second, 5 if it is empty.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{Action, ContextType, LogLevel},
};
use std::{cell::Cell, rc::Rc, time::Duration};

const TOKENS: u32 = 5;
const PERIOD: Duration = Duration::from_secs(1);

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root { limit: TOKENS, left: Rc::default() }));
}}

struct Root {
    limit: u32,
    left: Rc<Cell<u32>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        if size > 0 {
            let text = self.get_plugin_configuration().unwrap_or_default();
            let Some(limit) = str::from_utf8(&text)
                .ok()
                .and_then(|text| text.trim().parse().ok())
            else {
                log::error!("the configuration is no number of tokens");
                return false;
            };
            self.limit = limit;
        }
        self.left.set(self.limit);
        hostcalls::set_tick_period(PERIOD).is_ok()
    }

    fn on_tick(&mut self) {
        self.left.set(self.limit);
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Ticks {
            left: Rc::clone(&self.left),
        }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct Ticks {
    left: Rc<Cell<u32>>,
}

impl Context for Ticks {}

impl HttpContext for Ticks {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Action::Continue
            }
            None => {
                self.send_http_response(429, vec![("retry-after", "1")], Some(b"Too many requests.\n"));
                Action::Pause
            }
        }
    }
}
