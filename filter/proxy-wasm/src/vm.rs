//! A VM: the contexts that its host has made in it.

use crate::{
    abi::{Next, log},
    configuration,
    exchange::{self, Forwarded},
    plugin::Plugin,
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

thread_local! {
    /// By the host's numbers. Borrowed for no longer than it takes to look something up: a host may call back into the
    /// module from within a call.
    static CONTEXTS: RefCell<BTreeMap<u32, Context>> = const { RefCell::new(BTreeMap::new()) };
}

/// What the host calls a context.
enum Context {
    /// Of a plugin configuration; nothing until it is configured.
    Root(Option<Rc<Plugin>>),
    /// Of a request: the configuration that it began under, and what is kept for its answer.
    Request { root: u32, forwarded: Option<Forwarded> },
}

/// What `use_it` makes of the contexts; `None` where somebody else is at them, which no host brings about.
fn with_contexts<T>(use_it: impl FnOnce(&mut BTreeMap<u32, Context>) -> T) -> Option<T> {
    CONTEXTS.with(|contexts| {
        contexts
            .try_borrow_mut()
            .ok()
            .map(|mut contexts| use_it(&mut contexts))
    })
}

/// The plugin of a configuration, or of a request under it.
fn plugin(context: u32) -> Option<Rc<Plugin>> {
    with_contexts(|contexts| {
        let root = match contexts.get(&context)? {
            Context::Request { root, .. } => contexts.get(root)?,
            root @ Context::Root(_) => root,
        };
        match root {
            Context::Root(plugin) => plugin.clone(),
            Context::Request { .. } => None,
        }
    })?
}

pub(crate) fn create(context: u32, parent: u32) {
    let made = match parent {
        0 => Context::Root(None),
        root => Context::Request {
            root,
            forwarded: None,
        },
    };
    with_contexts(|contexts| contexts.insert(context, made));
}

/// Whether the configuration is taken.
pub(crate) fn configure(context: u32, size: usize) -> bool {
    std::panic::set_hook(Box::new(|panic| {
        log::write(log::Level::Critical, &panic.to_string());
    }));
    let Some(plugin) = configuration::load(size) else {
        return false;
    };
    with_contexts(|contexts| contexts.insert(context, Context::Root(Some(plugin)))).is_some()
}

pub(crate) fn tick(context: u32) {
    if let Some(plugin) = plugin(context) {
        plugin.tick();
    }
}

pub(crate) fn request(context: u32, end_of_stream: bool) -> Next {
    match exchange::decide(plugin(context).as_deref(), end_of_stream) {
        Some(kept) => {
            if kept.is_of_use() {
                with_contexts(|contexts| {
                    if let Some(Context::Request { forwarded, .. }) = contexts.get_mut(&context) {
                        *forwarded = Some(kept);
                    }
                });
            }
            Next::Continue
        }
        None => Next::Pause,
    }
}

pub(crate) fn answer(context: u32) {
    // The filter's own answers come by here, too; they were never forwarded.
    let forwarded = with_contexts(|contexts| match contexts.get_mut(&context) {
        Some(Context::Request { forwarded, .. }) => forwarded.take(),
        _ => None,
    });
    if let Some(forwarded) = forwarded.flatten()
        && let Some(plugin) = plugin(context)
    {
        exchange::note_answer(&plugin, &forwarded);
    }
}

pub(crate) fn delete(context: u32) {
    // Dropped outside, in case what is dropped is large.
    let gone = with_contexts(|contexts| contexts.remove(&context));
    drop(gone);
}
