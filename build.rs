//! Compiles the protos, in pure Rust, to code and to the descriptor set that server reflection serves.

use std::path::PathBuf;
use std::{env, fs};

use prost::Message;

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
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
