//! Names of the company's in a question: programs, products, families, tiers,
//! regions, kinds of partner and partners. Knows names only from the catalogue and
//! the program files; says everything a run of words may mean, and chooses nothing.

use std::ops::Range;

use crate::catalog::{PartnerIx, PartnerType, ProductIx};

mod find;
mod index;
mod nearby;

pub(crate) use find::{long, partners, short};
pub use index::Names;
pub(crate) use index::ProgramWords;
pub(crate) use nearby::Nearby;

/// What a name may stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Entity {
    /// Position in `company.programs`.
    Program(usize),
    /// One product.
    Product(ProductIx),
    /// A product family.
    Family(String),
    /// A tier.
    Tier(String),
    /// A region.
    Region(String),
    /// A kind of partner.
    Type(PartnerType),
    /// A partner.
    Partner(PartnerIx),
}

/// A name found in the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mention {
    pub at: Range<usize>,
    pub entities: Vec<Entity>,
}

impl Mention {
    pub fn has(&self, wanted: impl Fn(&Entity) -> bool) -> bool {
        self.entities.iter().any(wanted)
    }
    pub fn is_audience(&self) -> bool {
        self.has(|e| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_) | Entity::Partner(_)))
    }
    pub fn is_product(&self) -> bool {
        self.has(|e| matches!(e, Entity::Product(_) | Entity::Family(_)))
    }
    pub fn program(&self) -> Option<usize> {
        self.entities.iter().find_map(|e| if let Entity::Program(p) = e { Some(*p) } else { None })
    }
}
