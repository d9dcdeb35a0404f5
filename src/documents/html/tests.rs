//! Tests of HTML.

use super::super::writer::Writer;
use super::super::{Document, Extraction, Failure, HiddenReason, Limits, RemovedKind, WarningKind};
use super::{read, read_into};

fn html(content: &str) -> Extraction {
    let document = Document { content: content.as_bytes(), name: "", encoding: "" };
    read(document, &Limits::default()).unwrap()
}

fn text(content: &str) -> String {
    html(content).text
}

#[test]
fn blocks_lines_cells_and_items() {
    for (content, expected) in [
        ("<p>One\n  two<p>three</p>four", "One two\n\nthree\n\nfour"),
        ("<h1>Title</h1><p>Text<br>more<br><br>next</p>", "Title\n\nText\nmore\n\nnext"),
        ("<div>a</div><div>b</div><div><br></div><div>c</div>", "a\nb\n\nc"),
        ("x<ul><li>a<li><p>b</p><ul><li>c</ul></li></ul>y", "x\n\na\nb\nc\n\ny"),
        ("<table><tr><td>a<td><p>b</p><tr><th>c</th><td></td><td>d</td></table>e", "a\tb\nc\td\n\ne"),
        ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\n\nb"),
        ("a<b>b</b><i> c</i> <!-- not --> d", "ab c d"),
        ("<pre>\n  fn main() {\n    x &lt; y\n  }\n</pre>after", "  fn main() {\n    x < y\n  }\n\nafter"),
        ("<pre><span>a</span>\n\n<span>  b</span></pre>", "a\n\n  b"),
        ("<p>&nbsp;</p><p>so&shy;ft</p>", "so\u{ad}ft"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字", "漢字"),
        ("He said <q>yes <q>no</q></q>.", "He said “yes ‘no’”."),
        ("<dl><dt>a<dd>b<dt>c</dl>", "a\nb\nc"),
        (
            "a<script>if (a<b) '</p>'</script><style>p{}</style><noscript>n</noscript><template>t</template>b",
            "ab",
        ),
        ("<select><option>x</select>a<svg><text>s</text></svg><textarea>b&amp;</textarea>", "a\nb&"),
        ("<p>a<p>b</p></p>c", "a\n\nb\n\nc"),
        ("<math><mi>x</mi><mo>=</mo><mn>1</mn><annotation>x=1</annotation></math>", "x=1"),
        ("one<xmp><b></xmp>two<plaintext><i>", "one\n\n<b>\n\ntwo\n\n<i>"),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn what_a_document_says_of_itself() {
    let read = html(
        "<!doctype html><html><head><title>On &amp; on</title><meta name=AUTHOR content='Ada &lt;B&gt;'>\
         <link rel=x></head><body>text</body></html> after",
    );
    assert_eq!((read.title.as_str(), read.author.as_str()), ("On & on", "Ada <B>"));
    assert_eq!(read.text, "text after");
    assert_eq!(html("<head><title>t</title>loose<p>more").text, "loose\n\nmore");
}

#[test]
fn hidden_text_is_kept_apart() {
    use HiddenReason::{Colour, Covered, Marked, Tiny};
    for (content, visible, reason) in [
        ("<p>a<span style='display:none'>HIDE <b>ME</b></span>b</p>", "ab", Marked),
        ("<p hidden>HIDE ME<p>ab", "ab", Marked),
        ("a<div style='visibility:hidden'>HIDE ME</div>b", "a\nb", Marked),
        ("<p>a<font color=#FFFFFF>HIDE ME</font>b", "ab", Colour),
        ("<body bgcolor=black text=white>ab<font color=black>HIDE ME</font>", "ab", Colour),
        ("<style>.x { color: white }</style>a<i class='y x'>HIDE ME</i>b", "ab", Colour),
        ("<style><!-- p#z{font-size:1px} --></style>ab<p id=z>HIDE ME", "ab", Tiny),
        ("ab<div style=\"position:absolute; left:-9999px\">HIDE ME</div>", "ab", Covered),
        ("<p style='display:none'>HIDE ME<p>ab", "ab", Marked),
        ("<font color=white><p>HIDE ME</font>ab</p>", "ab", Colour),
    ] {
        let read = html(content);
        assert_eq!(read.text, visible, "{content}");
        assert_eq!(read.hidden.len(), 1, "{content}");
        assert_eq!((read.hidden[0].text.trim(), read.hidden[0].reason), ("HIDE ME", reason), "{content}");
        assert_eq!(read.warnings.last().unwrap().kind, WarningKind::HiddenText);
    }
    for content in [
        "<p aria-hidden=true>ab",
        "<p style='color:white;background:#036'>ab",
        "<div style='background:black'><p style='color:#fff'>ab</p></div>",
        "<div style='visibility:hidden'><p style='visibility:visible'>ab</p></div>",
        "<style>.x{display:none} @media print{p{display:none}}</style><p>ab",
        "<table bgcolor=navy><tr><td><font color=white>ab</font></table>",
    ] {
        let read = html(content);
        assert_eq!((read.text.as_str(), read.hidden.len()), ("ab", 0), "{content}");
    }
}

#[test]
fn deletions_are_removed_and_insertions_stay() {
    let read = html("a <del>old <b>text</b></del><ins>new</ins> <s>struck</s>");
    assert_eq!(read.text, "a new struck");
    assert_eq!((read.removed[0].kind, read.removed[0].text.as_str()), (RemovedKind::Deletion, "old text"));
    assert_eq!(read.warnings[0].kind, WarningKind::TrackedChanges);
}

#[test]
fn notes_are_referred_to_by_marks() {
    for (content, expected) in [
        (
            "<p>Walls<sup><a href=#fn1>1</a></sup> stand.</p><ol><li id=fn1><p>See Moll. <a href=#r1>↩</a></p></li></ol>",
            "Walls [1] stand.\n\n[1] See Moll.",
        ),
        (
            "<p>Walls<a href='x.htm#_ftn1' name='_r1'><span>[1]</span></a>.</p><p><a href='#_r1' name='_ftn1'>[1]</a> See Moll.",
            "Walls [1].\n\n[1] See Moll.",
        ),
        (
            "<p>Walls<a epub:type='noteref' href='#n'>3</a></p><aside epub:type='footnote' id='n'><p>3. See Moll.</p></aside>",
            "Walls [3]\n\n[3] See Moll.",
        ),
        ("<p>Ten m<sup>2</sup> of walls<sup>2</sup> and 10<sup>6</sup>", "Ten m2 of walls [2] and 106"),
        (
            "<p>See <a href='#c1'>1</a> and <a href='#c2'>the second chapter</a>.",
            "See 1 and the second chapter.",
        ),
        ("<p>See <a href='https://example.org/'>Moll</a><sup>th</sup>", "See Mollth"),
    ] {
        assert_eq!(text(content), expected, "{content}");
    }
}

#[test]
fn encodings_by_mark_statement_and_guess() {
    let read = |bytes: &[u8], encoding: &str| {
        read(Document { content: bytes, name: "", encoding }, &Limits::default()).unwrap()
    };
    let stated = read(b"<meta charset=iso-8859-2><p>\xB1\xB6", "");
    assert_eq!((stated.text.as_str(), stated.encoding.as_str()), ("\u{105}\u{15b}", "ISO-8859-2"));
    let http =
        read(b"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'><p>\xCC\xE8\xF0", "");
    assert_eq!(http.text, "Мир");
    let xml = read(b"<?xml version='1.0' encoding='windows-1252'?><html><p>caf\xE9</p></html>", "");
    assert_eq!(xml.text, "café");
    let wrong = read("<meta charset=iso-8859-1><p>caf\u{e9}".as_bytes(), "");
    assert_eq!((wrong.text.as_str(), wrong.warnings[0].kind), ("café", WarningKind::Encoding));
    let guessed = read(b"<meta charset=utf-8><p>Le caf\xE9 \xE9tait ferm\xE9 \xE0 midi", "");
    assert_eq!(
        (guessed.text.as_str(), guessed.encoding.as_str()),
        ("Le café était fermé à midi", "windows-1252")
    );
    let utf16: Vec<u8> =
        "<p>caf\u{e9} <meta charset=utf-8>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&[&[0xFF, 0xFE], utf16.as_slice()].concat(), "").text, "café");
}

#[test]
fn xhtml_closes_elements_as_xml_does() {
    let mut writer = Writer::new(Limits::default());
    let chapter = "<?xml version=\"1.0\"?><!DOCTYPE html [<!ENTITY x \"<p>\">]><html><head><title/><script src=\"x\"/></head>\
                   <body><h2>One <i>wall</i></h2><p/><p>a &amp; b<a id=\"x\"/> c</p><![CDATA[d < e]]></body></html>";
    let about = read_into(&mut writer, chapter, &Limits::default()).unwrap();
    assert_eq!(about.heading, "One wall");
    let read = writer.finish(super::Format::Epub, false).unwrap();
    assert_eq!(read.text, "One wall\n\na & b c\n\nd < e");
}

#[test]
fn deep_long_and_broken_documents_end() {
    let deep = format!("{}text{}end", "<div><b><span>".repeat(100_000), "</div>".repeat(100_000));
    let read = html(&deep);
    assert_eq!(read.text, "text\nend");
    assert_eq!(read.warnings[0].kind, WarningKind::Damaged);
    let hidden = format!("a{}<i hidden>secret</i>", "<div>".repeat(1000));
    assert_eq!(html(&hidden).text, "a");
    let attributes: String = (0..200_000).map(|n| format!(" a{n}=x")).collect();
    assert_eq!(text(&format!("<p{attributes}>text")), "text");
    let styles = format!("<style>{}</style>{}x", "b b b b b b{color:red}".repeat(600), "<b>".repeat(50_000));
    assert_eq!(text(&styles), "x");
    for broken in
        ["<p>a<", "<p>a</", "<p>a<!--", "<p>a<b c='", "<p>a<![CDATA[", "<p>a<script>", "<p>a&", "<p>a&#"]
    {
        assert!(text(broken).starts_with('a'), "{broken}");
    }
    let document = Document { content: b"<html><body><img src=x></body></html>", name: "", encoding: "" };
    assert!(matches!(read_failure(document), Failure::NoText { .. }));
}

fn read_failure(document: Document<'_>) -> Failure {
    read(document, &Limits::default()).unwrap_err()
}
