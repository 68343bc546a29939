//! What a patient or the payment provider has been told survives the death of the program and of its database.

mod told;
mod visitor;

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use tempfile::NamedTempFile;
use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinSet,
};

use self::{
    told::Told,
    visitor::{Answer, Visitor, Wish},
};
use super::home::Home;
use crate::{
    call_back::SECRET,
    support::{Program, WebClient, program},
};

/// How often the program is killed.
const KILLS: usize = 50;

/// How often the server of the database is killed.
const SERVER_KILLS: usize = 5;

/// Clients that book at the same time.
const CLIENTS: usize = 8;

/// Places in each session: few enough that some queues are full in the end.
const CAPACITY: u32 = 12;

/// What every ticket costs, in dong.
const FEE: u64 = 50_000;

pub(super) async fn a_program_killed_fifty_times_under_load_has_lost_nothing_and_doubled_nothing(home: Home) {
    let key = key_file();
    let mut visitors = Visitor::several(CLIENTS);
    let mut told = Told::default();
    for round in 0..KILLS {
        let origin = Program::start(origin(&home, key.path())).await;
        let (visiting, mut hear) = send(visitors, &origin).await;
        for _ in 0..=(round * 7 % 19) {
            told.note(hear.recv().await.expect("the program answers"));
        }
        origin.kill().await;
        visitors = visiting.join_all().await;
        // What was on its way when the program died has been told all the same.
        while let Some(late) = hear.recv().await {
            told.note(late);
        }
    }
    let origin = Program::start(origin(&home, key.path())).await;
    told.must_be_kept(&home, &origin, visitors).await;
}

pub(super) async fn a_server_killed_under_load_has_lost_nothing_and_the_program_goes_on(home: Home) {
    let Home::Server { server, .. } = &home else {
        panic!("only a server can be killed")
    };
    let key = key_file();
    let mut told = Told::default();
    let origin = Program::start(origin(&home, key.path())).await;
    let (visiting, mut hear) = send(Visitor::several(CLIENTS), &origin).await;
    for round in 0..SERVER_KILLS {
        for _ in 0..(5 + round * 3) {
            told.note(hear.recv().await.expect("the program answers"));
        }
        tokio::task::block_in_place(|| server.kill());
        let ready = WebClient::new(origin.address()).get("/readyz").await;
        assert_eq!(ready.expect("the program lives").status, 503);
        tokio::task::block_in_place(|| server.launch());
    }
    for _ in 0..20 {
        told.note(hear.recv().await.expect("the program goes on"));
    }
    // Nobody listens any more: the visitors go.
    hear.close();
    let visitors = visiting.join_all().await;
    while let Some(late) = hear.recv().await {
        told.note(late);
    }
    told.must_be_kept(&home, &origin, visitors).await;
}

/// Sends visitors to the program, and hears what they are told.
async fn send(
    visitors: Vec<Visitor>,
    origin: &Program,
) -> (JoinSet<Visitor>, UnboundedReceiver<(Wish, Answer)>) {
    let days = days_offered(origin).await;
    let (tell, hear) = mpsc::unbounded_channel();
    let mut visiting = JoinSet::new();
    for visitor in visitors {
        visiting.spawn(visitor.visit(WebClient::new(origin.address()), days.clone(), tell.clone()));
    }
    (visiting, hear)
}

fn key_file() -> NamedTempFile {
    let file = NamedTempFile::new().expect("a file");
    let key = format!("whsec_{}\n", BASE64_STANDARD.encode(SECRET));
    std::fs::write(file.path(), key).expect("the key is written");
    file
}

fn origin(home: &Home, key: &Path) -> tokio::process::Command {
    let mut command = program(home.argument());
    command
        .args(["--capacity", &CAPACITY.to_string()])
        .args(["--fee", &FEE.to_string(), "--pay-to", "970436:0123456789"])
        .arg("--payment-key-file")
        .arg(key)
        // It is meant to fail when its database is killed.
        .env("RUST_LOG", "off");
    command
}

/// Days that can be booked, all sessions of them: not today, whose sessions close, nor the last.
async fn days_offered(origin: &Program) -> Vec<String> {
    let offer = WebClient::new(origin.address()).get("/api/departments").await;
    let offer = offer.expect("an answer").json();
    let days = offer["days"].as_array().expect("days").iter();
    let days = days.map(|day| day.as_str().expect("a day").to_owned());
    days.skip(2).take(3).collect()
}
