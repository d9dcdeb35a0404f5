//! Tests of Word documents.

use super::read;
use crate::documents::archive::tests::archive;
use crate::documents::{
    Document, Extraction, Failure, HiddenReason, Limits, RemovedKind, RemovedText, WarningKind,
};

/// A document with this body and these other parts, which have their usual names.
fn docx(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let main = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    let mut files = vec![("word/document.xml", main.as_bytes())];
    files.extend(parts.iter().map(|(name, content)| (*name, content.as_bytes())));
    archive(&files)
}

fn try_extract(body: &str, parts: &[(&str, &str)]) -> Result<Extraction, Failure> {
    let content = docx(body, parts);
    read(Document { content: &content, name: "", encoding: "" }, &Limits::default())
}

fn extract(body: &str, parts: &[(&str, &str)]) -> Extraction {
    try_extract(body, parts).unwrap()
}

fn text(body: &str) -> String {
    extract(body, &[]).text
}

/// A paragraph with this content of one run.
fn p(run: &str) -> String {
    format!("<w:p><w:r>{run}</w:r></w:p>")
}

/// A run of text with these properties.
fn run(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>")
}

#[test]
fn a_word_is_one_however_many_runs_it_has() {
    let body = "<w:p><w:r><w:t>Palim</w:t></w:r><w:proofErr/><w:smartTag><w:r><w:t>p</w:t></w:r></w:smartTag>\
        <w:hyperlink><w:r><w:t>sest</w:t></w:r></w:hyperlink><w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r>\
        <w:t> one</w:t><w:tab/><w:t>two</w:t><w:noBreakHyphen/><w:t>three &amp; four</w:t></w:r></w:sdtContent></w:sdt></w:p>";
    assert_eq!(text(body), "Palimpsest one two\u{2011}three & four");
}

#[test]
fn lines_and_pages_break_where_they_should() {
    let body = "<w:p><w:r><w:t>one</w:t><w:br/><w:t>two goes</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t> on</w:t>\
        <w:br w:type='page'/></w:r></w:p><w:p><w:r><w:lastRenderedPageBreak/><w:t>three</w:t></w:r></w:p>\
        <w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>four</w:t></w:r></w:p>";
    let extraction = extract(body, &[]);
    assert_eq!(extraction.text, "one\ntwo goes on\n\nthree\n\nfour");
    let starts: Vec<&str> = extraction.pages.iter().map(|page| &extraction.text[page.start..]).collect();
    let after = ["two goes on\n\nthree\n\nfour", "on\n\nthree\n\nfour", "three\n\nfour", "four"];
    assert_eq!(starts[0], extraction.text);
    assert_eq!(starts[1..], after[1..]);
}

#[test]
fn sections_begin_pages_unless_they_are_continuous() {
    let section = |kind: &str| format!("<w:sectPr><w:type w:val='{kind}'/></w:sectPr>");
    let paragraph = |kind: &str, text: &str| {
        format!("<w:p><w:pPr>{}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>", section(kind))
    };
    let body = paragraph("nextPage", "a")
        + &paragraph("continuous", "b")
        + &p("<w:t>c</w:t>")
        + &section("nextPage");
    let extraction = extract(&body, &[]);
    let starts: Vec<usize> = extraction.pages.iter().map(|page| page.start).collect();
    assert_eq!((extraction.text.as_str(), starts.as_slice()), ("a\n\nb\n\nc", [0, 6].as_slice()));
}

#[test]
fn changes_comments_heads_and_feet_are_not_text() {
    let body = "<w:p><w:r><w:t>kept </w:t></w:r><w:ins w:id='1'><w:r><w:t>inserted</w:t></w:r></w:ins>\
        <w:del w:id='2'><w:r><w:delText>deleted</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>\
        <w:r><w:commentReference w:id='0'/></w:r></w:p>\
        <w:p><w:pPr><w:rPr><w:del w:id='3'/></w:rPr></w:pPr><w:r><w:t>joined </w:t></w:r></w:p><w:p><w:r><w:t>up</w:t></w:r></w:p>";
    let comments =
        "<w:comments><w:comment w:id='0'><w:p><w:r><w:t>a comment</w:t></w:r></w:p></w:comment></w:comments>";
    let rels =
        "<Relationships><Relationship Id='r1' Type='http://x/header' Target='header1.xml'/></Relationships>";
    let head = "<w:hdr><w:p><w:r><w:t>Anna Page 1</w:t></w:r></w:p></w:hdr>";
    let parts =
        [("word/comments.xml", comments), ("word/_rels/document.xml.rels", rels), ("word/header1.xml", head)];
    let extraction = extract(body, &parts);

    assert_eq!(extraction.text, "kept inserted\n\njoined up");
    let removed = |kind, text: &str| RemovedText { kind, text: text.to_owned(), count: 1 };
    assert_eq!(
        extraction.removed,
        [
            removed(RemovedKind::Deletion, "deleted"),
            removed(RemovedKind::Deletion, "moved"),
            removed(RemovedKind::RunningHead, "Anna Page 1"),
            removed(RemovedKind::Comment, "a comment"),
        ]
    );
    assert_eq!(extraction.warnings[0].kind, WarningKind::TrackedChanges);
}

#[test]
fn notes_come_at_the_end_with_their_numbers() {
    let body = "<w:p><w:r><w:t>A claim</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:t>, and</w:t></w:r>\
        <w:r><w:endnoteReference w:id='2'/></w:r><w:r><w:t> more.</w:t></w:r></w:p>";
    let note = |kind: &str, text: &str| {
        format!(
            "<w:{kind}s><w:{kind} w:type='separator' w:id='0'><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>\
             <w:{kind} w:id='2'><w:p><w:r><w:{kind}Ref/></w:r><w:r><w:t xml:space='preserve'> {text}</w:t></w:r></w:p></w:{kind}></w:{kind}s>"
        )
    };
    let (foot, end) = (note("footnote", "At the foot."), note("endnote", "At the end."));
    let extraction = extract(body, &[("word/footnotes.xml", &foot), ("word/endnotes.xml", &end)]);
    assert_eq!(extraction.text, "A claim [1], and [2] more.\n\n[1] At the foot.\n\n[2] At the end.");
}

#[test]
fn results_of_fields_are_text_and_instructions_are_not() {
    let field = |kind: &str| format!("<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>");
    let t = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let instruction = "<w:r><w:instrText>HYPERLINK \"x\"</w:instrText></w:r>";
    let whole = field("begin") + instruction + &field("separate") + &t("shown") + &field("end");
    let cut = field("begin") + &t("lost");
    let simple = "<w:fldSimple w:instr='PAGE'><w:r><w:t>7</w:t></w:r></w:fldSimple>";
    let body = format!("<w:p>{whole}{simple}{cut}</w:p><w:p>{}</w:p>", t("kept"));
    assert_eq!(text(&body), "shown7\n\nkept");
}

#[test]
fn a_box_is_read_once_behind_its_paragraph() {
    let shape = "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:spPr><a:noFill/></wps:spPr>\
        <wps:txbx><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></w:drawing>\
        </mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p>\
        </w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>";
    let body = format!("<w:p><w:r><w:t>before</w:t>{shape}<w:t> after</w:t></w:r></w:p>");
    assert_eq!(text(&body), "before after\n\nboxed");
    let empty = "<mc:AlternateContent><mc:Choice Requires='new'/><mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent>";
    assert_eq!(text(&p(empty)), "old");
}

#[test]
fn tables_inside_tables_keep_their_words_apart() {
    let cell = |content: &str| format!("<w:tc><w:tcPr/>{content}</w:tc>");
    let inner = format!(
        "<w:tbl><w:tr>{}{}</w:tr></w:tbl>{}",
        cell(&p("<w:t>b</w:t>")),
        cell(&p("<w:t>c</w:t>")),
        p("")
    );
    let body = format!(
        "<w:tbl><w:tr>{}{}</w:tr></w:tbl>{}",
        cell(&p("<w:t>a</w:t>")),
        cell(&inner),
        p("<w:t>d</w:t>")
    );
    assert_eq!(text(&body), "a\tb\tc\n\nd");
}

#[test]
fn items_of_lists_are_lines_and_numbered_headings_are_not() {
    let item = "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>item</w:t></w:r></w:p>";
    let heading = "<w:p><w:pPr><w:pStyle w:val='H'/></w:pPr><w:r><w:t>heading</w:t></w:r></w:p>";
    let styles = "<w:styles><w:style w:type='paragraph' w:styleId='H'><w:name w:val='heading 1'/>\
        <w:pPr><w:numPr><w:numId w:val='2'/></w:numPr><w:outlineLvl w:val='0'/></w:pPr></w:style></w:styles>";
    let body = [heading, item, item, heading].concat();
    assert_eq!(extract(&body, &[("word/styles.xml", styles)]).text, "heading\n\nitem\nitem\n\nheading");
}

#[test]
fn text_that_nobody_sees_is_hidden() {
    let styles = "<w:styles><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val='22'/></w:rPr></w:rPrDefault></w:docDefaults>\
        <w:style w:type='character' w:styleId='Base'><w:rPr><w:vanish/></w:rPr></w:style>\
        <w:style w:type='character' w:styleId='Ghost'><w:basedOn w:val='Base'/></w:style>\
        <w:style w:type='paragraph' w:styleId='Pale'><w:rPr><w:color w:val='FFFFFF'/></w:rPr></w:style></w:styles>";
    let hidden = [
        ("<w:vanish/>", HiddenReason::Marked),
        ("<w:rStyle w:val='Ghost'/>", HiddenReason::Marked),
        ("<w:color w:val='FFFFFF'/>", HiddenReason::Colour),
        ("<w:color w:val='auto' w:themeColor='background1'/>", HiddenReason::Colour),
        ("<w:color w:val='FDFDFE'/><w:shd w:val='clear' w:fill='auto'/>", HiddenReason::Colour),
        ("<w:color w:val='FFFF00'/><w:highlight w:val='yellow'/>", HiddenReason::Colour),
        ("<w14:textFill><w14:noFill/></w14:textFill>", HiddenReason::Colour),
        ("<w:sz w:val='3'/>", HiddenReason::Tiny),
    ];
    for (properties, reason) in hidden {
        let body = format!("<w:p>{}{}</w:p>", run("", "seen"), run(properties, "unseen"));
        let extraction = extract(&body, &[("word/styles.xml", styles)]);
        assert_eq!(extraction.text, "seen", "{properties}");
        assert_eq!(
            (extraction.hidden[0].reason, extraction.hidden[0].text.as_str()),
            (reason, "unseen"),
            "{properties}"
        );
        assert_eq!(extraction.warnings[0].kind, WarningKind::HiddenText);
    }
    let pale = format!("<w:p><w:pPr><w:pStyle w:val='Pale'/></w:pPr>{}</w:p>", run("", "unseen"));
    let extraction = extract(&(pale + &p("<w:t>seen</w:t>")), &[("word/styles.xml", styles)]);
    assert_eq!((extraction.text.as_str(), extraction.hidden[0].text.as_str()), ("seen", "unseen"));
}

#[test]
fn text_that_is_seen_is_not_hidden() {
    let white = "<w:color w:val='FFFFFF'/>";
    for properties in [
        "<w:vanish w:val='0'/>",
        "<w:webHidden/>",
        "<w:color w:val='808080'/>",
        "<w:color w:val='FFFFFF' w:themeColor='background1' w:themeShade='80'/>",
        "<w:color w:val='FFFFFF'/><w:shd w:val='clear' w:fill='1F4E79'/>",
        "<w:color w:val='FFFFFF'/><w:highlight w:val='black'/>",
        "<w14:textOutline><w14:solidFill/></w14:textOutline><w14:textFill><w14:noFill/></w14:textFill>",
        "<w:sz w:val='4'/>",
        "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>",
    ] {
        let extraction = extract(&format!("<w:p>{}</w:p>", run(properties, "seen")), &[]);
        assert_eq!((extraction.text.as_str(), extraction.hidden.len()), ("seen", 0), "{properties}");
    }
    let dark =
        format!("<w:p><w:pPr><w:shd w:val='clear' w:fill='000000'/></w:pPr>{}</w:p>", run(white, "seen"));
    let cell = format!(
        "<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val='clear' w:fill='4472C4'/></w:tcPr><w:p>{}</w:p></w:tc></w:tr></w:tbl>",
        run(white, "seen")
    );
    let styles = "<w:styles><w:style w:type='table' w:styleId='Grid'><w:tblStylePr w:type='firstRow'><w:tcPr>\
        <w:shd w:val='clear' w:fill='4472C4'/></w:tcPr></w:tblStylePr></w:style></w:styles>";
    let table = format!(
        "<w:tbl><w:tblPr><w:tblStyle w:val='Grid'/></w:tblPr><w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr></w:tbl>",
        run(white, "seen")
    );
    for body in [dark, cell, table] {
        assert_eq!(extract(&body, &[("word/styles.xml", styles)]).text, "seen", "{body}");
    }
}

#[test]
fn symbols_formulas_and_ruby_are_read() {
    let symbols = "<w:sym w:font='Symbol' w:char='F061'/><w:sym w:font='Wingdings' w:char='F0FC'/><w:softHyphen/><w:t>b</w:t>";
    assert_eq!(text(&p(symbols)), "α\u{AD}b");
    let formula = "<w:p><m:oMath><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t>\
        </m:r></m:den></m:f></m:oMath></w:p>";
    assert_eq!(text(formula), "x=1/2");
    let ruby = "<w:ruby><w:rt><w:r><w:t>かんじ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢字</w:t></w:r></w:rubyBase></w:ruby>";
    assert_eq!(text(&p(ruby)), "漢字");
}

#[test]
fn statements_and_warnings_are_made() {
    let core =
        "<cp:coreProperties><dc:title>On  seas</dc:title><dc:creator>Anna</dc:creator></cp:coreProperties>";
    let parts = [
        ("docProps/core.xml", core),
        ("docProps/app.xml", "<Properties><Pages>7</Pages><Words>3</Words></Properties>"),
        ("word/vbaProject.bin", ""),
        ("word/footnotes.xml", "<w:footnotes><w:footnote"),
    ];
    let extraction = extract(&(p("<w:t>text</w:t>") + "<w:altChunk r:id='r9'/>"), &parts);
    assert_eq!((extraction.title.as_str(), extraction.author.as_str()), ("On seas", "Anna"));
    assert_eq!(extraction.page_count, 7);
    let kinds: Vec<WarningKind> = extraction.warnings.iter().map(|warning| warning.kind).collect();
    assert_eq!(kinds, [WarningKind::Damaged, WarningKind::NotRead, WarningKind::Macros]);
}

#[test]
fn what_cannot_be_read_says_why() {
    assert!(matches!(try_extract("", &[]), Err(Failure::NoText { is_scan: false, .. })));
    let picture = [("word/media/image1.png", "")];
    assert!(matches!(try_extract("", &picture), Err(Failure::NoText { is_scan: true, .. })));
    let cut = archive(&[("word/document.xml", b"<w:document><w:body><w:p>")]);
    let read_whole = |content: &[u8]| read(Document { content, name: "", encoding: "" }, &Limits::default());
    let Err(Failure::Damaged { problem, .. }) = read_whole(&cut) else { panic!("read") };
    assert!(problem.starts_with("word/document.xml is not well-formed at byte 25"), "{problem}");
    assert!(matches!(read_whole(&archive(&[("a", b"b")])), Err(Failure::Damaged { .. })));
    assert!(matches!(read_whole(&cut[..40]), Err(Failure::Damaged { .. })));
}

#[test]
fn the_main_part_may_have_any_name() {
    let body = "<w:document><w:body><w:p><w:r><w:t>text</w:t></w:r></w:p></w:body></w:document>";
    let of_package = "<Relationships><Relationship Id='a' Type='http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument' \
        Target='/Text/Body.xml'/></Relationships>";
    let related = archive(&[("_rels/.rels", of_package.as_bytes()), ("text/body.xml", body.as_bytes())]);
    let types = "<Types><Override PartName='/a/b.xml' ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>";
    let package = archive(&[("[Content_Types].xml", types.as_bytes()), ("a/b.xml", body.as_bytes())]);
    for content in [related, package] {
        let document = Document { content: &content, name: "", encoding: "" };
        assert_eq!(read(document, &Limits::default()).unwrap().text, "text");
    }
}
