//! The report of a payment, by a provider that understands nothing but success.

use super::{Account, Client, Happened, Step, address::with_port};
use crate::scenario::CallBacks;
use levee_harness::Request;
use rand::rngs::StdRng;
use std::{sync::Arc, time::Duration};

/// One report, tried again until the site has taken it.
#[derive(Debug)]
pub(super) struct CallBack {
    provider: Arc<CallBacks>,
    nth: u64,
    came: Duration,
    tries: u32,
}

impl CallBack {
    /// The `nth` report of this provider.
    pub(super) fn new(provider: &Arc<CallBacks>, nth: u64, came: Duration) -> Self {
        Self {
            provider: Arc::clone(provider),
            nth,
            came,
            tries: 0,
        }
    }

    fn send(&mut self, draw: &mut StdRng) -> Step {
        self.tries += 1;
        let addresses = &self.provider.addresses;
        let index = self.nth % addresses.len().max(1) as u64;
        let Some(address) = addresses.get(index as usize) else {
            return Step::Leave(Account::default());
        };
        let request = Request::post(&self.provider.path)
            .source(with_port(*address, draw))
            .header("user-agent", "payment-provider/1.4")
            .header("content-type", "application/json")
            .body(format!(r#"{{"payment":{},"paid":true}}"#, self.nth));
        Step::Send(Box::new(request))
    }

    fn leave(&self, served: bool, now: Duration) -> Step {
        Step::Leave(Account {
            served,
            delay: now.saturating_sub(self.came),
            ..Account::default()
        })
    }
}

impl Client for CallBack {
    fn next(&mut self, happened: Happened<'_>, now: Duration, draw: &mut StdRng) -> Step {
        match happened {
            Happened::Answered(answer) if (200..300).contains(&answer.status) => self.leave(true, now),
            Happened::Came | Happened::Waited => self.send(draw),
            _ if self.tries >= self.provider.tries => self.leave(false, now),
            _ => Step::Wait(self.provider.retry_after.0),
        }
    }
}
