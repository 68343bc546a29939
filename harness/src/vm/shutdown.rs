//! How a guest is taken leave of.

use super::{ROOT, Vm};

impl Vm {
    /// Tells the guest that it is not needed any more: `proxy_on_done` for the root context and, unless it answers "not
    /// yet", `proxy_on_delete`.
    ///
    /// As in Envoy, nothing waits for a guest that is not ready: its VM goes all the same. Exchanges are to be closed first.
    pub fn shut_down(&mut self) {
        let done = self.call(ROOT, "proxy_on_done", self.exports.done.clone(), ROOT);
        if !matches!(done, Ok(Some(0))) {
            // A guest that fails here has said so in the log; there is nobody left to whom it matters.
            let _ = self.call(ROOT, "proxy_on_delete", self.exports.delete.clone(), ROOT);
        }
    }
}
