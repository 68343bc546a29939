//! Adds headers to every response.
//!
//! Configuration: the headers, one `name: value` a line. Anything else is refused.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    traits::{Context, HttpContext, RootContext},
    types::{Action, ContextType, LogLevel},
};
use std::rc::Rc;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root::default()));
}}

/// Names and values.
type Headers = Rc<[(String, String)]>;

#[derive(Default)]
struct Root {
    headers: Headers,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        match parse(&self.get_plugin_configuration().unwrap_or_default()) {
            Ok(headers) => {
                self.headers = headers;
                true
            }
            Err(problem) => {
                log::error!("the configuration is refused: {problem}");
                false
            }
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(HttpConfig {
            headers: Rc::clone(&self.headers),
        }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

fn parse(text: &[u8]) -> Result<Headers, String> {
    let text = str::from_utf8(text).map_err(|error| error.to_string())?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| match line.split_once(':') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok((name.trim().to_owned(), value.trim().to_owned()))
            }
            _ => Err(format!("{line:?} is no header")),
        })
        .collect()
}

struct HttpConfig {
    headers: Headers,
}

impl Context for HttpConfig {}

impl HttpContext for HttpConfig {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        for (name, value) in &*self.headers {
            self.add_http_response_header(name, value);
        }
        Action::Continue
    }
}
