//! Counts of English words.

use super::lexicon::{self, Kinds, LONGEST_PHRASE, Lexicon};
use super::profile::Profile;
use super::word::Word;
use crate::writing::measures::count::{CountId, Counts};
use crate::writing::measures::syllables::Dictionary;

/// The words that may stand between an auxiliary and its participle.
const WITHIN_PASSIVE: u32 = 3;

/// Endings of nouns made from verbs and adjectives.
const NOMINAL_ENDINGS: &[&str] = &["tion", "sion", "ment", "ness", "ity", "ance", "ence"];
/// The least length of such a noun, in letters.
const LEAST_NOMINAL: u32 = 7;

/// Counts what only English has. Fed word by word.
#[derive(Debug)]
pub(super) struct EnglishCounter {
    dictionary: &'static Dictionary,
    lexicon: &'static Lexicon,
    /// Hashes of the last words of the sentence.
    recent: Vec<u64>,
    /// The words since an auxiliary of the passive.
    since_auxiliary: Option<u32>,
}

impl EnglishCounter {
    /// A counter. The first one reads the dictionary.
    pub(super) fn new() -> Self {
        Self {
            dictionary: Dictionary::get(),
            lexicon: Lexicon::get(),
            recent: Vec::new(),
            since_auxiliary: None,
        }
    }

    /// Counts the next word. Returns whether it is rare.
    pub(super) fn push(&mut self, word: &Word<'_>, counts: &mut Counts, profile: &mut Profile) -> bool {
        let form = word.lower;
        let kinds = self.lexicon.kinds(form);
        if word.first_of_sentence {
            self.recent.clear();
            self.since_auxiliary = None;
        }
        if kinds.has(Kinds::FUNCTION) {
            profile.add_function_word(form);
        }
        self.push_syllables(word, counts);
        self.push_style(form, kinds, counts);
        counts.add_if(CountId::Nominalisations, is_nominal(word));
        if word.letters == 0 || word.is_name {
            return false;
        }
        counts.add_if(CountId::UnfamiliarWords, !self.lexicon.is_familiar(form));
        let rare = !kinds.has(Kinds::FUNCTION) && !self.lexicon.is_frequent(form);
        counts.add_if(CountId::RareWords, rare);
        rare
    }

    fn push_syllables(&self, word: &Word<'_>, counts: &mut Counts) {
        if word.letters == 0 {
            counts.add(CountId::Syllables, 1);
            counts.add(CountId::Monosyllables, 1);
            return;
        }
        let syllables = self.dictionary.syllables(word.lower);
        counts.add(CountId::Syllables, syllables.count);
        counts.add_if(CountId::WordsByRule, !syllables.known);
        counts.add_if(CountId::Monosyllables, syllables.count == 1);
        counts.add_if(CountId::Polysyllables, syllables.count > 2);
        counts.add_if(
            CountId::ComplexWords,
            syllables.count > 2 && !word.is_name && !self.is_third_by_ending(word.lower, syllables.count),
        );
        counts
            .add_if(CountId::UnknownWords, !syllables.known && word.is_small && self.is_unknown(word.lower));
    }

    /// Whether a word of three syllables has the third by -es, -ed or -ing.
    fn is_third_by_ending(&self, word: &str, count: u32) -> bool {
        let base = ["es", "ed", "ing"].iter().find_map(|ending| word.strip_suffix(ending));
        count == 3
            && base.is_some_and(|base| {
                let with_e = [base, "e"].concat();
                [base, &with_e].iter().any(|base| self.dictionary.syllables(base).count < 3)
            })
    }

    /// Whether the dictionary has neither the word nor its base without the genitive.
    fn is_unknown(&self, word: &str) -> bool {
        let base = word.strip_suffix("'s").or_else(|| word.strip_suffix("s'"));
        word.is_ascii() && word.len() > 1 && !base.is_some_and(|base| self.dictionary.syllables(base).known)
    }

    fn push_style(&mut self, form: &str, kinds: Kinds, counts: &mut Counts) {
        let own = [
            (CountId::FunctionWords, Kinds::FUNCTION),
            (CountId::Modals, Kinds::MODAL),
            (CountId::FirstPerson, Kinds::FIRST_PERSON),
            (CountId::SecondPerson, Kinds::SECOND_PERSON),
            (CountId::ThirdPerson, Kinds::THIRD_PERSON),
        ];
        for (count, kind) in own {
            counts.add_if(count, kinds.has(kind));
        }
        let contracted = ["n't", "'ll", "'re", "'ve", "'d", "'m"].iter().any(|end| form.ends_with(end));
        let contracted = contracted || (form.ends_with("'s") && kinds.has(Kinds::FUNCTION));
        counts.add_if(CountId::Contractions, contracted);
        self.push_connective(form, kinds, counts);
        self.push_passive(form, kinds, counts);
    }

    fn push_connective(&mut self, form: &str, kinds: Kinds, counts: &mut Counts) {
        if self.recent.len() == LONGEST_PHRASE {
            self.recent.remove(0);
        }
        self.recent.push(lexicon::hash_of(form));
        let phrase = kinds.has(Kinds::PHRASE_END) && self.lexicon.ends_phrase(&self.recent);
        counts.add_if(CountId::Connectives, phrase || kinds.has(Kinds::CONNECTIVE));
    }

    fn push_passive(&mut self, form: &str, kinds: Kinds, counts: &mut Counts) {
        if kinds.has(Kinds::PASSIVE_AUXILIARY) {
            self.since_auxiliary = Some(0);
            return;
        }
        let Some(words) = self.since_auxiliary else { return };
        let regular = form.ends_with("ed") && form.len() > 4 && !kinds.has(Kinds::NO_PARTICIPLE);
        if regular || kinds.has(Kinds::PARTICIPLE) {
            counts.add(CountId::Passives, 1);
            self.since_auxiliary = None;
            return;
        }
        let may_stand_between = (kinds.has(Kinds::ADVERB) || form.ends_with("ly")) && words < WITHIN_PASSIVE;
        self.since_auxiliary = may_stand_between.then_some(words + 1);
    }
}

fn is_nominal(word: &Word<'_>) -> bool {
    let form = word.lower;
    let singular = form.strip_suffix('s').unwrap_or(form);
    let ends = |form: &str| NOMINAL_ENDINGS.iter().any(|end| form.ends_with(end));
    let is_one = ends(form) || ends(singular) || form.ends_with("ities");
    word.letters >= LEAST_NOMINAL && !word.is_name && is_one
}
