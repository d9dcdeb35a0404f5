//! Any PDF: what is read holds together.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::documents::{reads, write_seeds};

fuzz_target!(init: write_seeds(&["pdf"]), |content: &[u8]| {
    let _ = reads(&[b"%PDF-1.7\n", content].concat());
});
