//! What a parent asks its reader.

use super::trust;
use super::wire::{self, Answer, Request};
use crate::contained::{Conversation, Interruption, malformed};
use crate::documents::{Document, Extraction, Failure, Limits};

/// Has the child read a document.
pub(super) fn read(
    conversation: &mut Conversation<'_>,
    document: Document<'_>,
    limits: &Limits,
) -> Result<Result<Extraction, Failure>, Interruption> {
    let Document { content, name, encoding } = document;
    let request = Request { limits: *limits, name: name.to_owned(), encoding: encoding.to_owned() };
    conversation.request(&request, content)?;
    let max_text_bytes = usize::try_from(limits.max_text_bytes).unwrap_or(usize::MAX);
    let prefix = conversation.prefix(wire::max_answer_head_bytes(limits), max_text_bytes)?;
    let extraction = match conversation.head(prefix)? {
        Answer::Failed(failure) => return Ok(Err(trust::failure(failure))),
        Answer::Read(extraction) => *extraction,
    };
    let text = conversation.receive(usize::try_from(prefix.body_bytes).unwrap_or(usize::MAX))?;
    let text = String::from_utf8(text).map_err(malformed("the text is not UTF-8"))?;
    let extraction = Extraction { text, ..extraction };
    trust::extraction(extraction, limits).map(Ok).map_err(Interruption::Malformed)
}
