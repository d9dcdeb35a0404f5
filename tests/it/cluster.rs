//! A corpus on several nodes over a log in NATS JetStream: real servers and nodes on loopback.

mod calls;
mod chaos;
mod copies;
mod cuts;
mod erasure;
mod faults;
mod histories;
mod moving;
mod nats;
mod partial;
mod refusals;
mod reports;
mod rig;
mod rolling;
mod tokens;
mod writes;
