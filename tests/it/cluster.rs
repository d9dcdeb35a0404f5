//! A corpus on several nodes over a log in NATS JetStream: real servers and nodes on loopback.

mod copies;
mod faults;
mod histories;
mod nats;
mod refusals;
mod reports;
mod rig;
mod writes;
