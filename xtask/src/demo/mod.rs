//! The incident, played on real sockets: `cargo xtask demo`.

mod browser;
mod census;
mod crowd;
mod device;
mod flood;
mod incident;
mod loopback;
mod pacer;
mod page;
mod patient;
#[cfg(test)]
mod stand_in;
mod tally;
mod verdict;
