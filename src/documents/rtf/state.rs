//! What applies to the text of a group.

/// Where the text of a group goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The text of the document.
    Main,
    /// The note that was begun last.
    Note,
    /// The text box that was begun last.
    TextBox,
    /// A header or a footer.
    RunningHead,
    /// A comment.
    Comment,
    /// The title of the document.
    Title,
    /// Its author.
    Author,
    /// The table of fonts.
    Fonts,
    /// The table of colours.
    Colours,
    /// What is said of the document.
    Info,
    /// Nowhere.
    Nowhere,
}

/// What applies to the text of a group. A group inside it begins with the same.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of text that is on or off by itself")]
pub(super) struct State {
    pub(super) target: Target,
    /// Where the Unicode form of a text goes that has two forms.
    pub(super) unicode_target: Option<Target>,
    /// Whether the groups inside are the two forms of a text.
    pub(super) has_two_forms: bool,
    /// Whether `\*` was read: a group that is skipped unless it is known.
    pub(super) is_extension: bool,
    /// How many characters follow each `\u` for readers that don't know it.
    pub(super) fallback_characters: u32,
    pub(super) font: Option<i32>,
    pub(super) is_hidden: bool,
    pub(super) is_deleted: bool,
    /// Colours by their place in the table; 0 is none.
    pub(super) colour: i32,
    pub(super) behind_text: i32,
    pub(super) behind_paragraph: i32,
    /// Size of the font; 24 if not said.
    pub(super) half_points: i32,
    pub(super) is_in_table: bool,
    pub(super) is_item: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            target: Target::Main,
            unicode_target: None,
            has_two_forms: false,
            is_extension: false,
            fallback_characters: 1,
            font: None,
            is_hidden: false,
            is_deleted: false,
            colour: 0,
            behind_text: 0,
            behind_paragraph: 0,
            half_points: 24,
            is_in_table: false,
            is_item: false,
        }
    }
}

impl State {
    /// The state of a group inside this one.
    pub(super) fn inner(&self) -> Self {
        let unicode_target = self.has_two_forms.then_some(self.target);
        let target = if self.has_two_forms { Target::Nowhere } else { self.target };
        Self { target, unicode_target, has_two_forms: false, is_extension: false, ..*self }
    }

    /// `\plain`: characters as they are by default.
    pub(super) fn reset_characters(&mut self, default_font: Option<i32>) {
        self.font = default_font;
        self.is_hidden = false;
        self.is_deleted = false;
        self.colour = 0;
        self.behind_text = 0;
        self.half_points = 24;
    }

    /// `\pard`: paragraphs as they are by default.
    pub(super) fn reset_paragraph(&mut self) {
        self.is_in_table = false;
        self.is_item = false;
        self.behind_paragraph = 0;
    }
}

/// The table of colours.
#[derive(Debug, Default)]
pub(super) struct Colours {
    known: Vec<Colour>,
    /// The colour that is described.
    pub(super) current: Colour,
}

/// A colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Colour {
    pub(super) red: u8,
    pub(super) green: u8,
    pub(super) blue: u8,
}

/// Most colours that are kept.
const MAX_COLOURS: usize = 4096;

/// Difference of a channel up to which two colours look the same.
const MAX_DIFFERENCE: u8 = 16;

impl Colours {
    /// Ends the colour that is described.
    pub(super) fn end(&mut self) {
        if self.known.len() < MAX_COLOURS {
            self.known.push(std::mem::take(&mut self.current));
        }
    }

    fn get(&self, index: i32, default: u8) -> Colour {
        let index = usize::try_from(index).ok().filter(|index| *index > 0);
        let known = index.and_then(|index| self.known.get(index)).copied();
        known.unwrap_or(Colour { red: default, green: default, blue: default })
    }

    /// Whether text of the colour `text` can't be seen on the colour `ground`.
    pub(super) fn vanishes(&self, text: i32, ground: i32) -> bool {
        let (text, ground) = (self.get(text, 0), self.get(ground, 255));
        let near = |a: u8, b: u8| a.abs_diff(b) <= MAX_DIFFERENCE;
        near(text.red, ground.red) && near(text.green, ground.green) && near(text.blue, ground.blue)
    }

    /// Whether a colour is there and not white.
    pub(super) fn shades(&self, index: i32) -> bool {
        self.vanishes(index, 0) == (index == 0) && index != 0
    }
}
