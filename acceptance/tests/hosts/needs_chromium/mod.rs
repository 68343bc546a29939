//! People's way in, in a real browser.

mod needs_envoy;
