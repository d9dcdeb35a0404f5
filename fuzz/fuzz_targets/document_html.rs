//! Any HTML: what is read holds together, however the tags are nested.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::documents::{reads, write_seeds};

fuzz_target!(init: write_seeds(&["html"]), |content: &[u8]| {
    let _ = reads(&[b"<!doctype html>", content].concat());
});
