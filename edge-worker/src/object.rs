//! The Durable Object that all isolates share.

use crate::{instance, shelf::Shelf, sources};
use levee_core::ledger::remote::{Ask, serve};
use std::{cell::RefCell, panic::AssertUnwindSafe, time::Duration};
use worker::{DurableObject, Env, Request, Response, State, console_error, durable_object};

/// Keeps a part of the ledger. `js/entry.js` makes another when the instance of the module is not the one that this was made
/// in: what is not in the database is then gone.
#[durable_object(alarm)]
pub struct LeveeLedger {
    state: State,
    /// A panic inside leaves it as it was or with a change half made, each of which is a state that it can be in.
    shelf: AssertUnwindSafe<RefCell<Option<Shelf>>>,
}

impl DurableObject for LeveeLedger {
    fn new(state: State, _: Env) -> Self {
        instance::watch();
        let shelf = Shelf::open(state.storage().sql());
        if let Err(error) = &shelf {
            console_error!("the ledger cannot be opened: {error}");
        }
        Self {
            shelf: AssertUnwindSafe(RefCell::new(shelf.ok())),
            state,
        }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        #[cfg(feature = "hazards")]
        if let Some(hazard) = crate::hazards::wanted(request.inner()) {
            return crate::hazards::meet_in_object(&hazard, &self.state);
        }
        let asks: Vec<Ask> = serde_json::from_str(&request.text().await?)?;
        let now = sources::now();
        let (replies, wake) = self.with_shelf(|shelf| {
            let replies = serve(shelf, &asks, now);
            Ok((replies, shelf.settle(now)?))
        })?;
        self.wake_after(wake).await?;
        Response::ok(serde_json::to_string(&replies)?)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let wake = self.with_shelf(|shelf| shelf.tidy(sources::now()))?;
        self.wake_after(wake).await?;
        Response::empty()
    }
}

impl LeveeLedger {
    fn with_shelf<T>(&self, act: impl FnOnce(&mut Shelf) -> worker::Result<T>) -> worker::Result<T> {
        let Ok(mut shelf) = self.shelf.try_borrow_mut() else {
            return Err("the ledger is in use".into());
        };
        match shelf.as_mut() {
            Some(shelf) => act(shelf),
            None => Err("the ledger could not be opened".into()),
        }
    }

    async fn wake_after(&self, wait: Option<Duration>) -> worker::Result<()> {
        match wait {
            Some(wait) => self.state.storage().set_alarm(wait).await,
            None => Ok(()),
        }
    }
}
