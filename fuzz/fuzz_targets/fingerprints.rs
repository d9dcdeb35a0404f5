//! Any words under any `k` and `w`: the guarantee of winnowing.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use palimpsest::fingerprint::{
    ContextMatch, Fingerprint, FingerprintSettings, Fingerprinter, KgramLength, OrderFree, WindowSize,
};
use palimpsest::text::{Token, Tokenizer};
use palimpsest_fuzz::words::{SEED, text, tokenized};

#[derive(Debug, Arbitrary)]
struct Input {
    kgram: u8,
    window: u8,
    before: [Vec<u8>; 2],
    after: [Vec<u8>; 2],
    /// The part that both texts have.
    copied: Vec<u8>,
}

fuzz_target!(|input: Input| {
    let Input { kgram, window, before, after, copied } = input;
    let (Ok(kgram), Ok(window)) = (KgramLength::new(kgram.into()), WindowSize::new(window.into())) else {
        return;
    };
    let settings = FingerprintSettings { kgram, window };
    let fingerprinter = Fingerprinter::new(SEED, settings);
    let texts = [0, 1].map(|side| tokenized(&[&before[side][..], &copied, &after[side]].concat()).1);
    let [one, other] = [0, 1].map(|side| fingerprinter.fingerprints(texts[side].tokens()));
    has_one_in_every_window(settings, texts[0].tokens(), &one);
    let (k, t) = (kgram.get() as usize, settings.guarantee_tokens() as usize);
    if copied.len() >= t {
        let inside = |fingerprints: &[Fingerprint], start: usize| -> Vec<Fingerprint> {
            let whole =
                |f: &&Fingerprint| (start..=start + copied.len() - k).contains(&(f.position as usize));
            fingerprints.iter().filter(whole).copied().collect()
        };
        let rule = ContextMatch::new(window);
        let shared = inside(&one, before[0].len()).into_iter().any(|a| {
            let same = |b: &Fingerprint| a.hash == b.hash && rule.agree(a.context, b.context);
            inside(&other, before[1].len()).iter().any(same)
        });
        assert!(shared, "{} copied words leave no common fingerprint", copied.len());
    }
    pairs_of_itself(&copied);
});

fn has_one_in_every_window(settings: FingerprintSettings, tokens: &[Token], found: &[Fingerprint]) {
    let (k, t) = (settings.kgram.get() as usize, settings.guarantee_tokens() as usize);
    assert!(found.is_sorted_by_key(|fingerprint| fingerprint.position));
    assert!(found.windows(2).all(|two| two[0].position != two[1].position));
    for start in 0..(tokens.len() + 1).saturating_sub(t) {
        let whole = |f: &Fingerprint| (start..=start + t - k).contains(&(f.position as usize));
        assert!(found.iter().any(whole), "none in the window at {start}");
    }
    assert_eq!(found.is_empty(), tokens.len() < k);
}

/// Asserts that the pairs of a text as a source are a subset of those as a submission.
fn pairs_of_itself(words: &[u8]) {
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    Tokenizer::new(SEED).tokenize_with_stems_into(&text(words), &mut tokens, &mut stems);
    let pairs = OrderFree::new(SEED);
    let asked: std::collections::HashSet<u64> = pairs.of_submission(&stems).iter().map(|f| f.hash).collect();
    assert!(pairs.of_source(&stems).iter().all(|kept| asked.contains(&kept.hash)));
}
