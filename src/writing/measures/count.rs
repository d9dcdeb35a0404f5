//! What is counted in a text.

/// The languages that a count or a measure is defined for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Any text.
    Nothing,
    /// A script that puts spaces between words.
    Spaces,
    /// English.
    English,
}

/// Defines [`CountId`] with its names and descriptions.
macro_rules! counts {
    ($($id:ident $name:literal $needs:ident $description:literal;)*) => {
        /// A count of a text. The order is that of lists for people, and names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CountId {
            $(#[doc = $description] $id,)*
        }

        impl CountId {
            /// All counts, in order.
            pub const ALL: &'static [Self] = &[$(Self::$id),*];

            /// The stable name, in lower case with underscores.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$id => $name),* }
            }

            /// What is counted.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$id => $description),* }
            }

            /// The texts that it is defined for.
            pub(super) const fn needs(self) -> Needs {
                match self { $(Self::$id => Needs::$needs),* }
            }
        }
    };
}

counts! {
    Words "words" Nothing "Words, as everywhere in this service; word equivalents in scripts without spaces.";
    Sentences "sentences" Nothing "Sentences: they end with a full stop, a question mark or an exclamation mark, or with their paragraph.";
    Paragraphs "paragraphs" Nothing "Paragraphs: parts between blank lines, or between line ends if lines are not wrapped.";
    Characters "characters" Nothing "Characters without white space, marks counted with their letters.";
    LettersAndDigits "letters_and_digits" Nothing "Letters and digits.";
    Letters "letters" Nothing "Letters.";
    Numerals "numerals" Nothing "Words that have digits and no letters.";
    Types "types" Spaces "Different words, in their compared form: case and accents do not count.";
    Hapaxes "hapaxes" Spaces "Words that occur once.";
    LongWords "long_words" Spaces "Words of more than six letters.";
    LongSentences "long_sentences" Spaces "Sentences of more than 30 words.";
    Commas "commas" Nothing "Commas.";
    Semicolons "semicolons" Nothing "Semicolons and colons.";
    Questions "questions" Nothing "Sentences that end with a question mark.";
    Exclamations "exclamations" Nothing "Sentences that end with an exclamation mark.";
    UncapitalisedSentences "uncapitalised_sentences" Spaces "Sentences that begin with a small letter.";
    RepeatedWords "repeated_words" Spaces "Words that repeat the word before them in the same sentence.";
    Syllables "syllables" English "Syllables: by the dictionary, or else by rule. A word without letters is one.";
    WordsByRule "words_by_rule" English "Words whose syllables are counted by rule, as the dictionary does not have them.";
    Monosyllables "monosyllables" English "Words of one syllable.";
    Polysyllables "polysyllables" English "Words of three syllables or more.";
    ComplexWords "complex_words" English "Words of three syllables or more, without names, and without those that have the third by -es, -ed or -ing.";
    UnfamiliarWords "unfamiliar_words" English "Words that are not in Dale and Chall's list of 3,000 familiar words, without names and numerals.";
    RareWords "rare_words" English "Words that are not among the 2,000 most frequent of English, without names and numerals.";
    RareTypes "rare_types" English "Different rare words.";
    UnknownWords "unknown_words" English "Words in small letters that the dictionary does not have: most are misspelt.";
    FunctionWords "function_words" English "Articles, pronouns, prepositions, conjunctions, auxiliaries and the like.";
    Connectives "connectives" English "Words and phrases that link clauses or sentences, such as `however` and `as a result`.";
    Passives "passives" English "Forms of `be` or `get` with a past participle.";
    Modals "modals" English "Modal verbs.";
    FirstPerson "first_person" English "Pronouns of the first person.";
    SecondPerson "second_person" English "Pronouns of the second person.";
    ThirdPerson "third_person" English "Pronouns of the third person.";
    Contractions "contractions" English "Contracted words such as `don't`.";
    SmallI "small_i" English "The pronoun `I` with a small letter.";
    SpacingMistakes "spacing_mistakes" English "White space before a comma, full stop or the like, or none after it.";
    Nominalisations "nominalisations" English "Nouns in -tion, -sion, -ment, -ness, -ity, -ance and -ence of seven letters or more.";
}

/// The counts of a text. A count that is not defined for the text is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counts([u32; CountId::ALL.len()]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; CountId::ALL.len()])
    }
}

impl Counts {
    /// A count.
    pub(super) fn get(&self, id: CountId) -> u32 {
        self.0.get(id as usize).copied().unwrap_or_default()
    }

    /// Sets a count.
    pub(super) fn set(&mut self, id: CountId, count: u32) {
        if let Some(slot) = self.0.get_mut(id as usize) {
            *slot = count;
        }
    }

    /// Adds to a count.
    pub(super) fn add(&mut self, id: CountId, more: u32) {
        self.set(id, self.get(id).saturating_add(more));
    }

    /// Adds one to a count if the condition holds.
    pub(super) fn add_if(&mut self, id: CountId, holds: bool) {
        self.add(id, u32::from(holds));
    }
}
