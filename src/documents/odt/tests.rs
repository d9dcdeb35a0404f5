//! Tests of OpenDocument texts.

use super::read;
use crate::documents::archive::tests::archive;
use crate::documents::{Document, Extraction, Failure, HiddenReason, Limits, RemovedKind, WarningKind};

/// A flat document with these automatic styles and this text.
fn extract(styles: &str, text: &str) -> Extraction {
    let content = format!(
        "<office:document><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{text}\
         </office:text></office:body></office:document>"
    );
    read(Document { content: content.as_bytes(), name: "", encoding: "" }, &Limits::default()).unwrap()
}

fn text(body: &str) -> String {
    extract("", body).text
}

/// A style of spans.
fn span_style(properties: &str) -> String {
    format!(
        "<style:style style:name='S' style:family='text'><style:text-properties {properties}/></style:style>"
    )
}

#[test]
fn spaces_tabs_and_breaks_are_spaces_and_lines() {
    let body = "<text:p>one<text:s text:c='3'/>two<text:tab/>three<text:line-break/>four <text:span>fi</text:span>ve</text:p>\
        <text:h>six</text:h>";
    assert_eq!(text(body), "one two three\nfour five\n\nsix");
}

#[test]
fn notes_boxes_and_comments_leave_sentences_whole() {
    let body = "<text:p>A claim<text:note><text:note-citation>i</text:note-citation><text:note-body><text:p>The note.</text:p>\
        </text:note-body></text:note><office:annotation><dc:creator>Ben</dc:creator><text:p>really?</text:p></office:annotation>\
        <draw:frame><svg:desc>picture</svg:desc><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame>, whole.</text:p>\
        <text:p>Next.</text:p>";
    let extraction = extract("", body);
    assert_eq!(extraction.text, "A claim [1], whole.\n\nboxed\n\nNext.\n\n[1] The note.");
    assert_eq!(
        (extraction.removed[0].kind, extraction.removed[0].text.as_str()),
        (RemovedKind::Comment, "really?")
    );
}

#[test]
fn lists_and_tables_have_lines_and_tabs() {
    let item = |text: &str| format!("<text:list-item><text:p>{text}</text:p></text:list-item>");
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let body = format!(
        "<text:list>{}{}</text:list><table:table><table:table-row>{}{}<table:table-cell table:number-columns-repeated='9999'/>\
         </table:table-row><table:table-row>{}</table:table-row></table:table><text:p>end</text:p>",
        item("a"),
        item("b"),
        cell("c"),
        cell("d"),
        cell("e")
    );
    assert_eq!(text(&body), "a\nb\n\nc\td\ne\n\nend");
}

#[test]
fn deletions_are_removed_and_insertions_are_text() {
    let body = "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Ben</dc:creator>\
        </office:change-info><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>\
        <text:p>kept <text:change text:change-id='1'/><text:change-start/>new<text:change-end/></text:p>";
    let extraction = extract("", body);
    assert_eq!(extraction.text, "kept new");
    assert_eq!(
        (extraction.removed[0].kind, extraction.removed[0].text.as_str()),
        (RemovedKind::Deletion, "gone")
    );
    assert_eq!(extraction.warnings[0].kind, WarningKind::TrackedChanges);
}

#[test]
fn text_that_nobody_sees_is_hidden() {
    let spans = [
        ("text:display='none'", HiddenReason::Marked),
        ("fo:color='#ffffff'", HiddenReason::Colour),
        ("fo:color='#102030' fo:background-color='#102030'", HiddenReason::Colour),
        ("fo:color='#000000' loext:opacity='0%'", HiddenReason::Colour),
        ("fo:font-size='1.5pt'", HiddenReason::Tiny),
        ("fo:font-size='10%'", HiddenReason::Tiny),
    ];
    let paragraph = "<style:default-style style:family='paragraph'><style:text-properties fo:font-size='12pt'/></style:default-style>";
    for (properties, reason) in spans {
        let styles = format!("{paragraph}{}", span_style(properties));
        let extraction =
            extract(&styles, "<text:p>seen<text:span text:style-name='S'>unseen</text:span></text:p>");
        assert_eq!(extraction.text, "seen", "{properties}");
        assert_eq!(
            (extraction.hidden[0].reason, extraction.hidden[0].text.as_str()),
            (reason, "unseen"),
            "{properties}"
        );
    }
    for body in [
        "<text:section text:display='none'><text:p>unseen</text:p></text:section>",
        "<text:p><text:hidden-text text:string-value='unseen' text:is-hidden='true'/></text:p>",
        "<text:p><text:hidden-paragraph text:is-hidden='true'/>unseen</text:p>",
    ] {
        let extraction = extract("", &format!("<text:p>seen</text:p>{body}"));
        assert_eq!(
            (extraction.text.as_str(), extraction.hidden[0].text.as_str()),
            ("seen", "unseen"),
            "{body}"
        );
    }
}

#[test]
fn text_that_is_seen_is_not_hidden() {
    for properties in [
        "text:display='true'",
        "fo:color='#ffffff' fo:background-color='#000080'",
        "style:use-window-font-color='true' loext:opacity='0%'",
        "fo:font-size='2pt'",
    ] {
        let extraction = extract(
            &span_style(properties),
            "<text:p><text:span text:style-name='S'>seen</text:span></text:p>",
        );
        assert_eq!((extraction.text.as_str(), extraction.hidden.len()), ("seen", 0), "{properties}");
    }
    let cell = "<style:style style:name='C' style:family='table-cell'><style:table-cell-properties fo:background-color='#000000'/>\
        </style:style>";
    let body = "<table:table><table:table-row><table:table-cell table:style-name='C'><text:p><text:span text:style-name='S'>seen\
        </text:span></text:p></table:table-cell></table:table-row></table:table>";
    assert_eq!(extract(&(span_style("fo:color='#ffffff'") + cell), body).text, "seen");
}

#[test]
fn pages_begin_by_style_and_by_layout() {
    let styles = "<style:style style:name='B' style:family='paragraph'><style:paragraph-properties fo:break-before='page'/></style:style>\
        <style:style style:name='M' style:family='paragraph' style:master-page-name='Standard'/>";
    let body = "<text:p text:style-name='M'>one</text:p><text:p text:style-name='B'>two</text:p>\
        <text:p>goes <text:soft-page-break/>on</text:p>";
    let extraction = extract(styles, body);
    let starts: Vec<usize> = extraction.pages.iter().map(|page| page.start).collect();
    assert_eq!(
        (extraction.text.as_str(), starts.as_slice()),
        ("one\n\ntwo\n\ngoes on", [0, 5, 15].as_slice())
    );
}

#[test]
fn a_package_has_its_parts() {
    let content = "<office:document-content><office:body><office:text><text:p>text <draw:frame><draw:object xlink:href='./Object 1'/>\
        </draw:frame></text:p></office:text></office:body></office:document-content>";
    let styles = "<office:document-styles><office:master-styles><style:master-page><style:header><text:p>A head</text:p></style:header>\
        </style:master-page></office:master-styles></office:document-styles>";
    let meta = "<office:document-meta><office:meta><dc:title>On seas</dc:title><meta:initial-creator>Anna</meta:initial-creator>\
        <dc:creator>Ben</dc:creator><meta:document-statistic meta:page-count='3'/></office:meta></office:document-meta>";
    let formula = "<math><semantics><mfrac><mi>a</mi><mi>b</mi></mfrac><annotation>{a} over {b}</annotation></semantics></math>";
    let package = archive(&[
        ("content.xml", content.as_bytes()),
        ("styles.xml", styles.as_bytes()),
        ("meta.xml", meta.as_bytes()),
        ("Object 1/content.xml", formula.as_bytes()),
    ]);
    let extraction =
        read(Document { content: &package, name: "", encoding: "" }, &Limits::default()).unwrap();
    assert_eq!(extraction.text, "text a/b");
    assert_eq!(
        (extraction.title.as_str(), extraction.author.as_str(), extraction.page_count),
        ("On seas", "Anna", 3)
    );
    assert_eq!(extraction.removed[0].text, "A head");
}

#[test]
fn an_encrypted_or_damaged_package_says_so() {
    let manifest = "<manifest:manifest><manifest:file-entry manifest:full-path='content.xml'><manifest:encryption-data/>\
        </manifest:file-entry></manifest:manifest>";
    let encrypted = archive(&[("content.xml", b"\x01\x02"), ("META-INF/manifest.xml", manifest.as_bytes())]);
    let cut = archive(&[("content.xml", b"<office:document-content><office:body>")]);
    let try_read = |content: &[u8]| read(Document { content, name: "", encoding: "" }, &Limits::default());
    assert!(matches!(try_read(&encrypted), Err(Failure::Encrypted { .. })));
    assert!(matches!(try_read(&cut), Err(Failure::Damaged { .. })));
    assert!(matches!(try_read(&archive(&[("mimetype", b"")])), Err(Failure::Damaged { .. })));
}
