//! Rules of Harper that are not applied by default, and the kinds of its findings.

use super::Kind;

/// Rules that are suggestions of style: what they find is no mistake.
const STYLE: [&str; 36] = [
    "AvoidAndAlso",
    "AvoidContractions",
    "AvoidCurses",
    "BoringWords",
    "CondenseAllThe",
    "Dashes",
    "DiscourseMarkers",
    "EllipsisLength",
    "Excellent",
    "ExpandMemoryShorthands",
    "ExpandTimeShorthands",
    "FillerWords",
    "Freezing",
    "Gonna",
    "Gotta",
    "Hungry",
    "LitotesDirectPositive",
    "LongSentences",
    "NoFrenchSpaces",
    "NoOxfordComma",
    "Nonetheless",
    "NumericRangeEnDash",
    "OkToOkay",
    "OutOfTheWindow",
    "OxfordComma",
    "RedundantThat",
    "Regionalisms",
    "Spaces",
    "SpelledNumbers",
    "Starving",
    "UpdatePlaceNames",
    "UseEllipsisCharacter",
    "Wanna",
    "WellBeing",
    "WouldNeverHave",
    "YeaToYeah",
];

/// Rules that look wrong more often than right in edited prose, by a few findings each that were read in 280,000 words of news and
/// novels; not a count of all.
const UNSURE: [&str; 37] = [
    "AdjectiveDoubleDegree",
    "BestOfAllTime",
    "CompoundNouns",
    "CriteriaPhenomena",
    "Damages",
    "DisjointPrefixes",
    "DoToDueTo",
    "FindOut",
    "InDemandInDepth",
    "InflectedVerbAfterTo",
    "LetsConfusion",
    "MassNouns",
    "MergeWords",
    "MissingPreposition",
    "MissingTo",
    "ModalBeAdjective",
    "Months",
    "NominalWants",
    "NounVerbConfusion",
    "OneOfTheSingular",
    "OrthographicConsistency",
    "Overall",
    "QuantifierNumeralConflict",
    "QuiteQuiet",
    "RegularIrregulars",
    "SingleBe",
    "SplitWords",
    "TheHowWhy",
    "TheProperNounPossessive",
    "ThereIsAgreement",
    "ThereToTheir",
    "TheyToThem",
    "ToTwoToo",
    "UnclosedQuotes",
    "WayTooAdjective",
    "WereWhere",
    "WillNonLemma",
];

/// More such rules, each seen a few times.
const RARELY_RIGHT: [&str; 5] =
    ["ItsPossessive", "ThatWhich", "WhomSubjectOfVerb", "Worldwide", "WrongNegative"];

/// The rules that are off unless a request asks for them.
pub(super) fn off_by_default() -> impl Iterator<Item = &'static str> {
    STYLE.into_iter().chain(UNSURE).chain(RARELY_RIGHT)
}

/// Prefixes that go with any word.
pub(super) const PREFIXES: [&str; 32] = [
    "anti", "auto", "bio", "co", "counter", "cyber", "de", "electro", "geo", "hyper", "inter", "macro",
    "meta", "micro", "mid", "mini", "mis", "multi", "neuro", "non", "over", "post", "pre", "pro", "pseudo",
    "re", "semi", "sub", "super", "trans", "ultra", "un",
];

/// The kind of what a rule finds, where Harper has none or another one.
pub(super) fn kind_by_rule(rule: &str) -> Option<Kind> {
    match rule {
        _ if STYLE.contains(&rule) => Some(Kind::Style),
        "AnA" | "DoubleModal" | "DeterminerWithoutNoun" | "ItIs" | "PossessiveNoun" => Some(Kind::Grammar),
        "ThenThan" | "ItsContraction" => Some(Kind::WordChoice),
        "The" => Some(Kind::Spelling),
        _ => None,
    }
}

/// The kind of a finding that Harper calls `kind`.
pub(super) fn kind_of(kind: &str) -> Kind {
    match kind {
        "Spelling" => Kind::Spelling,
        "Agreement" | "Grammar" | "Nonstandard" | "WordOrder" => Kind::Grammar,
        "Punctuation" | "Formatting" => Kind::Punctuation,
        "Capitalization" => Kind::Capitalization,
        "BoundaryError" | "Eggcorn" | "Malapropism" | "Typo" | "Usage" | "WordChoice" => Kind::WordChoice,
        "Repetition" => Kind::Repetition,
        "Enhancement" | "Readability" | "Redundancy" | "Regionalism" | "Style" => Kind::Style,
        _ => Kind::Other,
    }
}
