//! Pages that keep themselves up to date, by server-sent events.
//!
//! An event's data is the page's content as it would be rendered now; the page's script puts the parts that differ in
//! place. A browser without JavaScript loads the page again instead.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse, Response,
    sse::{Event, KeepAlive, Sse},
};
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

use crate::{
    SharedOrigin,
    live::{Audience, Snapshot},
    problem::Problem,
};

/// How often a page is rendered again while no queue changes: for the passing of time, and for payments.
const RECHECK: Duration = Duration::from_secs(10);

/// How often a silent stream says that it is alive, so that no proxy takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a browser waits before it connects again, in case all are cut off at the same moment.
const RETRY: Duration = Duration::from_secs(3);

/// Sends what `render` makes of the queues of today: once at once, then each time that `concern`, what matters to this
/// page of how the queues stand, has changed and something else comes of it.
///
/// # Errors
/// When the page cannot be rendered the first time, or more watch than are served; the page's script tries again.
pub(super) async fn stream<Concern, Rendering>(
    origin: SharedOrigin,
    audience: Audience,
    concern: impl Fn(&Snapshot) -> Concern + Send + 'static,
    render: impl Fn(SharedOrigin, Snapshot) -> Rendering + Send + 'static,
) -> Result<Response, Problem>
where
    Concern: PartialEq + Send + 'static,
    Rendering: Future<Output = Result<String, Problem>> + Send,
{
    let mut watching = origin.live.watch(audience)?;
    let now = Snapshot::of(&origin, origin.clock.today()).await?;
    let mut concerned = concern(&now);
    let mut shown = render(SharedOrigin::clone(&origin), now).await?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        if sender.send(shown.clone()).await.is_err() {
            return;
        }
        loop {
            let is_timely = tokio::select! {
                () = sender.closed() => return,
                () = watching.changed() => false,
                () = tokio::time::sleep(RECHECK) => true,
            };
            let Some(now) = watching.latest() else {
                return;
            };
            let is_concerned = concern(&now);
            if !is_timely && is_concerned == concerned {
                continue;
            }
            concerned = is_concerned;
            // A database that is busy now is asked again the next time.
            let Ok(html) = render(SharedOrigin::clone(&origin), now).await else {
                continue;
            };
            if html != shown {
                shown.clone_from(&html);
                if sender.send(html).await.is_err() {
                    return;
                }
            }
        }
    });
    let events = ReceiverStream::new(receiver)
        // A carriage return would end a line of the event.
        .map(|html| Ok::<_, Infallible>(Event::default().retry(RETRY).data(html.replace('\r', " "))));
    Ok(Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response())
}
