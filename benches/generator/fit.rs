//! Comparison of generated texts with real prose.

use super::Prose;
use super::statistics::figures;

/// Numbers of sources that are compared.
pub(crate) const SOURCES: [usize; 2] = [1_000, 10_000];

/// Absolute tolerance, for figures near 0.
const LEAST_DIFFERENCE: f64 = 0.01;

/// A figure of real prose for each number of sources, and the relative tolerance for generated texts.
struct Real {
    name: &'static str,
    values: [f64; 2],
    tolerance: f64,
}

const fn real(name: &'static str, values: [f64; 2], tolerance: f64) -> Real {
    Real { name, values, tolerance }
}

/// Measured on 7.6 million words of public-domain English prose (10,000 pieces of books, 500 to 1000 words
/// each, in no order) by `cargo bench --bench scale -- --statistics FILE.jsonl`.
#[rustfmt::skip]
const REAL: [Real; 29] = [
real("bytes a word", [5.5673, 5.5754], 0.10),
    real("words a source", [758.6410, 757.1146], 0.10),
    real("characters beyond ASCII, a word", [0.0174, 0.0191], 0.10),
    real("thousands of different words", [35.8260, 105.4570], 0.15),
    real("different words of a source", [350.2770, 350.4179], 0.15),
    real("% of words to rank 10", [24.2014, 24.1428], 0.10),
    real("letters of words to rank 10", [2.3885, 2.3884], 0.10),
    real("% of words to rank 100", [28.1365, 28.2201], 0.10),
    real("letters of words to rank 100", [3.1894, 3.1743], 0.10),
    real("% of words to rank 1000", [22.7241, 22.6506], 0.10),
    real("letters of words to rank 1000", [4.9744, 5.0031], 0.10),
    real("% of words to rank 10000", [19.0049, 18.1952], 0.10),
    real("letters of words to rank 10000", [6.6552, 6.6010], 0.10),
    real("% of words past rank 10000", [5.9331, 6.7913], 0.10),
    real("letters of words past rank 10000", [7.4132, 7.4474], 0.10),
    real("k-grams: postings a word", [0.3271, 0.3271], 0.05),
    real("k-grams: % in 2 sources or more", [0.2551, 1.4826], 0.30),
    real("k-grams: % in 10 sources or more", [0.0000, 0.0583], 0.30),
    real("k-grams: % in 100 sources or more", [0.0000, 0.0000], 0.30),
    real("k-grams: hits among the other sources", [0.7660, 8.1190], 0.30),
    real("k-grams: other sources hit", [0.7260, 7.2900], 0.30),
    real("k-grams: other sources hit in context", [0.0560, 0.5500], 0.30),
    real("pairs: postings a word", [0.2576, 0.2584], 0.05),
    real("pairs: % in 2 sources or more", [31.9013, 58.7277], 0.20),
    real("pairs: % in 10 sources or more", [7.2072, 26.8287], 0.20),
    real("pairs: % in 100 sources or more", [0.5229, 6.5106], 0.40),
    real("pairs: hits among the other sources", [667.6080, 6813.1060], 0.30),
    real("candidates by k-grams alone", [0.0600, 0.4120], 0.50),
    real("candidates by k-grams and pairs", [0.5440, 1.5020], 1.00),
];

/// Prints figures of generated texts beside those of real prose.
///
/// # Errors
///
/// The figures that differ by more than their tolerance.
pub(crate) fn check(prose: &Prose, print: impl Fn(&str)) -> Result<(), String> {
    let [few, many] = SOURCES;
    let texts: Vec<String> = (0..many as u64).map(|number| prose.source(number)).collect();
    let generated = figures(texts.get(..few).unwrap_or_default()).into_iter().zip(figures(&texts));
    print(&format!("{:40} {:>23}   {:>23}", "", format!("{few} sources"), format!("{many} sources")));
    print(&format!("{:40} {:>11} {:>11}   {:>11} {:>11}", "", "real", "generated", "real", "generated"));
    let mut wrong = Vec::new();
    for (((name, small), (_, large)), real) in generated.zip(&REAL) {
        let Real { values: [real_small, real_large], tolerance, .. } = real;
        print(&format!("{name:40} {real_small:11.3} {small:11.3}   {real_large:11.3} {large:11.3}"));
        let is_near = |a: f64, b: f64| (a - b).abs() <= tolerance * b + LEAST_DIFFERENCE;
        if name != real.name || !is_near(small, *real_small) || !is_near(large, *real_large) {
            wrong.push(format!("{name} (tolerance {:.0} %)", 100.0 * tolerance));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("not like real prose: {}", wrong.join(", "))) }
}

/// Prints the figures of given texts in the form of this file.
pub(crate) fn print_figures(texts: &[String], print: impl Fn(&str)) {
    let of = |count: usize| figures(texts.get(..count.min(texts.len())).unwrap_or_default());
    let [few, many] = SOURCES.map(of);
    for ((name, small), (_, large)) in few.into_iter().zip(many) {
        print(&format!("    real({name:?}, [{small:.4}, {large:.4}], 0.10),"));
    }
}
