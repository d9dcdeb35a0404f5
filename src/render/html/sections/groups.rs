//! Match groups: the passages by whether they are quoted, cited, both or neither.

use maud::{Markup, html};

use crate::proto::Attribution;
use crate::render::html::atoms::{Atom, Atoms, Listed};
use crate::render::{counted, number};

/// The groups with their names and signs, the least attributed first.
const GROUPS: [(Attribution, &str, &str); 4] = [
    (Attribution::None, "Not cited or quoted", "\u{25CB}"),
    (Attribution::Quoted, "Quoted without citation", "\u{201D}"),
    (Attribution::Cited, "Cited without quotation marks", "\u{00A7}"),
    (Attribution::CitedAndQuoted, "Cited and quoted", "\u{2713}"),
];

/// The name of a group; nothing if it is unknown.
pub(in crate::render::html) fn name(attribution: Attribution) -> &'static str {
    GROUPS.iter().find(|(group, ..)| *group == attribution).map_or("", |(_, name, _)| name)
}

/// The section of groups; nothing without passages.
pub(in crate::render::html) fn section(atoms: &Atoms, listed: &[Listed<'_>]) -> Markup {
    let words = |group: Attribution, test: &dyn Fn(&Atom) -> bool| -> u64 {
        let own = atoms.all().iter().filter(|atom| atom.group == Some(group) && test(atom));
        own.map(|atom| atom.words).sum()
    };
    let passages = |group: Attribution| {
        listed.iter().filter(|listed| listed.passage.attribution() == group).count() as u64
    };
    html! {
        @if !listed.is_empty() {
            section id="groups" aria-labelledby="groups-h" {
                h2 id="groups-h" { "Match groups" }
                ul class="groups" {
                    @for (group, name, sign) in GROUPS {
                        li {
                            span class="sign" aria-hidden="true" { (sign) }
                            div {
                                h3 { (name) }
                                p {
                                    strong { (number(words(group, &|_| true))) } " words in " (counted(passages(group), "passage", "passages"))
                                    ", " (number(words(group, &|atom| atom.is_counted))) " counted"
                                }
                            }
                        }
                    }
                }
                p class="note" { "A word in passages of several groups is in the first of them." }
            }
        }
    }
}
