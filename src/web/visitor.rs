//! Who asks for a page.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use maud::{Markup, html};

use super::WebState;
use super::backend::Backend;
use super::failure::Failure;
use super::guard::session::Session;
use crate::service::Caller;

/// The path of the rpc that adds sources.
const ADD_SOURCE: &str = "/palimpsest.v1.CorpusService/AddSource";

/// The visitor of a page: the session, the rights of the key, and the services. The guard puts it into every request.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) state: Arc<WebState>,
    pub(super) session: Session,
    pub(super) backend: Backend,
    pub(super) nav: Nav,
}

/// What the frame of a page depends on.
#[derive(Clone, Default)]
pub(super) struct Nav {
    /// The token that forms send back.
    pub(super) form_token: String,
    /// Whether the visitor logged in with a key, and so can log out.
    pub(super) has_key: bool,
    /// Whether the visitor may use the pages: no key is needed, or there is one.
    pub(super) may_enter: bool,
    /// Whether the visitor may add and delete sources.
    pub(super) may_write: bool,
}

impl Nav {
    /// The frame for `caller`, if the visitor may enter.
    pub(super) fn new(form_token: String, has_key: bool, caller: Option<&Caller>) -> Self {
        let may_write = caller.is_some_and(|caller| caller.may_call(ADD_SOURCE));
        Self { form_token, has_key, may_enter: caller.is_some(), may_write }
    }

    /// The hidden field with the token of the session's forms.
    pub(super) fn token_field(&self) -> Markup {
        html! { input type="hidden" name=(TOKEN_FIELD) value=(self.form_token); }
    }
}

/// The name of the field with the token.
pub(super) const TOKEN_FIELD: &str = "form_token";

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or_else(Failure::defect)
    }
}
