//! Connections: who may connect, how long a connection stays, and how it ends.
//!
//! Each connection is served by a tonic server of its own, so that each can be asked to end (GOAWAY) by itself.

mod accept;
mod calls;
mod connection;
mod log;
mod peer;
mod places;
mod stream;

pub(super) use accept::{Listener, Stops, hold_bursts};
pub(super) use calls::CountCalls;
pub(super) use places::Places;
pub(super) use stream::Stream;
