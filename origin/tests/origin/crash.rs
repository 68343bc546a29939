//! Numbers survive the death of the program.

use std::{
    collections::{BTreeMap, HashSet},
    net::SocketAddr,
};

use tokio::{sync::mpsc, task::JoinSet};

use crate::support::{Issued, Program, Queue, WebClient, assert_consecutive, numbers_in, program};

/// The program is killed after so many acknowledged bookings, each time.
const ROUNDS: [usize; 5] = [1, 40, 97, 150, 23];

/// Clients that book at the same time.
const CLIENTS: usize = 12;

#[tokio::test]
async fn a_program_killed_under_load_has_lost_no_ticket_that_it_told_of_and_none_is_double() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("tickets.db");
    let mut told: Vec<(Queue, Issued)> = Vec::new();

    for bookings in ROUNDS {
        let origin = Program::start(program(&database)).await;
        let days = days_offered(origin.address()).await;
        let (tell, mut hear) = mpsc::unbounded_channel();
        let mut clients = JoinSet::new();
        for index in 0..CLIENTS {
            clients.spawn(book_until_no_answer(
                origin.address(),
                index,
                days[..2].to_vec(),
                tell.clone(),
            ));
        }
        drop(tell);
        for _ in 0..bookings {
            told.push(hear.recv().await.unwrap());
        }
        origin.kill().await;
        clients.join_all().await;
        // What was on its way when the program died has been told all the same.
        while let Some(late) = hear.recv().await {
            told.push(late);
        }
    }

    let origin = Program::start(program(&database)).await;
    let client = WebClient::new(origin.address());
    for (queue, issued) in &told {
        let found = client
            .get(&format!("/api/tickets/{}", issued.code))
            .await
            .unwrap();
        assert_eq!(found.status, 200, "told of, then lost: {queue:?} {issued:?}");
        assert_eq!(&found.issued(), issued);
    }
    origin.kill().await;

    assert!(told.len() >= ROUNDS.iter().sum());
    let mut told_by_queue = BTreeMap::<Queue, HashSet<u32>>::new();
    for (queue, issued) in told {
        assert!(
            told_by_queue.entry(queue).or_default().insert(issued.number),
            "double: {issued:?}"
        );
    }
    let kept = numbers_in(&database);
    assert_eq!(
        kept.keys().collect::<Vec<_>>(),
        told_by_queue.keys().collect::<Vec<_>>()
    );
    for numbers in kept.values() {
        assert_consecutive(numbers);
    }
}

async fn days_offered(address: SocketAddr) -> Vec<String> {
    let offer = WebClient::new(address)
        .get("/api/departments")
        .await
        .unwrap()
        .json();
    offer["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| day.as_str().unwrap().to_owned())
        .collect()
}

/// Books, by page or by API, until the program no longer answers.
async fn book_until_no_answer(
    address: SocketAddr,
    index: usize,
    days: Vec<String>,
    tell: mpsc::UnboundedSender<(Queue, Issued)>,
) {
    let client = WebClient::new(address);
    for attempt in index.. {
        let department = ["cardiology", "paediatrics"][attempt % 2];
        let day = days[attempt / 2 % days.len()].clone();
        let booked = if index.is_multiple_of(3) {
            client.book_by_page(department, &day).await
        } else {
            client.book_by_api(department, &day).await
        };
        let Ok(issued) = booked else { return };
        if tell.send(((department.to_owned(), day), issued)).is_err() {
            return;
        }
    }
}
