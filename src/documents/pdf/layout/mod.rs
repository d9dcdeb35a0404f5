//! Glyphs of a page to words, and words to lines in reading order.

mod chars;
mod direction;
mod drawn;
mod fragments;
mod gutters;
mod lines;
mod order;
mod words;

pub(super) use self::chars::{is_spaceless, joins_without_space};
pub(super) use self::fragments::{Row, rows};
pub(super) use self::lines::{Block, Line};
pub(super) use self::order::blocks;
pub(super) use self::words::{HiddenRun, PageWords, words};
