//! How many bookings a second the program takes, on SQLite and on PostgreSQL, as durable as it is shipped and without.
//!
//! Sixteen clients book through HTTP for all departments of one day, each on a connection that it keeps; the program runs
//! on the same machine. Rounds of all stages alternate, so that a machine that grows slower is slower for all of them;
//! medians are printed. Without durability means a SQLite file in memory (`/dev/shm`), where a sync costs nothing, and
//! PostgreSQL with `fsync = off`: the app is the same, it waits for the same acknowledgements.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot measure has nothing to say"
)]

#[path = "../tests/origin/databases/server.rs"]
#[expect(dead_code, reason = "tests ask more of it")]
mod server;

use std::{
    net::SocketAddr,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use bytes::Bytes;
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use levee_testing::Program;
use tempfile::TempDir;
use tokio::task::JoinSet;

use self::server::Server;

const CLIENTS: usize = 16;

/// Rounds that count, after one that does not.
const ROUNDS: usize = 7;

/// How long a round goes on.
const ROUND: Duration = Duration::from_secs(2);

/// What a large hospital gives out.
const BOOKINGS_A_DAY: f64 = 400.0;

const DEPARTMENTS: [&str; 6] = [
    "internal-medicine",
    "paediatrics",
    "obstetrics",
    "cardiology",
    "ear-nose-throat",
    "orthopaedics",
];

/// The program on a database.
struct Stage {
    name: &'static str,
    address: SocketAddr,
    rates: Vec<f64>,
    // Ended in this order.
    _program: Program,
    _folder: Option<TempDir>,
    _server: Option<Server>,
}

impl Stage {
    fn on_file(name: &'static str, folder: TempDir) -> Self {
        let program = start(folder.path().join("tickets.db").as_os_str());
        Self::of(name, program, Some(folder), None)
    }

    fn on_server(name: &'static str, settings: &[&str]) -> Self {
        let server = Server::start(settings);
        let database = server.new_database();
        let program = start(server.url_of(&database).as_ref());
        Self::of(name, program, None, Some(server))
    }

    fn of(name: &'static str, mut program: Program, folder: Option<TempDir>, server: Option<Server>) -> Self {
        Self {
            name,
            address: program.wait_for_address().unwrap(),
            rates: Vec::new(),
            _program: program,
            _folder: folder,
            _server: server,
        }
    }

    fn median(&self) -> f64 {
        let mut rates = self.rates.clone();
        rates.sort_unstable_by(f64::total_cmp);
        rates[rates.len() / 2]
    }
}

fn start(database: &std::ffi::OsStr) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_levee-origin"));
    command
        .args(["--listen", "127.0.0.1:0", "--capacity", "100000", "--database"])
        .arg(database);
    Program::spawn(&mut command).unwrap()
}

fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut stages = [
        Stage::on_file(
            "SQLite",
            tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
        ),
        Stage::on_server("PostgreSQL", &[]),
        Stage::on_file(
            "SQLite, in memory",
            tempfile::tempdir_in(Path::new("/dev/shm")).unwrap(),
        ),
        Stage::on_server(
            "PostgreSQL, fsync = off",
            &["fsync = off", "full_page_writes = off"],
        ),
    ];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for round in 0..=ROUNDS {
        for stage in &mut stages {
            let rate = runtime.block_on(bookings_a_second(stage.address));
            if round > 0 {
                stage.rates.push(rate);
            }
        }
    }
    println!("{}", table(&stages));
}

fn table(stages: &[Stage]) -> Table {
    let durable = stages.first().map_or(f64::NAN, Stage::median);
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "Database",
        "Bookings/s, median",
        "least",
        "most",
        "of SQLite's",
        "400 bookings take",
    ]);
    for stage in stages {
        let median = stage.median();
        let (least, most) = stage.rates.iter().fold((f64::MAX, 0_f64), |(least, most), rate| {
            (least.min(*rate), most.max(*rate))
        });
        table.add_row([
            stage.name.to_owned(),
            format!("{median:.0}"),
            format!("{least:.0}"),
            format!("{most:.0}"),
            format!("{:.2}", median / durable),
            format!("{:.1} s", BOOKINGS_A_DAY / median),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// One round.
async fn bookings_a_second(address: SocketAddr) -> f64 {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let day = second_day(&client, address).await;
    let start = Instant::now();
    let mut clients = JoinSet::new();
    for nth in 0..CLIENTS {
        clients.spawn(book_until(
            start + ROUND,
            client.clone(),
            address,
            day.clone(),
            nth,
        ));
    }
    let booked: u32 = clients.join_all().await.into_iter().sum();
    f64::from(booked) / start.elapsed().as_secs_f64()
}

type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// Today's sessions may be over.
async fn second_day(client: &HttpClient, address: SocketAddr) -> String {
    let offer = Request::get(format!("http://{address}/api/departments")).body(Full::default());
    let offer = client
        .request(offer.unwrap())
        .await
        .unwrap()
        .into_body()
        .collect()
        .await;
    let offer: serde_json::Value = serde_json::from_slice(&offer.unwrap().to_bytes()).unwrap();
    offer["days"][1].as_str().unwrap().to_owned()
}

async fn book_until(end: Instant, client: HttpClient, address: SocketAddr, day: String, nth: usize) -> u32 {
    let mut booked = 0;
    for department in DEPARTMENTS.iter().cycle().skip(nth) {
        if Instant::now() >= end {
            break;
        }
        let body = format!(r#"{{"department":"{department}","day":"{day}"}}"#);
        let request = Request::post(format!("http://{address}/api/tickets"))
            .header("content-type", "application/json")
            .body(Full::from(body));
        let answer = client.request(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.into_body().collect().await.unwrap();
        booked += 1;
    }
    booked
}
