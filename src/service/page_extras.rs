//! What the web page asks for beyond a message.

use tokio::sync::watch;

use crate::proto::{ExtractedDocument, PairsProgress};
use crate::render::html::Link;

/// Extensions of a request to render a report. Only a call from this process can carry them.
#[derive(Debug, Clone, Default)]
pub struct PageExtras {
    /// Links to pages of the server, for the top of the report.
    pub links: Vec<Link>,
    /// The document that the submission of a check was extracted from.
    pub document: Option<ExtractedDocument>,
    /// Receives the progress of a comparison of all pairs.
    pub progress: watch::Sender<PairsProgress>,
}
