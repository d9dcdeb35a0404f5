//! Exact matches of a submission with a text to exclude, in the order of that text.

use std::ops::Range;

use super::alignment::{LEAST_RUN, align};
use super::altered::stretches::ends_segment;
use super::passage::{Passage, PassageKind};
use super::seeds::Run;
use super::verified::Read;
use crate::text::Token;

/// The share of the longer side between two runs that shorter runs have to make up, as its reciprocal: an edited
/// sentence keeps a third of its words in order, an answer that takes its place does not.
const EDITED: u32 = 3;
/// Tokens between two runs that an edit replaces: no more than the shorter of them has, lest lone words match.
const EDITED_WORDS: u32 = 3;
/// Tokens of a run between two passages, at least, unless it is a whole sentence, line or cell of both texts. Phrases of
/// fewer words are in any two texts.
const BETWEEN_PASSAGES: u32 = 4;

/// The tokens of the submission in `passages`, and between them, that match the source exactly and in its order; as
/// ranges in any order.
///
/// A verbatim passage matches as a whole. In other passages the runs of at least `LEAST_RUN` tokens match that a diff
/// would align; between two of these shorter runs do too, if they make up a third of the tokens there or follow within a few
/// tokens. The gaps of a
/// passage never match. Between two passages that follow one another on both sides the same holds for the parts of the
/// text that are too short for passages, such as short questions between long answers. Near-linear in both texts.
#[must_use]
pub fn exact(submission: Read<'_>, source: Read<'_>, passages: &[Passage]) -> Vec<Range<u32>> {
    let (texts, mut matched) = ([submission, source], Vec::new());
    let [submission, source] = texts.map(|(_, tokenized)| tokenized.tokens());
    for passage in passages {
        match passage.kind {
            PassageKind::Verbatim => matched.push(passage.submission.clone()),
            PassageKind::Altered => {
                let spans = [passage.submission.clone(), passage.source.clone()];
                matched
                    .extend(aligned(submission, source, &spans).into_iter().map(|run| run.submission_span()));
            }
            // The words of a summary are in no order.
            PassageKind::Summary => {}
        }
    }
    for spans in between(submission.len(), source.len(), passages) {
        let counts = |run: &Run| run.length >= BETWEEN_PASSAGES || is_whole(run, texts);
        let runs = aligned(submission, source, &spans).into_iter().filter(counts);
        matched.extend(runs.map(|run| run.submission_span()));
    }
    matched
}

/// Whether a run is a whole sentence, line or cell of both texts.
fn is_whole(run: &Run, [submission, source]: [Read<'_>; 2]) -> bool {
    let whole = |(text, tokenized): Read<'_>, span: Range<u32>| {
        let ends_before = |token: u32| {
            let after = tokenized.spans().get(token as usize);
            let before = token.checked_sub(1).and_then(|token| tokenized.spans().get(token as usize));
            before.zip(after).is_none_or(|(before, after)| ends_segment(text, *before, *after))
        };
        ends_before(span.start) && ends_before(span.end)
    };
    whole(submission, run.submission_span()) && whole(source, run.source_span())
}

/// The spans before, between and after the passages that are in order on both sides.
fn between(submission: usize, source: usize, passages: &[Passage]) -> Vec<[Range<u32>; 2]> {
    let narrow = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
    if passages.is_empty() {
        return Vec::new();
    }
    let (mut here, mut there, mut found) = (0, 0, Vec::new());
    let ends = [(narrow(submission), narrow(source))];
    let starts = passages.iter().map(|passage| (passage.submission.start, passage.source.start)).chain(ends);
    let next = passages.iter().map(|passage| (passage.submission.end, passage.source.end)).chain(ends);
    for ((start, source_start), (end, source_end)) in starts.zip(next) {
        if here < start && there < source_start {
            found.push([here..start, there..source_start]);
        }
        here = here.max(end);
        there = source_end;
    }
    found
}

/// The runs of two spans that match, in order.
fn aligned(submission: &[Token], source: &[Token], [here, there]: &[Range<u32>; 2]) -> Vec<Run> {
    let keys = |tokens: &[Token], span: &Range<u32>| -> Vec<u64> {
        let part = tokens.get(span.start as usize..span.end as usize).unwrap_or_default();
        part.iter().map(|token| token.value()).collect()
    };
    let (a, b) = (keys(submission, here), keys(source, there));
    let chain = align(&a, &b).chain;
    let is_long = |run: &Run| run.length as usize >= LEAST_RUN;
    // The edges of both spans stand for long runs: a passage begins and ends with a match.
    let last = Run { submission: here.end - here.start, source: there.end - there.start, length: 0 };
    let mut before = Run { submission: 0, source: 0, length: 0 };
    let mut matched = Vec::new();
    for part in chain.split_inclusive(is_long) {
        let (after, short) = match part.split_last() {
            Some((run, short)) if is_long(run) => (*run, short),
            _ => (last, part),
        };
        matched.extend(edited(before, short, after));
        matched.extend((after.length > 0).then_some(after));
        before = after;
    }
    for run in &mut matched {
        (run.submission, run.source) = (run.submission + here.start, run.source + there.start);
    }
    matched
}

/// Of the short runs between two long ones, those that an edit left: all, if they make up enough of the tokens there;
/// else those that are close to a long run, or to one that is.
fn edited(before: Run, short: &[Run], after: Run) -> Vec<Run> {
    let gap = |a: &Run, b: &Run| (b.submission - a.submission_span().end).max(b.source - a.source_span().end);
    let in_short: u32 = short.iter().map(|run| run.length).sum();
    if in_short * EDITED >= gap(&before, &after) {
        return short.to_vec();
    }
    let (mut last, mut head) = (before, 0);
    for run in short
        .iter()
        .take_while(|run| gap(&std::mem::replace(&mut last, **run), run) <= run.length.min(EDITED_WORDS))
    {
        head += usize::from(run.length > 0);
    }
    let (mut next, mut tail) = (after, 0);
    for run in short
        .iter()
        .skip(head)
        .rev()
        .take_while(|run| gap(run, &std::mem::replace(&mut next, **run)) <= run.length.min(EDITED_WORDS))
    {
        tail += usize::from(run.length > 0);
    }
    let kept = |place: usize| place < head || place >= short.len() - tail;
    short.iter().enumerate().filter(|(place, _)| kept(*place)).map(|(_, run)| *run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CorpusSeed, TokenizedText, Tokenizer};

    fn tokenized(text: &str) -> TokenizedText {
        Tokenizer::new(CorpusSeed::new(1)).tokenize(text)
    }

    /// The words of `text` that match `sheet`, of one altered passage over all of both.
    fn matched(text: &str, sheet: &str) -> String {
        let (a, b) = (tokenized(text), tokenized(sheet));
        let narrow = |text: &TokenizedText| u32::try_from(text.tokens().len()).unwrap();
        let passage = Passage {
            submission: 0..narrow(&a),
            source: 0..narrow(&b),
            kind: PassageKind::Altered,
            matched_tokens: 0,
            evidence: 0.0,
        };
        let mut words: Vec<u32> = exact((text, &a), (sheet, &b), &[passage]).into_iter().flatten().collect();
        words.sort_unstable();
        let word = |at: u32| a.spans()[at as usize].of(text);
        words.into_iter().map(word).collect::<Vec<&str>>().join(" ")
    }

    #[test]
    fn edits_are_in_no_exact_match() {
        let found = matched(
            "In this task you describe one bridge in your own words and tell who paid for it",
            "In this exercise you describe a bridge in your own words and explain who paid for it",
        );
        assert_eq!(found, "In this you describe bridge in your own words and who paid for it");
        // An answer follows the edited sentence.
        let found = matched(
            "Say why the town paid for one long bridge over rivers ANSWER it was cheaper than three boats and their crews",
            "Say why the town paid for a long bridge over the river",
        );
        assert_eq!(found, "Say why the town paid for long bridge over");
    }

    #[test]
    fn an_answer_between_two_questions_is_in_no_exact_match() {
        let (one, other) = ("Why was the bridge built here", "Who paid for the stone of it");
        let answer = "the ferry sank in the spring flood and nobody of the village would wait";
        assert_eq!(
            matched(&format!("{one} {answer} {other}"), &format!("{one} {other}")),
            format!("{one} {other}")
        );
        let blank = "write your answer in a full sentence of the kind that we practised";
        let found = matched(&format!("{one} {answer} {other}"), &format!("{one} {blank} {other}"));
        assert_eq!(found, format!("{one} {other}"));
    }

    #[test]
    fn short_parts_between_passages_match_in_order() {
        let (head, tail) = ("a1 a2 a3 a4 a5 a6 a7 a8", "z1 z2 z3 z4 z5 z6 z7 z8");
        let text = format!("{head} own words q1 q2 q3 q4 other words\n2 when\nother when {tail}");
        let sheet = format!("{head} q1 q2 q3 q4\n2 when\n{tail}");
        let run = |submission, source, length| Passage::from(Run { submission, source, length });
        let texts = (tokenized(&text), tokenized(&sheet));
        let found = |passages: &[Passage]| exact((&text, &texts.0), (&sheet, &texts.1), passages);
        assert_eq!(found(&[run(0, 0, 8), run(20, 14, 8)]), [0..8, 20..28, 10..14, 16..18]);
        assert_eq!(found(&[]), Vec::<Range<u32>>::new());
    }
}
