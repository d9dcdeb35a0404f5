//! Any RTF: what is read holds together, however the groups are nested.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::documents::{reads, write_seeds};

fuzz_target!(init: write_seeds(&["rtf"]), |content: &[u8]| {
    let _ = reads(&[b"{\\rtf1", content.strip_prefix(b"{\\rtf1").unwrap_or(content)].concat());
});
