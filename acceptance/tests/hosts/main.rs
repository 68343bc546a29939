//! The module that is shipped, in real hosts: what users rely on, and what an operator meets when it starts.

mod apps;
mod crowd;
mod echo;
mod edge;
mod flood;
mod in_harness;
mod load;
mod needs_chromium;
mod needs_envoy;
mod needs_workerd;
mod over_sockets;
mod stage;
mod talk;
mod text_browser;
mod wire;
