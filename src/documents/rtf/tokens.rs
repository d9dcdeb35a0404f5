//! The tokens of RTF: groups, control words with their numbers, symbols, bytes.

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`.
    Open,
    /// `}`.
    Close,
    /// `\word` or `\word12`.
    Word { name: &'a [u8], number: Option<i32> },
    /// `\` and a character that is no letter, such as `\~`.
    Symbol(u8),
    /// `\'hh`, or a byte of text.
    Byte { byte: u8, is_escaped: bool },
}

/// Longest control word, in bytes.
const MAX_WORD_BYTES: usize = 32;

/// Iterates over the tokens of a document.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    content: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(content: &'a [u8]) -> Self {
        Self { content, at: 0 }
    }

    /// Skips bytes that are no text: what `\bin` announces.
    pub(super) fn pass_over(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.content.len());
    }

    fn peek(&self) -> Option<u8> {
        self.content.get(self.at).copied()
    }

    /// What follows a backslash.
    fn control(&mut self) -> Option<Token<'a>> {
        let first = self.peek()?;
        if first.is_ascii_alphabetic() {
            return Some(self.word());
        }
        self.at += 1;
        if first != b'\'' {
            return Some(Token::Symbol(first));
        }
        let digits = self.content.get(self.at..self.at + 2).unwrap_or_default();
        let value = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match value {
            Some(byte) => {
                self.at += 2;
                Some(Token::Byte { byte, is_escaped: true })
            }
            None => Some(Token::Symbol(b'\'')),
        }
    }

    fn word(&mut self) -> Token<'a> {
        let start = self.at;
        while self.at - start < MAX_WORD_BYTES && self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at += 1;
        }
        let name = self.content.get(start..self.at).unwrap_or_default();
        let number_start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits_start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == digits_start {
            self.at = number_start;
        }
        let number = self.content.get(number_start..self.at).unwrap_or_default();
        let number = std::str::from_utf8(number).ok().and_then(|digits| {
            let out_of_range = if digits.starts_with('-') { i32::MIN } else { i32::MAX };
            (!digits.is_empty()).then(|| digits.parse::<i32>().unwrap_or(out_of_range))
        });
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        Token::Word { name, number }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = self.peek()?;
            self.at += 1;
            return match byte {
                b'{' => Some(Token::Open),
                b'}' => Some(Token::Close),
                b'\\' => self.control(),
                // Line breaks of the file are no text.
                b'\r' | b'\n' => continue,
                byte => Some(Token::Byte { byte, is_escaped: false }),
            };
        }
    }
}
