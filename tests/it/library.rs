//! The crate as a library, without the feature `server`.

use std::process::Command;

/// Crates of the server and the command line, which the engine must not depend on. A name followed by `*` is a
/// prefix.
const OF_THE_SERVER: [&str; 22] = [
    "axum*",
    "clap*",
    "csv",
    "flate2",
    "futures*",
    "governor",
    "h2",
    "http*",
    "hyper*",
    "indicatif",
    "mimalloc",
    "opentelemetry*",
    "prometheus-client",
    "prost*",
    "protox",
    "rustls*",
    "serde_json",
    "tokio*",
    "toml",
    "tonic*",
    "tower*",
    "tracing-subscriber",
];

/// The names of all crates that the library depends on, without its default features.
fn dependencies(edges: &str) -> Vec<String> {
    let arguments =
        ["tree", "--locked", "--offline", "--no-default-features", "--prefix", "none", "--format", "{p}"];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--edges", edges])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_engine_alone_needs_no_crate_of_the_server() {
    // The crates needed to compile it count, too: no protos are generated.
    let found = dependencies("normal,build");
    assert!(found.iter().any(|name| name == "redb"), "{found:?}");
    let of_the_server = |name: &&String| {
        OF_THE_SERVER.iter().any(|forbidden| match forbidden.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name.as_str() == *forbidden,
        })
    };
    let forbidden: Vec<&String> = found.iter().filter(of_the_server).collect();
    assert!(forbidden.is_empty(), "{forbidden:?}");
}
