//! Running heads and feet, and page numbers: rows at the edge of pages that come again on other pages.

use std::collections::{BTreeMap, BTreeSet};

use super::super::RemovedKind;
use super::layout::{PageWords, Row, rows};

/// Rows at the top and at the bottom of a page that may be running heads.
const EDGE_ROWS: usize = 3;
/// Rows whose places on their pages differ by less than this, in points, stand at the same place.
const SAME_PLACE: f64 = 4.0;
/// A lone number this near to the bottom of its page, as a share of its height, may be its page number.
const NUMBER_ZONE: f64 = 0.12;
/// The same row comes again within this many pages: left and right pages may have heads of their own.
const MAX_DISTANCE: usize = 2;

/// A row that was removed.
#[derive(Debug)]
pub(super) struct Removed {
    pub(super) kind: RemovedKind,
    pub(super) text: String,
}

/// A row at the edge of a page.
#[derive(Debug)]
struct EdgeRow {
    page: usize,
    /// Its number among the rows of the page.
    row: usize,
    /// How many rows are between it and the edge.
    rank: usize,
    is_top: bool,
    y: f64,
    text: String,
    numbers: Vec<i64>,
}

/// Removes running heads and page numbers from the first group of each page, and returns them in order of pages.
pub(super) fn remove(pages: &mut [PageWords]) -> Vec<Removed> {
    let mut page_rows: Vec<Vec<Row>> = pages
        .iter_mut()
        .map(|page| page.groups.first_mut().map(|words| rows(std::mem::take(words))).unwrap_or_default())
        .collect();
    let edges: Vec<EdgeRow> =
        page_rows.iter().enumerate().flat_map(|(page, rows)| edge_rows(page, rows)).collect();
    let mut found = repeated(&edges);
    found.extend(numbered(&edges));
    found.extend(lone_numbers(&edges, pages, &page_rows));
    let removed = outermost(&edges, &found);
    let mut result = Vec::new();
    for edge in edges.iter().filter(|edge| removed.contains(&(edge.page, edge.row))) {
        if let Some(row) = page_rows.get_mut(edge.page).and_then(|rows| rows.get_mut(edge.row))
            && !row.words.is_empty()
        {
            row.words.clear();
            result.push(Removed { kind: kind(&edge.text), text: edge.text.clone() });
        }
    }
    for (page, rows) in pages.iter_mut().zip(page_rows) {
        if let Some(words) = page.groups.first_mut() {
            *words = rows.into_iter().flat_map(|row| row.words).collect();
        }
    }
    result
}

fn edge_rows(page: usize, rows: &[Row]) -> Vec<EdgeRow> {
    let edge = |row: usize, rank: usize, is_top: bool| {
        let found = rows.get(row)?;
        let text = found.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let numbers = numbers(&text);
        Some(EdgeRow { page, row, rank, is_top, y: found.y, text, numbers })
    };
    let top = (0..EDGE_ROWS.min(rows.len())).filter_map(|rank| edge(rank, rank, true));
    let bottom = (0..EDGE_ROWS.min(rows.len())).filter_map(|rank| edge(rows.len() - 1 - rank, rank, false));
    top.chain(bottom).collect()
}

/// The numbers in a text, in order. A text that is a roman number has its value.
fn numbers(text: &str) -> Vec<i64> {
    if let Some(value) = roman(text.trim_matches(|c: char| !c.is_alphanumeric())) {
        return vec![value];
    }
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap_or(i64::MAX / 4))
        .collect()
}

fn roman(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 8 {
        return None;
    }
    let value = |c: char| match c.to_ascii_lowercase() {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        'l' => Some(50),
        'c' => Some(100),
        _ => None,
    };
    let values: Vec<i64> = text.chars().map(value).collect::<Option<_>>()?;
    let next = values.iter().skip(1).chain(std::iter::once(&0));
    Some(values.iter().zip(next).map(|(own, next)| if own < next { -own } else { *own }).sum())
}

/// A text without its numbers. All texts that are roman numbers are alike.
fn without_numbers(text: &str) -> String {
    if roman(text.trim_matches(|c: char| !c.is_alphanumeric())).is_some() {
        return "#".to_owned();
    }
    let mut plain = String::new();
    for c in text.chars() {
        if !c.is_ascii_digit() {
            plain.push(c);
        } else if !plain.ends_with('#') {
            plain.push('#');
        }
    }
    plain
}

/// Rows with the same text at the same place on near pages, whose numbers are the same or grow with the pages.
fn repeated(edges: &[EdgeRow]) -> BTreeSet<(usize, usize)> {
    let mut alike: BTreeMap<(bool, String), Vec<&EdgeRow>> = BTreeMap::new();
    for edge in edges {
        alike.entry((edge.is_top, without_numbers(&edge.text))).or_default().push(edge);
    }
    let mut found = BTreeSet::new();
    for group in alike.values() {
        for (at, edge) in group.iter().enumerate() {
            let near = group.iter().skip(at + 1).take(2 * EDGE_ROWS).filter(|other| is_near(edge, other));
            for other in near.filter(|other| is_numbered_alike(edge, other)) {
                found.extend([(edge.page, edge.row), (other.page, other.row)]);
            }
        }
    }
    found
}

fn is_near(edge: &EdgeRow, other: &EdgeRow) -> bool {
    let distance = other.page.abs_diff(edge.page);
    (1..=MAX_DISTANCE).contains(&distance) && (other.y - edge.y).abs() < SAME_PLACE
}

fn is_numbered_alike(edge: &EdgeRow, other: &EdgeRow) -> bool {
    let pages = i64::try_from(other.page).unwrap_or(0) - i64::try_from(edge.page).unwrap_or(0);
    let steps: Vec<i64> = edge.numbers.iter().zip(&other.numbers).map(|(own, other)| other - own).collect();
    let has_letters = edge.text.chars().any(char::is_alphabetic);
    let is_page = steps.contains(&pages);
    steps.iter().all(|step| *step == 0 || *step == pages) && (is_page || has_letters)
}

/// Rows at the very edge that begin or end with the number of their page, whatever else they say.
fn numbered(edges: &[EdgeRow]) -> BTreeSet<(usize, usize)> {
    let mut alike: BTreeMap<(bool, i64), Vec<&EdgeRow>> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.rank == 0) {
        let page = i64::try_from(edge.page).unwrap_or(0);
        let own = edge.text.split_whitespace();
        let ends =
            own.clone().next().into_iter().chain(own.last()).filter_map(|token| token.parse::<i64>().ok());
        for offset in ends.map(|number| number - page).collect::<BTreeSet<_>>() {
            alike.entry((edge.is_top, offset)).or_default().push(edge);
        }
    }
    let mut found = BTreeSet::new();
    for group in alike.values() {
        for rows in group.windows(3) {
            if let [first, second, third] = rows
                && is_near(first, second)
                && is_near(second, third)
            {
                found.extend(rows.iter().map(|row| (row.page, row.row)));
            }
        }
    }
    found
}

/// Lone numbers at the bottom that are the number of their page in the document.
fn lone_numbers(edges: &[EdgeRow], pages: &[PageWords], page_rows: &[Vec<Row>]) -> BTreeSet<(usize, usize)> {
    let is_lone = |edge: &&EdgeRow| {
        let own = i64::try_from(edge.page).unwrap_or(0) + 1;
        let zone = pages
            .get(edge.page)
            .map_or(f64::INFINITY, |page| page.bottom - NUMBER_ZONE * (page.bottom - page.top));
        let above = edge.row.checked_sub(1).and_then(|row| page_rows.get(edge.page)?.get(row));
        let size = above.and_then(|row| row.words.first()).map_or(10.0, |word| word.size);
        let is_apart = above.is_none_or(|row| edge.y - row.y > 1.6 * size);
        !edge.is_top
            && edge.rank == 0
            && edge.row > 0
            && edge.y > zone
            && is_apart
            && kind(&edge.text) == RemovedKind::PageNumber
            && edge.numbers.first() == Some(&own)
    };
    edges.iter().filter(is_lone).map(|edge| (edge.page, edge.row)).collect()
}

/// Those of the rows found between which and the edge there is no other text.
fn outermost(edges: &[EdgeRow], found: &BTreeSet<(usize, usize)>) -> BTreeSet<(usize, usize)> {
    let mut kept = BTreeSet::new();
    let mut blocked: Option<(usize, bool)> = None;
    for edge in edges {
        let side = (edge.page, edge.is_top);
        if !found.contains(&(edge.page, edge.row)) {
            blocked = Some(side);
        } else if blocked != Some(side) {
            kept.insert((edge.page, edge.row));
        }
    }
    kept
}

fn kind(text: &str) -> RemovedKind {
    let is_page_word = |word: &str| {
        matches!(
            word.to_lowercase().as_str(),
            "page" | "seite" | "pagina" | "página" | "p" | "of" | "von" | "de"
        )
    };
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut names = words.filter(|word| word.parse::<u64>().is_err() && roman(word).is_none());
    if names.all(is_page_word) { RemovedKind::PageNumber } else { RemovedKind::RunningHead }
}
