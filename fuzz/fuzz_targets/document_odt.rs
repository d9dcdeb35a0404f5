//! Any OpenDocument text: what is read of the package, or of one XML file, holds together.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::documents::{packed, reads, write_seeds};

fuzz_target!(init: write_seeds(&["odt"]), |content: &[u8]| {
    let _ = reads(content);
    let _ = reads(&package(content));
});

fn package(content: &[u8]) -> Vec<u8> {
    packed(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", content)])
}
