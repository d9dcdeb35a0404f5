//! Code pages and the character sets of fonts.

use std::collections::HashMap;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_1252};

/// What the bytes of a font stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Characters in an encoding.
    Encoding(&'static Encoding),
    /// Pictures, such as of Wingdings, which are no text.
    Pictures,
    /// What the document says for all fonts that say nothing.
    Default,
}

/// The encoding of a code page of Windows.
pub(super) fn code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        932 => return Some(SHIFT_JIS),
        936 => return Some(GBK),
        949 | 1361 => return Some(EUC_KR),
        950 => return Some(BIG5),
        65001 => return Some(UTF_8),
        10000 => return Some(MACINTOSH),
        // Of the code pages of DOS only that of Cyrillic is among those of the standard.
        866 => "ibm866",
        874 => "windows-874",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1252 | 437 | 850 | 819 => "windows-1252",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        20866 => "koi8-r",
        28592 => "iso-8859-2",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// The character set of a font by `\fcharset`.
pub(super) fn of_font(number: i32) -> Charset {
    let page = match number {
        0 => 1252,
        2 => return Charset::Pictures,
        77 => 10000,
        128 => 932,
        129 | 130 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return Charset::Default,
    };
    code_page(page).map_or(Charset::Default, Charset::Encoding)
}

/// The fonts of a document.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    charsets: HashMap<i32, Charset>,
    /// The font that the table describes at the moment.
    pub(super) current: i32,
}

/// Most fonts that are kept.
const MAX_FONTS: usize = 10_000;

impl Fonts {
    /// Notes the character set of the font that is described.
    pub(super) fn describe(&mut self, charset: Charset) {
        if self.charsets.len() < MAX_FONTS {
            self.charsets.insert(self.current, charset);
        }
    }

    /// The encoding of text in a font; `None` if it has pictures.
    pub(super) fn encoding(
        &self,
        font: Option<i32>,
        default: &'static Encoding,
    ) -> Option<&'static Encoding> {
        match font.and_then(|font| self.charsets.get(&font)) {
            Some(Charset::Encoding(encoding)) if *encoding != WINDOWS_1252 => Some(encoding),
            Some(Charset::Pictures) => None,
            // Writers name the character set of Western fonts whatever the code page is.
            Some(Charset::Encoding(_) | Charset::Default) | None => Some(default),
        }
    }
}
