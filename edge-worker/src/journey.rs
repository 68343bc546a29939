//! The way to the objects that keep the ledger, and back.

use crate::{isolate::Isolate, runtime, sources};
use levee_core::ledger::{
    Ledger,
    remote::{Attempt, Question, Transcript},
};
use wasm_bindgen::JsValue;
use worker::{Env, console_error, wasm_bindgen_futures::JsFuture};

/// What was asked of the ledger so far, and answered. Each step may lead to a question to an object, and what that answers is
/// learned before the step is made again.
///
/// `None` of its methods means that the isolate's memory is in use, which cannot be between two waits.
#[derive(Default)]
pub(crate) struct Journey {
    transcript: Transcript,
    question: Option<Question>,
}

impl Journey {
    /// Runs `step` on what is known by now. It counts when there is no [`Journey::question`] afterwards.
    pub(crate) fn step<T>(
        &mut self,
        isolate: &Isolate,
        step: impl FnOnce(&mut dyn Ledger) -> T,
    ) -> Option<T> {
        let mut node = isolate.node.try_borrow_mut().ok()?;
        let outcome = step(&mut Attempt::new(&mut node, &mut self.transcript));
        self.question = node.question(&mut self.transcript, sources::now());
        Some(outcome)
    }

    /// The object that has to be asked, and what, as JSON.
    pub(crate) fn question(&self) -> Option<(String, String)> {
        let question = self.question.as_ref()?;
        // Data that can always be written.
        let asks = serde_json::to_string(&question.asks).unwrap_or_default();
        Some((question.home.to_string(), asks))
    }

    /// Takes in what the object has answered, as JSON.
    pub(crate) fn learn(&mut self, isolate: &Isolate, replies: &str) -> Option<()> {
        let Ok(replies) = serde_json::from_str::<Vec<_>>(replies) else {
            return self.fail(isolate, "it answers what nobody asked");
        };
        let home = self.question.take()?.home;
        let mut node = isolate.node.try_borrow_mut().ok()?;
        node.learn(&mut self.transcript, home, &replies, sources::now());
        Some(())
    }

    /// Notes that the object has not answered.
    pub(crate) fn fail(&mut self, isolate: &Isolate, reason: &str) -> Option<()> {
        let home = self.question.take()?.home;
        console_error!("the ledger's {home} does not answer: {reason}");
        let mut node = isolate.node.try_borrow_mut().ok()?;
        node.fail(&mut self.transcript, home, sources::now());
        Some(())
    }
}

/// Tells all isolates how the origin answered this one.
pub(crate) async fn report(isolate: &Isolate, env: &Env) -> Option<()> {
    let (answers, now) = (isolate.take_answers(), sources::now());
    let mut journey = Journey::default();
    loop {
        journey.step(isolate, |ledger| isolate.filter.report(answers, ledger, now))?;
        let Some((home, asks)) = journey.question() else {
            return Some(());
        };
        match JsFuture::from(runtime::serve(env, &home, &asks)).await {
            Ok(replies) => journey.learn(isolate, &replies.as_string().unwrap_or_default())?,
            Err(error) => journey.fail(isolate, &text(&error))?,
        }
    }
}

fn text(error: &JsValue) -> String {
    format!("{error:?}")
}
