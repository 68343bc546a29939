//! Others who stand in line while somebody visits: as many as it takes to keep the line about as long as it is.

use crate::stage::{Client, Stage};
use levee_behaviour::{Message, Site, client::earn};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// The most who come, whatever happens.
const MOST: usize = 2_000;

/// A line that is kept up until it is dropped. Nobody in it comes back, so it moves on.
pub(crate) struct Crowd {
    is_over: Arc<AtomicBool>,
    arrivals: Option<JoinHandle<()>>,
}

impl Crowd {
    /// Returns when so many are in line.
    pub(crate) fn before(stage: &Stage, length: u64) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (tell, told) = mpsc::channel();
        let arrivals = {
            let (client, is_over) = (stage.client(), Arc::clone(&is_over));
            thread::spawn(move || arrive(client, length, &is_over, &tell))
        };
        assert!(told.recv().is_ok(), "nobody has to wait\n{}", stage.log());
        Self {
            is_over,
            arrivals: Some(arrivals),
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(arrivals) = self.arrivals.take() {
            // It has told why it broke off, if it did.
            let _ = arrivals.join();
        }
    }
}

fn arrive(mut client: Client, length: u64, is_over: &AtomicBool, tell: &mpsc::Sender<()>) {
    for _ in 0..MOST {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let clearance = earn(&mut client, &Message::get("/"));
        let answer = client.send(&Message::get("/").cleared(&clearance));
        let place = if answer.status == 503 {
            answer.problem()["line"]["place"].as_u64().unwrap_or_default()
        } else {
            0
        };
        if place >= length {
            // Only the first time matters, and nobody listens after that.
            let _ = tell.send(());
            thread::sleep(Duration::from_millis(300));
        }
    }
}
