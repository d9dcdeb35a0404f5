//! Tests of XML.

use super::{Node, Part};
use crate::documents::{Failure, Format, Limits};

/// The nodes in short: `<name`, `>` and texts.
fn short(content: &[u8]) -> Result<String, Failure> {
    let part = Part::new("a.xml", Format::Docx, content);
    let mut nodes = part.nodes(&Limits::default());
    let mut short = String::new();
    while let Some(node) = nodes.next()? {
        match node {
            Node::Open(element) => short.extend(["<", element.name()]),
            Node::Close(_) => short.push('>'),
            Node::Text(text) => short.push_str(&text),
        }
    }
    Ok(short)
}

#[test]
fn names_are_local_and_references_resolved() {
    assert_eq!(short(b"<w:a x:b='1'><c/>1 &lt; &#x32;<![CDATA[&]]></w:a>").unwrap(), "<a<c>1 < 2&>");
}

#[test]
fn every_encoding_of_xml_is_read() {
    let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a>Grüße</a>";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(short(&little).unwrap(), "<aGrüße>");
    assert_eq!(short(&big).unwrap(), "<aGrüße>");
    assert_eq!(short(&[&[0xFF, 0xFE], little.as_slice()].concat()).unwrap(), "<aGrüße>");
    assert_eq!(short(text.as_bytes()).unwrap(), "<aGrüße>");
    assert_eq!(short(b"<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>").unwrap(), "<a\u{20AC}>");
}

#[test]
fn entities_are_not_expanded() {
    let content =
        b"<!DOCTYPE a [<!ENTITY b 'text'><!ENTITY c SYSTEM 'file:///etc/passwd'>]><a>&b;&c;&amp;</a>";
    assert_eq!(short(content).unwrap(), "<a&>");
}

#[test]
fn damage_says_where_it_is() {
    let problem = |content: &[u8]| match short(content) {
        Err(Failure::Damaged { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    assert!(
        problem(b"<a><b></b>").contains("a.xml is not well-formed at byte 10: it ends inside an element")
    );
    assert!(problem(b"<a></b>").contains("at byte 3"));
    assert!(problem(b"").contains("no element"));
    assert!(matches!(short("<a>".repeat(600).as_bytes()), Err(Failure::Limit { limit: 512, .. })));
}

#[test]
fn elements_are_passed_over_whole() {
    let part = Part::new("a.xml", Format::Docx, b"<a><b>1<c>2</c></b><d/>3<e/></a>");
    let mut nodes = part.nodes(&Limits::default());
    let mut seen = String::new();
    while let Some(node) = nodes.next().unwrap() {
        match node {
            Node::Open(element) if ["b", "d"].contains(&element.name()) => nodes.skip().unwrap(),
            Node::Open(element) => seen.push_str(element.name()),
            Node::Text(text) => seen.push_str(&text),
            Node::Close(_) => {}
        }
    }
    assert_eq!(seen, "a3e");
}
