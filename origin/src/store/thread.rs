//! A thread that owns a connection, because SQLite blocks and the server must not.

use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use super::StoreError;

/// How many questions may wait for one connection. At some hundreds of synced writes a second, the last in line
/// waits a second or two; more than that would only time out.
const LINE_LENGTH: usize = 512;

type Question = Box<dyn FnOnce(&mut Connection) + Send>;

/// Runs closures on a connection, one after the other. Dropping it answers what waits, then closes the connection.
pub(super) struct DatabaseThread {
    questions: Option<mpsc::Sender<Question>>,
    thread: Option<JoinHandle<()>>,
}

impl DatabaseThread {
    pub(super) fn start(name: &str, mut connection: Connection) -> std::io::Result<Self> {
        let (questions, mut line) = mpsc::channel::<Question>(LINE_LENGTH);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while let Some(question) = line.blocking_recv() {
                question(&mut connection);
            }
        })?;
        Ok(Self {
            questions: Some(questions),
            thread: Some(thread),
        })
    }

    /// Puts a question in line and waits for its answer. A question whose asker has gone is not put at all.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let question: Question = Box::new(move |connection| {
            if !answer.is_closed() {
                // The asker may still go while the question is being answered; then nobody wants to know.
                let _ = answer.send(question(connection));
            }
        });
        self.questions
            .as_ref()
            .ok_or(StoreError::Closed)?
            .try_send(question)
            .map_err(|refused| match refused {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for DatabaseThread {
    fn drop(&mut self) {
        self.questions = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a database thread had panicked");
        }
    }
}
