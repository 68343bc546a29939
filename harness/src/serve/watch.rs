//! Files that are watched for changes.

use std::fmt::Display;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::way::Way;

/// How long nothing must have happened before the files are looked at: whoever writes them may need several steps.
const QUIET: Duration = Duration::from_millis(100);
/// They are looked at after that long even if it never becomes quiet.
const LONGEST: Duration = Duration::from_secs(2);
/// How often the way to the files may change while it is being watched for the first time.
const TRIES: usize = 10;

/// Why files cannot be watched.
#[derive(Debug, thiserror::Error)]
#[error("cannot watch {path} for changes: {cause}")]
pub struct WatchError {
    path: String,
    cause: String,
}

impl WatchError {
    pub(super) fn new(path: &Path, cause: &dyn Display) -> Self {
        Self {
            path: path.display().to_string(),
            cause: cause.to_string(),
        }
    }
}

/// Stands for the content of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fingerprint(u64);

impl Fingerprint {
    fn of(files: &[PathBuf]) -> Self {
        let mut hasher = DefaultHasher::new();
        for file in files {
            let content = if is_once_only(file) {
                Ok(Vec::new())
            } else {
                std::fs::read(file)
            };
            content.map_err(|error| error.kind()).hash(&mut hasher);
        }
        Self(hasher.finish())
    }
}

/// Pipes, terminals and other things whose content is gone when it is read, or never ends.
fn is_once_only(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|metadata| !metadata.is_file())
}

/// Files, and what they contained when they were last looked at.
pub(super) struct Watch {
    files: Arc<[PathBuf]>,
    seen: Fingerprint,
    stirred: Arc<Notify>,
    watcher: RecommendedWatcher,
}

impl Watch {
    pub(super) fn new(files: Vec<PathBuf>) -> Result<Self, WatchError> {
        if let Some(file) = files.iter().find(|file| is_once_only(file)) {
            return Err(WatchError::new(file, &"it is no regular file"));
        }
        let (files, stirred): (Arc<[PathBuf]>, Arc<Notify>) = (files.into(), Arc::default());
        let watcher = watch(&files, &stirred)?;
        Ok(Self {
            seen: Fingerprint::of(&files),
            files,
            stirred,
            watcher,
        })
    }

    /// Waits until the files contain something else than when they were last looked at.
    ///
    /// Whoever drops this half-way has to [`look`](Self::look), or may miss a change.
    pub(super) async fn changed(&mut self) {
        loop {
            self.stirred.notified().await;
            let deadline = Instant::now() + LONGEST;
            while Instant::now() < deadline
                && tokio::time::timeout(QUIET, self.stirred.notified()).await.is_ok()
            {}
            let seen = self.seen;
            self.look().await;
            if self.seen != seen {
                return;
            }
        }
    }

    /// Takes notice of what the files contain, and of the way to them.
    pub(super) async fn look(&mut self) {
        let (files, stirred) = (self.files.clone(), self.stirred.clone());
        // The way first: what changes after that is told of.
        let looking = tokio::task::spawn_blocking(move || (watch(&files, &stirred), Fingerprint::of(&files)));
        let Ok((watcher, seen)) = looking.await else {
            return tracing::error!("the watched files could not be looked at");
        };
        self.seen = seen;
        match watcher {
            Ok(watcher) => self.watcher = watcher,
            Err(error) => tracing::warn!("changes may go unnoticed from now on: {error}"),
        }
    }
}

/// Has `stirred` notified when something happens on the way to the files.
///
/// A watcher is for one look: directories that were removed and made again, or that a link no longer leads to, are no
/// business of the next one.
fn watch(files: &[PathBuf], stirred: &Arc<Notify>) -> Result<RecommendedWatcher, WatchError> {
    let mut way = Way::to(files)?;
    for _ in 0..TRIES {
        let watcher = watch_way(&way, stirred);
        // Until all of it was watched, it may have become another one.
        let now = Way::to(files)?;
        if now == way {
            return watcher;
        }
        way = now;
    }
    let file = files.first().map_or(Path::new(""), PathBuf::as_path);
    Err(WatchError::new(file, &"the way to it does not stay the same"))
}

fn watch_way(way: &Way, stirred: &Arc<Notify>) -> Result<RecommendedWatcher, WatchError> {
    let (concerned, stirred) = (way.clone(), stirred.clone());
    let handler = move |event: notify::Result<Event>| {
        // What could not be told may have been a change.
        let stirs = event.map_or(true, |event| {
            event.need_rescan()
                || is_change(&event) && event.paths.iter().any(|path| concerned.concerns(path))
        });
        if stirs {
            stirred.notify_one();
        }
    };
    let failed = |directory: &Path, mut error: notify::Error| {
        error.paths.clear();
        WatchError::new(directory, &error)
    };
    let directories = way.directories();
    let first = directories.first().copied().unwrap_or(Path::new("/"));
    let mut watcher = notify::recommended_watcher(handler).map_err(|error| failed(first, error))?;
    for directory in directories {
        watcher
            .watch(directory, RecursiveMode::NonRecursive)
            .map_err(|error| failed(directory, error))?;
    }
    Ok(watcher)
}

/// Whether an event may be about another content. Reading files is none, or looking at them would stir them.
fn is_change(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}
