//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, ValueEnum};

/// A hospital's booking app: patients choose a department and a day and get the next queue number.
///
/// It serves pages in Vietnamese and English, a JSON interface under /api/ and a health check at /healthz, over
/// plain HTTP/1.1; put a proxy that terminates TLS in front. Numbers of a department and day are consecutive from
/// 1, and a number that has been shown to a patient is on the disk. SIGTERM or SIGINT ends it after the requests
/// that it has taken.
#[derive(Clone, Debug, Parser)]
#[command(name = "levee-origin", version, max_term_width = 100)]
pub struct Config {
    /// Address and port to listen on; port 0 takes a free one, which is printed when it is ready
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// SQLite file that holds the tickets; created when it does not exist (its directory must)
    #[arg(long, value_name = "FILE")]
    pub database: PathBuf,

    /// Append one JSON object a line for each request: ts, method, path (as its route, without ticket codes or
    /// query), status (499 when the client did not wait), user_agent, duration_ms
    #[arg(long, value_name = "FILE")]
    pub access_log: Option<PathBuf>,

    /// Name of the hospital, as the pages show it
    #[arg(long, value_name = "NAME", default_value = "Bệnh viện Đa khoa Bến Đê")]
    pub hospital: String,

    /// How the program's own log is written to standard error; RUST_LOG sets its level (default: info)
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// The form of the program's own log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}
