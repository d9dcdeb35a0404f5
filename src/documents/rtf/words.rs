//! Control words that stand for characters, and those whose groups are no text.

/// The character that a control word stands for.
pub(super) fn character(name: &[u8]) -> Option<char> {
    Some(match name {
        b"emdash" => '\u{2014}',
        b"endash" => '\u{2013}',
        b"lquote" => '\u{2018}',
        b"rquote" => '\u{2019}',
        b"ldblquote" => '\u{201C}',
        b"rdblquote" => '\u{201D}',
        b"bullet" => '\u{2022}',
        b"emspace" | b"enspace" | b"qmspace" | b"tab" => ' ',
        b"zwj" => '\u{200D}',
        b"zwnj" => '\u{200C}',
        b"zwbo" => '\u{200B}',
        b"zwnbo" => '\u{2060}',
        b"ltrmark" => '\u{200E}',
        b"rtlmark" => '\u{200F}',
        _ => return None,
    })
}

/// The character that a symbol stands for.
pub(super) fn symbol(symbol: u8) -> Option<char> {
    Some(match symbol {
        b'\\' | b'{' | b'}' => char::from(symbol),
        b'~' => '\u{A0}',
        b'_' => '\u{2011}',
        b'-' => '\u{AD}',
        b'\t' => ' ',
        _ => return None,
    })
}

/// Whether the group that a control word begins is no text, and may be skipped.
pub(super) fn is_skipped(name: &[u8]) -> bool {
    const SKIPPED: [&[u8]; 54] = [
        b"aftncn",
        b"aftnsep",
        b"aftnsepc",
        b"atnid",
        b"atnref",
        b"atntime",
        b"atrfend",
        b"atrfstart",
        b"bkmkend",
        b"bkmkstart",
        b"blipuid",
        b"buptim",
        b"colorschememapping",
        b"comment",
        b"creatim",
        b"datafield",
        b"datastore",
        b"defchp",
        b"defpap",
        b"do",
        b"doccomm",
        b"docvar",
        b"dptxbxtext",
        b"falt",
        b"fldinst",
        b"filetbl",
        b"ftncn",
        b"ftnsep",
        b"ftnsepc",
        b"generator",
        b"latentstyles",
        b"listoverridetable",
        b"listtable",
        b"listtext",
        b"nonesttables",
        b"nonshppict",
        b"objclass",
        b"objdata",
        b"objname",
        b"panose",
        b"pgptbl",
        b"pict",
        b"picprop",
        b"pntext",
        b"pntxta",
        b"pntxtb",
        b"printim",
        b"revtbl",
        b"rsidtbl",
        b"shprslt",
        b"sp",
        b"stylesheet",
        b"themedata",
        b"xmlnstbl",
    ];
    SKIPPED.contains(&name)
}

/// Whether a group that begins with `\*` is text nevertheless.
pub(super) fn is_known_extension(name: &[u8]) -> bool {
    matches!(
        name,
        b"shpinst"
            | b"shptxt"
            | b"ud"
            | b"annotation"
            | b"atnauthor"
            | b"footnote"
            | b"nesttableprops"
            | b"txfieldtext"
    )
}
