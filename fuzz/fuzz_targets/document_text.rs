//! Any bytes, of any format: what is read holds together, and nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::documents::{reads, write_seeds};

fuzz_target!(init: write_seeds(&["txt", "md"]), |content: &[u8]| {
    let _ = reads(content);
});
