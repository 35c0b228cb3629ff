//! Choosing a partner, for staff: by its identifier or by a part of its name. A page shows
//! few at a time, however many there are.

use spiffcast_engine::company::Company;

use crate::app::suggest;

/// Partners shown at a time.
const SHOWN_MAX: usize = 20;

/// What was looked for, and what was found.
#[derive(Default)]
pub struct Chooser {
    /// What was looked for.
    pub find: String,
    /// The first ones.
    pub found: Vec<Choice>,
    /// How many there are.
    pub total: usize,
}

/// A partner to choose.
pub struct Choice {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// `P-0042, Gold, EMEA`.
    pub about: String,
}

/// Partners that `find` may mean.
pub fn chooser(company: &Company, find: &str) -> Chooser {
    let found = suggest::partners(company, find);
    let choice = |p: &&spiffcast_engine::catalog::Partner| Choice {
        id: p.id.clone(),
        name: p.name.clone(),
        about: format!("{}, {}, {}{}", p.id, p.tier, p.region, if p.active { "" } else { ", inactive" }),
    };
    Chooser {
        find: find.trim().to_owned(),
        total: found.len(),
        found: found.iter().take(SHOWN_MAX).map(choice).collect(),
    }
}
