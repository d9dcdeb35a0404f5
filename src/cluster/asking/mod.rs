//! Asking other nodes, and answering them.
//!
//! [`transport`] carries messages of any size over subjects of NATS; [`messages`] says what they hold; [`peers`] knows who is
//! there. [`asker`] and [`conversation`] ask, [`serving`] answers.

pub(super) mod asker;
pub(super) mod conversation;
pub(super) mod messages;
pub(super) mod outcomes;
pub(super) mod peers;
pub(super) mod serving;
pub(super) mod transport;
