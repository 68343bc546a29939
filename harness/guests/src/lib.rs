//! Small Proxy-Wasm filters, each with one purpose, that the harness is tested with.
