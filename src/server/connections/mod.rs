//! Connections: how many are accepted, how long each may stay, and how it ends.

mod call_count;
mod connection;
mod flow_control;
mod listener;
mod log_throttle;
mod peer;
mod slots;
mod stalled_writes;
mod stream;

pub(super) use call_count::CallCountLayer;
pub(super) use flow_control::FlowControlWindows;
pub(super) use listener::{Listener, StopSignals, raise_backlog};
pub(super) use slots::ConnectionSlots;
pub(super) use stalled_writes::StalledWrites;
pub(super) use stream::ConnectionStream;
