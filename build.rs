//! Compiles the protos, in pure Rust, to code and to the descriptor set that server reflection serves.

use std::path::PathBuf;
use std::{env, fs};

use prost::Message;
use tonic_prost_build::Config;

const PROTOS: [&str; 5] = [
    "grpc/health/v1/health.proto",
    "palimpsest/v1/admin.proto",
    "palimpsest/v1/corpus.proto",
    "palimpsest/v1/detection.proto",
    "palimpsest/v1/report.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("palimpsest.v1.bin"), descriptors.encode_to_vec())?;
    // Messages and clients. With their names, so that it can be said of which type a request should be.
    let mut messages = Config::new();
    messages.enable_type_names();
    let clients = tonic_prost_build::configure().build_server(false);
    clients.compile_fds_with_config(descriptors.clone(), messages)?;
    // Servers by themselves: they decode with a codec of ours, which clients must not.
    let servers = out.join("servers");
    fs::create_dir_all(&servers)?;
    tonic_prost_build::configure()
        .build_client(false)
        .codec_path("crate::service::RequestCodec")
        .extern_path(".palimpsest.v1", "crate::proto")
        .extern_path(".grpc.health.v1", "crate::proto::health")
        .out_dir(servers)
        .compile_fds(descriptors)?;
    Ok(())
}
