//! Whose earnings a request may see: the one place where a face learns it. A partner's
//! session or key brings its own partner, whatever the address says; staff names one.

use super::errors::Failure;
use crate::auth::{Permission, Who};

/// Whose earnings a request is about.
pub struct Scope {
    /// The partner; `None` where staff has not chosen one yet.
    pub partner: Option<String>,
    /// Whether who asks may choose another partner.
    pub chooses: bool,
}

impl Scope {
    /// The partner, where there must be one.
    ///
    /// # Errors
    /// Where none was chosen.
    pub fn one(self) -> Result<String, Failure> {
        self.partner.ok_or_else(nobody)
    }
}

/// Whose earnings it is about, of who asks. `asked`: what the address or the form names.
///
/// # Errors
/// Where somebody names another's partner; it looks like one that does not exist.
pub fn scope(who: &Who, asked: Option<&str>) -> Result<Scope, Failure> {
    let asked = asked.map(str::trim).filter(|id| !id.is_empty());
    if who.may(Permission::EarningsAny) {
        return Ok(Scope { partner: asked.map(str::to_owned), chooses: true });
    }
    let own = who.partner.as_deref().filter(|_| who.may(Permission::EarningsOwn)).ok_or_else(nobody)?;
    match asked {
        Some(asked) if asked != own => Err(nobody()),
        _ => Ok(Scope { partner: Some(own.to_owned()), chooses: false }),
    }
}

/// A partner that does not exist and one that is another's look the same.
pub fn nobody() -> Failure {
    Failure::not_found("There is no such partner here.")
}
