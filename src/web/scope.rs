//! Whose earnings a request may see: the one place where a face learns it. A partner
//! brings its own, whatever the address says; staff chooses.

use super::errors::Failure;
use super::visitor::Here;
use crate::auth::Permission;

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

/// Whose earnings it is about. `asked`: what the address or the form names.
///
/// # Errors
/// [`nobody`] where a partner names another than itself.
pub fn scope(app: &Here, asked: Option<&str>) -> Result<Scope, Failure> {
    let asked = asked.map(str::trim).filter(|id| !id.is_empty());
    let who = app.who();
    if who.may(Permission::EarningsAny) {
        return Ok(Scope { partner: asked.map(str::to_owned), chooses: true });
    }
    let own = who.partner.as_deref().filter(|_| who.may(Permission::EarningsOwn)).ok_or_else(nobody)?;
    if asked.is_some_and(|id| id != own) {
        return Err(nobody());
    }
    Ok(Scope { partner: Some(own.to_owned()), chooses: false })
}

/// A partner that does not exist and one that is another's look the same.
pub fn nobody() -> Failure {
    Failure::not_found("There is no such partner here.")
}
