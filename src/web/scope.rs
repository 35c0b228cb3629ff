//! Whose earnings a request may see: the one place where a face learns it. Until
//! sign-in exists everybody on this machine is staff and names the partner; with
//! sign-in a partner's session brings its own, whatever the address says.

use super::errors::Failure;

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
/// None today; where a session brings its own partner, a foreign one is [`nobody`].
pub fn scope(asked: Option<&str>) -> Result<Scope, Failure> {
    let partner = asked.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
    Ok(Scope { partner, chooses: true })
}

/// A partner that does not exist and one that is another's look the same.
pub fn nobody() -> Failure {
    Failure::not_found("There is no such partner here.")
}
