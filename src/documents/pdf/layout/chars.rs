//! Classes of characters that layout asks for.

/// Whether words of the script have no spaces between them: Han, Kana, Thai and their neighbours. Hangul has spaces.
pub(in super::super) fn is_spaceless(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{2E80}'..='\u{30FF}'
        | '\u{3100}'..='\u{312F}' | '\u{31A0}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a line that ends with one character and a line that begins with the other are joined without a space.
pub(in super::super) fn joins_without_space(end: char, start: char) -> bool {
    is_spaceless(end) && is_spaceless(start)
}

/// Whether a character is written from right to left.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{65F}' | '\u{66D}'..='\u{6EF}' | '\u{6FA}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Whether a character is drawn on the one before it.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E4}'
        | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8D3}'..='\u{8FF}')
}

/// Characters as an author wrote them, of those that a font shows: ligatures and presentation forms are letters.
pub(super) fn push_plain(text: &mut String, c: char) {
    use unicode_normalization::UnicodeNormalization as _;
    match c {
        '\u{FB00}'..='\u{FB06}'
        | '\u{FB1D}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}'
        | '\u{2F00}'..='\u{2FD5}' => {
            text.extend(std::iter::once(c).nfkc());
        }
        // Bullets of symbol fonts.
        '\u{F0A7}' | '\u{F0A8}' | '\u{F0B7}' | '\u{F0D8}' | '\u{F0FC}' => text.push('•'),
        _ => text.push(c),
    }
}

/// The combining form of an accent that is drawn by itself.
pub(super) fn combining(accent: char) -> Option<char> {
    Some(match accent {
        '`' | '\u{2CB}' => '\u{300}',
        '´' | '\u{2CA}' => '\u{301}',
        '^' | '\u{2C6}' => '\u{302}',
        '~' | '\u{2DC}' => '\u{303}',
        '¯' | '\u{2C9}' => '\u{304}',
        '\u{2D8}' => '\u{306}',
        '\u{2D9}' => '\u{307}',
        '¨' => '\u{308}',
        '\u{2DA}' => '\u{30A}',
        '\u{2DD}' => '\u{30B}',
        '\u{2C7}' => '\u{30C}',
        '¸' => '\u{327}',
        '\u{2DB}' => '\u{328}',
        _ => return None,
    })
}

/// A bracket as it is in text that is written the other way.
pub(super) fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        _ => c,
    }
}
