//! A machine that asks for one thing and goes.

use super::{Account, Client, Happened, Step, address::with_port};
use crate::scenario::Crawlers;
use levee_harness::Request;
use rand::rngs::StdRng;
use std::{sync::Arc, time::Duration};

/// One request of a crawler.
#[derive(Debug)]
pub(super) struct Crawler {
    crawlers: Arc<Crawlers>,
    nth: u64,
}

impl Crawler {
    /// The `nth` request of this population.
    pub(super) fn new(crawlers: &Arc<Crawlers>, nth: u64) -> Self {
        Self {
            crawlers: Arc::clone(crawlers),
            nth,
        }
    }

    fn request(&self, draw: &mut StdRng) -> Option<Request> {
        let Crawlers { paths, addresses, .. } = &*self.crawlers;
        let path = paths.get((self.nth % paths.len().max(1) as u64) as usize)?;
        let address = addresses.get((self.nth % addresses.len().max(1) as u64) as usize)?;
        let request = Request::get(path)
            .source(with_port(*address, draw))
            .header("user-agent", &self.crawlers.user_agent)
            .header("accept", "*/*");
        Some(request)
    }
}

impl Client for Crawler {
    fn next(&mut self, happened: Happened<'_>, _: Duration, draw: &mut StdRng) -> Step {
        let served = match happened {
            Happened::Came => match self.request(draw) {
                Some(request) => return Step::Send(Box::new(request)),
                None => false,
            },
            Happened::Answered(answer) => (200..400).contains(&answer.status),
            _ => false,
        };
        Step::Leave(Account {
            served,
            ..Account::default()
        })
    }
}
