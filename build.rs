//! Compresses the tables of words. Compiles the protos of the feature `server`, in pure Rust, to code and to
//! the descriptor set that server reflection serves.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    compress_tables("frequencies")?;
    compress_tables("english")?;
    #[cfg(feature = "server")]
    protos::compile()?;
    Ok(())
}

/// The level of zstd for the tables: little is gained beyond it.
const LEVEL: i32 = 19;

/// Writes each table in a folder of `data`, compressed, to the folder of that name in `OUT_DIR`.
fn compress_tables(folder: &str) -> Result<(), Box<dyn std::error::Error>> {
    let tables = PathBuf::from("data").join(folder);
    println!("cargo:rerun-if-changed={}", tables.display());
    let out = PathBuf::from(env::var("OUT_DIR")?).join(folder);
    fs::create_dir_all(&out)?;
    for entry in fs::read_dir(tables)? {
        let path = entry?.path();
        if let Some(code) = path.file_stem().filter(|_| path.extension().is_some_and(|kind| kind == "txt")) {
            let compressed = zstd::bulk::compress(&fs::read(&path)?, LEVEL)?;
            fs::write(out.join(code).with_extension("zst"), compressed)?;
        }
    }
    Ok(())
}

#[cfg(feature = "server")]
mod protos {
    use std::error::Error;
    use std::path::PathBuf;
    use std::{env, fs};

    use prost::Message as _;
    use tonic_prost_build::Config;

    const PROTOS: [&str; 12] = [
        "grpc/health/v1/health.proto",
        "palimpsest/v1/admin.proto",
        "palimpsest/v1/corpus.proto",
        "palimpsest/v1/detection.proto",
        "palimpsest/v1/documents.proto",
        "palimpsest/v1/grammar.proto",
        "palimpsest/v1/measures.proto",
        "palimpsest/v1/related.proto",
        "palimpsest/v1/rendering.proto",
        "palimpsest/v1/report.proto",
        "palimpsest/v1/scales.proto",
        "palimpsest/v1/writing.proto",
    ];

    /// Writes the descriptor set, the messages with their clients, and the servers to `OUT_DIR`.
    pub(crate) fn compile() -> Result<(), Box<dyn Error>> {
        println!("cargo:rerun-if-changed=proto");
        let descriptors = protox::compile(PROTOS, ["proto"])?;
        let out = PathBuf::from(env::var("OUT_DIR")?);
        fs::write(out.join("palimpsest.v1.bin"), descriptors.encode_to_vec())?;
        // Errors name the type that a request should have, so messages know their names.
        let mut messages = Config::new();
        messages.enable_type_names();
        // The same response has the same bytes.
        messages.btree_map([".palimpsest"]);
        let clients = tonic_prost_build::configure().build_server(false);
        clients.compile_fds_with_config(descriptors.clone(), messages)?;
        // Servers are separate: they decode with `RequestCodec`, which clients must not use.
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
}
