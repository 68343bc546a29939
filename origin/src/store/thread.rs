//! Threads that own connections, because databases block and the server must not.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread::JoinHandle,
};

use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use super::{
    OpenError, StoreError,
    sql::{Connection, Sql},
};

/// How many questions may wait for one connection. At some hundreds of synced writes a second, the last in line
/// waits a second or two; more than that would only time out.
const LINE_LENGTH: usize = 512;

type Question = Box<dyn FnOnce(Sql<'_>) + Send>;

/// Runs closures on a connection, one after the other. Dropping it answers what waits, then closes the connection.
pub(super) struct DatabaseThread {
    questions: Option<mpsc::Sender<Question>>,
    thread: Option<JoinHandle<()>>,
}

impl DatabaseThread {
    /// Starts the thread and opens its connection there, where it stays.
    pub(super) async fn start<C: Connection>(
        name: &str,
        open: impl FnOnce() -> Result<C, OpenError> + Send + 'static,
    ) -> Result<Self, OpenError> {
        let (questions, mut line) = mpsc::channel::<Question>(LINE_LENGTH);
        let (opened, opening) = oneshot::channel();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let mut connection = match open() {
                Ok(connection) => connection,
                Err(error) => {
                    let _ = opened.send(Err(error));
                    return;
                }
            };
            let _ = opened.send(Ok(()));
            while let Some(question) = line.blocking_recv() {
                question(&mut connection);
            }
        })?;
        let this = Self {
            questions: Some(questions),
            thread: Some(thread),
        };
        opening.await.map_err(|_| OpenError::Ended)??;
        Ok(this)
    }

    /// Puts a question in line and waits for its answer. A question whose asker has gone is not put at all.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        question: impl FnOnce(Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let question: Question = Box::new(move |connection| {
            if !answer.is_closed() {
                // The asker may still go while the question is being answered; then nobody wants to know.
                let _ = answer.send(connection.ready().and_then(|()| question(connection)));
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

/// Threads over the same database, which take turns.
pub(super) struct DatabaseThreads {
    threads: Vec<DatabaseThread>,
    turn: AtomicUsize,
}

impl DatabaseThreads {
    /// Puts a question in the line of the thread whose turn it is, and waits for its answer.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        question: impl FnOnce(Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let thread = self
            .threads
            .get(turn % self.threads.len().max(1))
            .ok_or(StoreError::Closed)?;
        thread.run(question).await
    }
}

impl From<Vec<DatabaseThread>> for DatabaseThreads {
    fn from(threads: Vec<DatabaseThread>) -> Self {
        Self {
            threads,
            turn: AtomicUsize::new(0),
        }
    }
}
