//! Words that were joined ("beforetheharbour", "beforelthelharbour") or split ("be fore the har bour").
//!
//! Their lengths show it, in every script that has spaces: a joined passage has words of twice the usual length or
//! more, a split one of little more than half. Usual is what the rest of the text has, since languages differ by a
//! factor of two. Other languages, lists and code have unusual lengths too, so the words themselves must agree: long
//! ones begin or end with words of the text, and short ones occur nowhere else in it.

mod long;
mod vocabulary;
mod windows;
mod word;

#[cfg(test)]
mod tests;

use self::word::{Script, words};
use super::Finding;

/// The joined and split words of `text`, as findings. Linear in the text.
pub(super) fn findings(text: &str) -> Vec<Finding> {
    let words = words(text);
    let mut found = long::findings(text, &words);
    for script in Script::ALL {
        found.extend(windows::findings(text, &words, script));
    }
    found
}
