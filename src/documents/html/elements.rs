//! What browsers do with each element, as far as it matters to text.

/// How an element stands among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Display {
    /// In the line.
    Inline,
    /// A line of its own.
    Line,
    /// A paragraph of its own.
    Paragraph,
    /// A row of a table.
    Row,
    /// A cell of a table.
    Cell,
    /// An item of a list.
    Item,
    /// It is not shown, nor what is in it.
    Nothing,
}

/// What its content is to the tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Tags and text.
    Markup,
    /// None: the element has no end tag.
    Void,
    /// Text without tags, which is not shown.
    Raw,
    /// Text without tags, with character references.
    RawText,
    /// All that follows is text.
    Plain,
}

/// How the element `name`, in lower case, is shown.
pub(super) fn display(name: &str) -> Display {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "ul" | "ol" | "menu" | "dir"
        | "dl" | "table" | "pre" | "listing" | "xmp" | "plaintext" | "section" | "article" | "aside"
        | "nav" | "header" | "footer" | "main" | "figure" | "hr" | "form" | "fieldset" | "body"
        | "hgroup" => Display::Paragraph,
        "div" | "address" | "dt" | "dd" | "figcaption" | "caption" | "center" | "details" | "summary"
        | "legend" | "search" | "textarea" | "thead" | "tbody" | "tfoot" => Display::Line,
        "tr" => Display::Row,
        "td" | "th" => Display::Cell,
        "li" => Display::Item,
        "head" | "template" | "noscript" | "svg" | "annotation" | "annotation-xml" | "select"
        | "datalist" | "rt" | "rp" | "rtc" | "video" | "audio" | "canvas" | "object" | "applet" | "map"
        | "frameset" | "noframes" | "script" | "style" | "iframe" | "noembed" | "title" | "colgroup" => {
            Display::Nothing
        }
        _ => Display::Inline,
    }
}

/// What the content of the element `name`, in lower case, is.
pub(super) fn content(name: &str) -> Content {
    match name {
        "area" | "base" | "basefont" | "bgsound" | "br" | "col" | "embed" | "frame" | "hr" | "img"
        | "input" | "keygen" | "link" | "meta" | "param" | "source" | "track" | "wbr" => Content::Void,
        "script" | "style" | "iframe" | "noembed" | "noframes" => Content::Raw,
        "title" | "textarea" | "xmp" => Content::RawText,
        "plaintext" => Content::Plain,
        _ => Content::Markup,
    }
}

/// Whether an end tag of `name` ends formatting, also across blocks that began inside it.
pub(super) fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// Whether the start of `name` ends an open paragraph.
pub(super) fn ends_paragraph(name: &str) -> bool {
    !matches!(name, "caption" | "thead" | "tbody" | "tfoot" | "body" | "textarea" | "legend")
        && matches!(display(name), Display::Paragraph | Display::Line | Display::Item)
}

/// Whether end tags inside `name` reach no element outside it.
pub(super) fn is_boundary(name: &str) -> bool {
    matches!(
        name,
        "table"
            | "td"
            | "th"
            | "caption"
            | "html"
            | "body"
            | "template"
            | "object"
            | "button"
            | "svg"
            | "math"
    )
}

/// The elements that the start of `name` ends, if they are open inside one of the second list.
pub(super) fn implied_ends(name: &str) -> Option<ImpliedEnds> {
    let (ended, inside): (&'static [&'static str], &'static [&'static str]) = match name {
        "li" => (&["li"], &["ul", "ol", "menu", "dir", "table", "td", "th"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl", "table", "td", "th"]),
        "td" | "th" => (&["td", "th", "caption"], &["tr", "table"]),
        "tr" => (&["tr", "caption", "colgroup"], &["table", "template"]),
        "tbody" | "thead" | "tfoot" => {
            (&["tbody", "thead", "tfoot", "caption", "colgroup"], &["table", "template"])
        }
        "a" => (&["a"], &["table", "td", "th", "caption", "object", "button"]),
        "body" => (&["head"], &[]),
        _ => return None,
    };
    Some(ImpliedEnds { ended, inside })
}

/// Elements that a start tag ends without their end tags.
#[derive(Debug, Clone, Copy)]
pub(super) struct ImpliedEnds {
    /// The elements that end.
    pub(super) ended: &'static [&'static str],
    /// The elements beyond which none ends.
    pub(super) inside: &'static [&'static str],
}
