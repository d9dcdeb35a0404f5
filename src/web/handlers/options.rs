//! The options of a check or a comparison, from a form.

use crate::proto::{DetectionMode, Exclusions};
use crate::web::documents;
use crate::web::failure::Failure;
use crate::web::forms::Form;
use crate::web::visitor::Visitor;

/// The shortest passage that counts, if it is given.
pub(super) fn min_passage_words(form: &Form) -> Result<Option<u32>, Failure> {
    form.number("min_words", "Shortest passage, in words")
}

/// What to look for.
pub(super) fn mode(form: &Form) -> Result<DetectionMode, Failure> {
    match form.value("mode")? {
        "" | "altered" => Ok(DetectionMode::AlteredToo),
        "verbatim" => Ok(DetectionMode::VerbatimOnly),
        other => Err(Failure::bad_form(format!(
            "“What to look for” is {other:?}, but must be altered or verbatim"
        ))),
    }
}

/// What does not count.
pub(super) async fn exclusions(visitor: &Visitor, form: &Form) -> Result<Exclusions, Failure> {
    let boilerplate = documents::read_all(visitor, form.files("boilerplate")?).await;
    let boilerplate = boilerplate.into_iter().map(|file| Ok(file?.text));
    let own_group = form.value("own_group")?.trim();
    // A form without these boxes leaves the choice to the service.
    let has_boxes = form.is_checked("exclusions");
    let is_excluded = |name: &str| has_boxes.then(|| form.is_checked(name));
    Ok(Exclusions {
        quotations: is_excluded("quotations"),
        bibliography: is_excluded("bibliography"),
        citations: is_excluded("citations"),
        boilerplate_texts: boilerplate.collect::<Result<_, Failure>>()?,
        boilerplate_collections: Vec::new(),
        own_groups: (!own_group.is_empty()).then(|| own_group.to_owned()).into_iter().collect(),
    })
}
