//! The Durable Object that all isolates share.

use crate::{instance, shelf::Shelf, sources};
use levee_core::ledger::remote::{Ask, serve};
use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, RefUnwindSafe},
    time::Duration,
};
use wasm_bindgen::{JsError, JsValue, prelude::wasm_bindgen};
use worker::{State, console_error, worker_sys::DurableObjectState};

/// What a Durable Object keeps of the ledger. `js/entry.js` makes another when the instance of the module is not the one that
/// this was made in: what is not in the database is then gone.
#[wasm_bindgen]
pub struct LedgerObject {
    #[cfg(feature = "hazards")]
    state: State,
    shelf: RefCell<Option<Shelf>>,
    /// After how long the object's alarm has to wake it, where that has changed.
    wake: Cell<Option<Duration>>,
}

/// A panic leaves it as it was or with a change half made, each of which is a state that it can be in.
impl RefUnwindSafe for LedgerObject {}

#[wasm_bindgen]
impl LedgerObject {
    /// What the object with this state keeps.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(state: AssertUnwindSafe<DurableObjectState>) -> Self {
        instance::watch();
        let state = State::from(state.0);
        let shelf = Shelf::open(state.storage().sql(), sources::now());
        if let Err(error) = &shelf {
            console_error!("the ledger cannot be opened: {error}");
        }
        Self {
            shelf: RefCell::new(shelf.ok()),
            wake: Cell::default(),
            #[cfg(feature = "hazards")]
            state,
        }
    }

    /// Carries out what an isolate asks; both as JSON.
    ///
    /// # Errors
    /// When it asks for nothing that is known, or the database fails.
    pub fn serve(&self, asks: &str) -> Result<String, JsValue> {
        #[cfg(feature = "hazards")]
        if let Some(hazard) = asks.strip_prefix(crate::hazards::IN_OBJECT) {
            return crate::hazards::meet_in_object(hazard, &self.state);
        }
        #[cfg(feature = "hazards")]
        crate::hazards::meet_question();
        let asks: Vec<Ask> = serde_json::from_str(asks).map_err(JsError::from)?;
        let now = sources::now();
        let (replies, wake) = self.with_shelf(|shelf| {
            let replies = serve(shelf, &asks, now);
            Ok((replies, shelf.settle(now)?))
        })?;
        self.wake.set(wake);
        Ok(serde_json::to_string(&replies).map_err(JsError::from)?)
    }

    /// What the object's alarm is for.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tidy(&self) -> Result<(), JsValue> {
        self.wake
            .set(self.with_shelf(|shelf| shelf.tidy(sources::now()))?);
        Ok(())
    }

    /// After how many milliseconds the alarm has to come; `undefined` when it is set already, or not needed.
    #[wasm_bindgen(js_name = takeWake)]
    pub fn take_wake(&self) -> Option<f64> {
        let wake = self.wake.take()?;
        Some(wake.as_secs_f64() * 1e3)
    }
}

impl LedgerObject {
    fn with_shelf<T>(&self, act: impl FnOnce(&mut Shelf) -> worker::Result<T>) -> worker::Result<T> {
        let Ok(mut shelf) = self.shelf.try_borrow_mut() else {
            return Err("the ledger is in use".into());
        };
        match shelf.as_mut() {
            Some(shelf) => act(shelf),
            None => Err("the ledger could not be opened".into()),
        }
    }
}
