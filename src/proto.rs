//! Messages and clients generated from the protos, and their descriptors. The servers are in `service`.

#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction,
    reason = "generated"
)]
#![allow(rustdoc::all, reason = "generated from comments of protos, which are not rustdoc")]

tonic::include_proto!("palimpsest.v1");

/// `grpc.health.v1`, the standard health protocol.
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}

/// All protos as an encoded `FileDescriptorSet`, for reflection and for JSON.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("palimpsest.v1");
