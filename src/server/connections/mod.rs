//! Connections: who may connect, how long a connection stays, and how it ends.
//!
//! Each connection is served by a tonic server of its own, so that each can be asked to end (GOAWAY) by itself.

mod call_count;
mod connection;
mod flow_control;
mod listener;
mod log_throttle;
mod peer;
mod slots;
mod stream;

pub(super) use call_count::CallCountLayer;
pub(super) use flow_control::FlowControlWindows;
pub(super) use listener::{Listener, StopSignals, hold_bursts};
pub(super) use slots::ConnectionSlots;
pub(super) use stream::ConnectionStream;
