//! Tests of EPUB.

use super::read;
use crate::documents::archive::tests::archive;
use crate::documents::{Document, Extraction, Failure, Limits, PageKind, WarningKind};

const CONTAINER: &str =
    "<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>";
const PACKAGE: &str = "<package><metadata><dc:title>On seas</dc:title><dc:creator>Anna</dc:creator><dc:creator>Ben</dc:creator>\
    </metadata><manifest><item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>\
    <item id='b' href='text/b%20b.xhtml' media-type='application/xhtml+xml'/>\
    <item id='a' href='text/a.xhtml' media-type='application/xhtml+xml'/>\
    <item id='p' href='cover.png' media-type='image/png'/>\
    <item id='toc' href='toc.ncx' media-type='application/x-dtbncx+xml'/></manifest>\
    <spine toc='toc'><itemref idref='p'/><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/></spine></package>";
const A: &str = "<html><head><title>t</title></head><body><h1>First</h1><p>one</p></body></html>";
const B: &str = "<html><head><title>Second</title></head><body><p>two</p></body></html>";

fn try_extract(others: &[(&str, &str)]) -> Result<Extraction, Failure> {
    let mut files = vec![
        ("META-INF/container.xml", CONTAINER.as_bytes()),
        ("OEBPS/book.opf", PACKAGE.as_bytes()),
        ("OEBPS/text/a.xhtml", A.as_bytes()),
        ("OEBPS/text/b b.xhtml", B.as_bytes()),
    ];
    files.extend(others.iter().map(|(name, content)| (*name, content.as_bytes())));
    let content = archive(&files);
    read(Document { content: &content, name: "", encoding: "" }, &Limits::default())
}

fn labels(extraction: &Extraction) -> Vec<(&str, &str)> {
    let pages = extraction.pages.iter();
    pages.map(|page| (page.label.as_str(), &extraction.text[page.start..])).collect()
}

#[test]
fn chapters_come_in_the_order_of_the_spine() {
    let extraction = try_extract(&[]).unwrap();
    assert_eq!(extraction.text, "First\n\none\n\ntwo");
    assert_eq!((extraction.title.as_str(), extraction.author.as_str()), ("On seas", "Anna, Ben"));
    assert_eq!(extraction.page_kind, PageKind::Chapter);
    assert_eq!(labels(&extraction), [("First", "First\n\none\n\ntwo"), ("Second", "two")]);
}

#[test]
fn the_contents_name_chapters() {
    let nav = "<html><body><nav epub:type='landmarks'><a href='text/a.xhtml'>Cover</a></nav><nav epub:type='toc'><ol><li>\
        <a href='text/a.xhtml'>The <i>first</i></a><ol><li><a href='text/a.xhtml#x'>A part</a></li></ol></li><li>\
        <a href='text/b%20b.xhtml#y'>The second</a></li></ol></nav></body></html>";
    let extraction = try_extract(&[("OEBPS/nav.xhtml", nav)]).unwrap();
    assert_eq!(labels(&extraction), [("The first", "First\n\none\n\ntwo"), ("The second", "two")]);

    // A file that the contents do not name goes on with the chapter before.
    let ncx = "<ncx><navMap><navPoint><navLabel><text>The first</text></navLabel><content src='text/a.xhtml'/></navPoint></navMap></ncx>";
    let extraction = try_extract(&[("OEBPS/toc.ncx", ncx)]).unwrap();
    assert_eq!(labels(&extraction), [("The first", "First\n\none\n\ntwo")]);
}

#[test]
fn a_book_that_is_encrypted_says_so_unless_only_its_fonts_are() {
    let encryption = |algorithm: &str| {
        format!(
            "<encryption><EncryptedData><EncryptionMethod Algorithm='{algorithm}'/></EncryptedData></encryption>"
        )
    };
    let name = "META-INF/encryption.xml";
    let locked = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc");
    assert!(matches!(try_extract(&[(name, &locked)]), Err(Failure::Encrypted { .. })));
    assert!(try_extract(&[(name, &encryption("http://www.idpf.org/2008/embedding"))]).is_ok());
}

#[test]
fn a_chapter_that_is_missing_is_left_out_with_a_warning() {
    let content = archive(&[
        ("META-INF/container.xml", CONTAINER.as_bytes()),
        ("OEBPS/book.opf", PACKAGE.as_bytes()),
        ("OEBPS/text/a.xhtml", A.as_bytes()),
    ]);
    let extraction =
        read(Document { content: &content, name: "", encoding: "" }, &Limits::default()).unwrap();
    assert_eq!(extraction.text, "First\n\none");
    assert_eq!(extraction.warnings[0].kind, WarningKind::Damaged);
    let empty = archive(&[("META-INF/container.xml", CONTAINER.as_bytes())]);
    let read_empty = read(Document { content: &empty, name: "", encoding: "" }, &Limits::default());
    assert!(matches!(read_empty, Err(Failure::Damaged { .. })));
}
