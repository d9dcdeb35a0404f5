//! Paths and methods that there are no pages for.

use http::StatusCode;

use crate::web::failure::Failure;

/// There is no such page.
pub(in crate::web) async fn not_found() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        "Not found",
        "There is no such page on this server: begin with “Check a text”",
    )
}

/// There is such a page, but not for this method.
pub(in crate::web) async fn not_allowed() -> Failure {
    Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "Not possible",
        "This page does not take requests of this method",
    )
}
