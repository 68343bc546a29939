//! Plays in real Envoy: one process, one listener and one VM a play.

mod bootstrap;
mod stage;

pub(crate) use self::stage::Stage;
