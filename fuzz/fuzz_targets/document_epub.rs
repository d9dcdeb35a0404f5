//! Any EPUB: what is read of the package, or of one with this chapter, holds together.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palimpsest_fuzz::documents::{packed, reads, write_seeds};

fuzz_target!(init: write_seeds(&["epub"]), |content: &[u8]| {
    let _ = reads(content);
    let _ = reads(&package(content));
});

const CONTAINER: &[u8] = br#"<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#;
const PACKAGE: &[u8] = br#"<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>"#;

fn package(content: &[u8]) -> Vec<u8> {
    packed(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", CONTAINER),
        ("a.opf", PACKAGE),
        ("a.xhtml", content),
    ])
}
