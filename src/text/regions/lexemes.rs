//! Lexemes of citations and of entries of a bibliography: words, numbers and signs.

/// A word, a number or a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexeme<'a> {
    /// Letters, with apostrophes and hyphens inside.
    Word(&'a str),
    /// Digits, and a letter glued to them (2009a).
    Number {
        /// Its value, saturated.
        value: u32,
        /// How many digits it has.
        digits: usize,
    },
    /// `,` and its equivalents in other scripts.
    Comma,
    /// `.` in its forms.
    Dot,
    /// `:` in its forms.
    Colon,
    /// `-` and dashes.
    Dash,
    /// `&` and `+`.
    And,
    /// `/`.
    Slash,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// Anything else.
    Other,
}

impl Lexeme<'_> {
    /// Whether it is a year that a cited work can have: 1000 to 2099.
    pub(super) fn is_year(self) -> bool {
        matches!(self, Self::Number { value: 1000..=2099, digits: 4 })
    }
}

/// The lexemes of `text`, without spaces, each with the byte where it starts. Linear.
pub(super) fn lexemes(text: &str) -> impl Iterator<Item = (usize, Lexeme<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let spaces = rest.len() - rest.trim_start().len();
        let rest = rest.get(spaces..)?;
        let start = at + spaces;
        let first = rest.chars().next()?;
        let (length, lexeme) = match first {
            c if c.is_alphabetic() => word(rest),
            c if digit(c).is_some() => number(rest),
            c => (c.len_utf8(), sign(c)),
        };
        at = start + length;
        Some((start, lexeme))
    })
}

fn word(rest: &str) -> (usize, Lexeme<'_>) {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next_is_letter = chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        let joins = matches!(c, '\'' | '’' | 'ʼ' | '-' | '‐' | '‑') && next_is_letter;
        if !c.is_alphabetic() && !joins && !is_mark(c) {
            break;
        }
        end = at + c.len_utf8();
    }
    (end, Lexeme::Word(rest.get(..end).unwrap_or_default()))
}

fn number(rest: &str) -> (usize, Lexeme<'_>) {
    let (mut value, mut digits, mut end) = (0_u32, 0, 0);
    for c in rest.chars() {
        let Some(digit) = digit(c) else { break };
        value = value.saturating_mul(10).saturating_add(digit);
        digits += 1;
        end += c.len_utf8();
    }
    let mut tail = rest.get(end..).unwrap_or_default().chars();
    // "2009a" is a year and a letter; "1990s" is a decade.
    let letter = tail.next().filter(|c| digits == 4 && c.is_lowercase() && *c != 's');
    match (letter, tail.next()) {
        (Some(letter), next) if !next.is_some_and(char::is_alphanumeric) => {
            (end + letter.len_utf8(), Lexeme::Number { value, digits })
        }
        _ => (end, Lexeme::Number { value, digits }),
    }
}

/// The value of a decimal digit: ASCII, Arabic, Persian, Devanagari, Bengali or full-width.
fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6F0}'..='\u{6F9}' => '\u{6F0}',
        '\u{966}'..='\u{96F}' => '\u{966}',
        '\u{9E6}'..='\u{9EF}' => '\u{9E6}',
        '０'..='９' => '０',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{200C}' | '\u{200D}')
}

fn sign(c: char) -> Lexeme<'static> {
    match c {
        ',' | '，' | '、' | '،' | '・' | '·' => Lexeme::Comma,
        '.' | '．' | '。' => Lexeme::Dot,
        ':' | '：' => Lexeme::Colon,
        '-' | '–' | '—' | '‐' | '‑' | '−' | '～' | '〜' => Lexeme::Dash,
        '&' | '＆' | '+' => Lexeme::And,
        '/' | '／' => Lexeme::Slash,
        '(' | '[' | '（' | '［' => Lexeme::Open,
        ')' | ']' | '）' | '］' => Lexeme::Close,
        _ => Lexeme::Other,
    }
}
