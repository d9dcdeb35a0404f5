//! Servers generated from the protos. They decode requests with [`super::RequestCodec`].

#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction,
    reason = "generated"
)]
#![allow(rustdoc::all, reason = "generated from comments of protos, which are not written as rustdoc")]

include!(concat!(env!("OUT_DIR"), "/servers/palimpsest.v1.rs"));

/// `grpc.health.v1`, the standard health protocol.
pub mod health {
    include!(concat!(env!("OUT_DIR"), "/servers/grpc.health.v1.rs"));
}
