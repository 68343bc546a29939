//! The command line.

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use clap::{Parser, ValueEnum};

/// A hospital's booking app: patients choose a department, a day and a session and get the next queue number.
///
/// It serves pages in Vietnamese and English, a JSON interface under /api/ (described by /api/openapi.json), a board of
/// the numbers being served at /board and checks of its health at /healthz and /readyz, over plain HTTP/1.1; put a proxy
/// that terminates TLS in front. Numbers of a department and session are consecutive from 1, and a number that has been shown to a
/// patient is on the disk. SIGTERM or SIGINT ends it after the requests that it has taken.
#[derive(Clone, Debug, Parser)]
#[command(name = "levee-origin", version, max_term_width = 100)]
pub struct Config {
    /// Address and port to listen on; port 0 takes a free one, which is printed when it is ready
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Where the tickets are kept: an SQLite file, created when it does not exist (its directory must), or
    /// postgres://USER:PASSWORD@HOST/DATABASE, which may end in ?sslmode=require. PGSSLROOTCERT in the environment names a
    /// file with certificates to know the server by, beside the public ones
    #[arg(long, value_name = "FILE|URL")]
    pub database: Database,

    /// Append one JSON object a line for each request: ts, method, path (as its route, without ticket codes or
    /// query), status (499 when the client did not wait), user_agent, duration_ms
    #[arg(long, value_name = "FILE")]
    pub access_log: Option<PathBuf>,

    /// Name of the hospital, as the pages show it
    #[arg(long, value_name = "NAME", default_value = "Bệnh viện Đa khoa Bến Đê")]
    pub hospital: String,

    /// How many patients each department sees in a session
    #[arg(long, value_name = "PATIENTS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub capacity: u32,

    /// How long a patient's examination takes, for the time at which one is told to expect it
    #[arg(long, value_name = "MINUTES", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=240))]
    pub minutes_per_patient: u32,

    /// Address at which patients reach the pages, such as `https://booking.example`; the QR code of a ticket leads there.
    /// Without it the code holds the ticket's code only
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,

    /// What an examination costs, in dong; 0 for nothing to pay
    #[arg(long, value_name = "DONG", default_value_t = 0)]
    pub fee: u64,

    /// Account that the fee is paid into: the bank's six digits at NAPAS, a colon, the account's number
    #[arg(long, value_name = "BANK:ACCOUNT")]
    pub pay_to: Option<String>,

    /// Name of the account's holder, in capital letters without accents, as banks' apps show it
    #[arg(long, value_name = "NAME", default_value = "BENH VIEN DA KHOA BEN DE")]
    pub pay_name: String,

    /// File with the secret that the payment provider signs its call-backs with, as whsec_ and base64 of 24 to 64 bytes;
    /// a second line may hold the next secret, while both are in use. Without it /payment/callback does not exist
    #[arg(long, value_name = "FILE")]
    pub payment_key_file: Option<PathBuf>,

    /// File with the token that the desk signs in with, 16 or more characters. Without it there is no desk page
    #[arg(long, value_name = "FILE")]
    pub desk_token_file: Option<PathBuf>,

    /// Address and port at which metrics are served for Prometheus, at /metrics; not served without it
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,

    /// How many days after the examination telephone numbers and years of birth are kept
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=3650))]
    pub retention_days: u32,

    /// How long connections are still taken after the call to end, while /readyz already answers 503: give a load
    /// balancer that asks it the time to notice
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=600))]
    pub notice_seconds: u64,

    /// How long requests that have been taken may go on after the call to end
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(0..=600))]
    pub drain_seconds: u64,

    /// How the program's own log is written to standard error; RUST_LOG sets its level (default: info)
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// Where the tickets are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// In a file.
    Sqlite(PathBuf),
    /// At a server of PostgreSQL, with this URL, which may hold a password.
    Postgres(String),
}

impl FromStr for Database {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_url = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        Ok(if is_url {
            Self::Postgres(text.to_owned())
        } else {
            Self::Sqlite(PathBuf::from(text))
        })
    }
}

/// Does not show the URL, for its password.
impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => formatter.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => formatter.write_str("Postgres(..)"),
        }
    }
}

/// The form of the program's own log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}
