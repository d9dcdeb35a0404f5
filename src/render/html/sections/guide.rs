//! "How to read this report".

use maud::{Markup, html};

/// The section for the report of one submission.
pub(in crate::render::html) fn section() -> Markup {
    html! {
        section id="guide" aria-labelledby="guide-h" {
            h2 id="guide-h" { "How to read this report" }
            dl class="guide" {
                dt { "Coverage" }
                dd { "The share of the words considered that stand in passages shared with sources. Each word counts once, however many sources have it. Excluded words are neither covered nor considered. It measures shared text; whether that is plagiarism is for a person to judge." }
                dt { "Passages" }
                dd { "A " b { "verbatim" } " passage has the same words in the same order. An " b { "altered" } " passage has mostly the same words. A " b { "summary" } " is a short form of a longer part of the source." }
                dt { "By chance" }
                dd { "How often a text of this length that copied nothing has a passage like this in common with a library of this size, because people use the same phrases. It is not the probability that something was copied. Commonplace passages, which chance produces too often, are not counted." }
                dt { "Match groups" }
                dd { "A passage is quoted if nearly all of it stands in quotation marks or in a block quote, and cited if a citation stands in it or beside it. Whether a citation is right is for a person to judge." }
                dt { "Marks in the text" }
                dd {
                    "Each mark has the pattern of its source, and its number where a passage begins: "
                    mark class="s1" { "source 1" } ", " mark class="s2" { "source 2" } ", " mark class="s3" { "source 3" }
                    ". Where several sources have the same words, the mark is that of the first and has a line above: "
                    mark class="s1 m" { "several sources" } ". Words of a passage that are not the source's are grey: " mark class="s1 g" { "a gap" }
                    ". They do not count."
                }
                (words("the submission", "the source"))
                dt { "Exclusions" }
                dd { "Hatched text is not counted, for the reason that stands before it: a quotation, a citation, the bibliography, boilerplate, own earlier work, text common to many sources, a passage below the least length, or a commonplace passage." }
                dt { "Hidden characters" }
                dd { "Characters that cannot be seen are shown by name: " b class="h" { "ZWSP" } " is a space without width, " b class="h" { "RLO" } " turns the direction of writing, " b class="h" { "U+2062" } " is a character by its number." }
                dt { "Guarantee" }
                dd { "Runs of copied words of the stated length are always found. Shorter runs, and altered text, are found as far as their words allow." }
            }
        }
    }
}

/// The section for a class report.
pub(in crate::render::html) fn class() -> Markup {
    html! {
        section id="guide" aria-labelledby="guide-h" {
            h2 id="guide-h" { "How to read this report" }
            dl class="guide" {
                dt { "Coverage" }
                dd { "The share of the words of each text of a pair that stand in passages of both. Excluded words, and words of boilerplate, are neither covered nor considered. It measures shared text; whether that is plagiarism is for a person to judge." }
                dt { "Clusters" }
                dd { "Texts that are linked by chains of pairs. Two texts of a cluster need not share words themselves." }
                (words("the first text", "the second"))
                dt { "Hidden characters" }
                dd { "Characters that cannot be seen are shown by name: " b class="h" { "ZWSP" } " is a space without width." }
                dt { "Guarantee" }
                dd { "Shared runs of words of the stated length are always found. Shorter runs, and altered text, are found as far as their words allow." }
            }
        }
    }
}

/// The marks of words side by side.
fn words(first: &str, second: &str) -> Markup {
    html! {
        dt { "Words side by side" }
        dd {
                    "Unmarked words are the same on both sides. " i class="w" { "Replaced" } " words differ. "
                    u class="w" { "Moved" } " words stand elsewhere on the other side. "
                    ins { "Added" } " words are only in " (first) ", " del { "missing" } " words only in " (second) ". "
                    span class="g" { "Grey" } " words are in a gap, " span class="x" { "hatched" } " words are excluded. In a summary, "
                    em { "the words of both sides" } " are marked instead."
                }
    }
}
