//! A flood that goes on while somebody else visits: bounded in rate, number and time, and from this machine to itself.

use crate::stage::{Client, Stage};
use levee_behaviour::{Message, Site};
use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The most requests, whatever happens.
const MOST: usize = 20_000;

/// Between two requests.
const PAUSE: Duration = Duration::from_millis(3);

/// Where they come from: 127.0.0.1, where also people come from, and its neighbours.
const BOTS: u8 = 20;

/// What was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) requests: usize,
    pub(crate) lasted: Duration,
}

/// A flood that is on.
pub(crate) struct Flood {
    is_over: Arc<AtomicBool>,
    sender: JoinHandle<Sent>,
}

impl Flood {
    /// What its requests say that they are.
    pub(crate) const USER_AGENT: &str = "flood";

    /// Begins, and returns when a site has refused it: the free lane is spent, and people's own address has had its part.
    pub(crate) fn against(stage: &Stage) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (tell, told) = mpsc::channel();
        let sender = {
            let (client, is_over) = (stage.client(), Arc::clone(&is_over));
            thread::spawn(move || send(client, &is_over, &tell))
        };
        assert!(told.recv().is_ok(), "the flood came to nothing\n{}", stage.log());
        Self { is_over, sender }
    }

    /// Ends it.
    pub(crate) fn end(self) -> Sent {
        self.is_over.store(true, Ordering::Relaxed);
        self.sender
            .join()
            .unwrap_or_else(|_| panic!("the flood broke off"))
    }
}

fn send(mut client: Client, is_over: &AtomicBool, tell: &mpsc::Sender<()>) -> Sent {
    let begun = Instant::now();
    let mut requests = 0;
    let ask = |client: &mut Client, host| {
        let mut message = Message::navigation("/").with("user-agent", Flood::USER_AGENT);
        message.peer = Ipv4Addr::new(127, 0, 0, host);
        client.send(&message).status == 200
    };
    // At first from people's address alone, so that what it gets for nothing is spent for the rest of the test.
    while ask(&mut client, 1) {
        requests += 1;
    }
    while requests < MOST && !is_over.load(Ordering::Relaxed) {
        let mut served = 0;
        for host in 1..=BOTS {
            served += u8::from(ask(&mut client, host));
            requests += 1;
            thread::sleep(PAUSE);
        }
        if served < BOTS {
            // Only the first time matters, and nobody listens after that.
            let _ = tell.send(());
        }
    }
    Sent {
        requests,
        lasted: begun.elapsed(),
    }
}
