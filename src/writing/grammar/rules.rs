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

/// Rules that are wrong more often than right in edited prose: news of the 2010s and novels, 280,000 words, counted by hand.
const UNSURE: [&str; 39] = [
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
    "PronounInflectionBe",
    "QuantifierNumeralConflict",
    "QuiteQuiet",
    "RegularIrregulars",
    "SingleBe",
    "SplitWords",
    "TheHowWhy",
    "TheProperNounPossessive",
    "TheirToThere",
    "ThereIsAgreement",
    "ThereToTheir",
    "TheyToThem",
    "ToTwoToo",
    "UnclosedQuotes",
    "WayTooAdjective",
    "WereWhere",
    "WillNonLemma",
];

/// More rules that are wrong more often than right, each seen a few times.
const RARELY_RIGHT: [&str; 5] =
    ["ItsPossessive", "ThatWhich", "WhomSubjectOfVerb", "Worldwide", "WrongNegative"];

/// The rules that are off unless a request asks for them.
pub(super) fn off_by_default() -> impl Iterator<Item = &'static str> {
    STYLE.into_iter().chain(UNSURE).chain(RARELY_RIGHT)
}

/// Whether what the rule finds is a matter of style.
pub(super) fn is_style(rule: &str) -> bool {
    STYLE.contains(&rule)
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
