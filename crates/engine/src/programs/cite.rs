//! Finds the clause that a step of a calculation rests on: by the heading of its
//! section and the words of its text. A guide for readers, not law: where nothing
//! fits it cites nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::payout::Reason;
use super::terms::{Clause, ProgramVersion};

/// A clause of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cited {
    /// Version.
    pub version: u32,
    /// Clause number.
    pub clause: String,
}

/// What a clause is looked for: words of a heading, words of a text; the first pair that fits wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic(&'static [(&'static str, &'static str)]);

/// Base pay by rate or tier.
pub const RATE: Topic = Topic(&[("calcul", ""), ("rate", ""), ("payment", ""), ("reward", "")]);
/// Accelerator.
pub const ACCELERATOR: Topic =
    Topic(&[("calcul", "target"), ("calcul", "accelerat"), ("accelerat", ""), ("calcul", "")]);
/// Minimum.
pub const MINIMUM: Topic =
    Topic(&[("calcul", "at least"), ("calcul", "minimum"), ("minimum", ""), ("calcul", "")]);
/// Growth.
pub const GROWTH: Topic = Topic(&[
    ("calcul", "last year"),
    ("calcul", "earlier"),
    ("calcul", "growth"),
    ("growth", ""),
    ("calcul", ""),
]);
/// Cap of a partner.
pub const PARTNER_CAP: Topic = Topic(&[("cap", "partner"), ("limit", "partner"), ("cap", ""), ("limit", "")]);
/// Cap of a transaction.
pub const TRANSACTION_CAP: Topic =
    Topic(&[("cap", "transaction"), ("limit", "transaction"), ("cap", ""), ("limit", "")]);
/// Budget.
pub const BUDGET: Topic = Topic(&[("cap", "budget"), ("budget", ""), ("limit", "budget"), ("cap", "")]);
/// Rounding.
pub const ROUNDING: Topic = Topic(&[("calcul", "round")]);
/// Override.
pub const OVERRIDE: Topic =
    Topic(&[("override", ""), ("calcul", "parent"), ("calcul", "distributor"), ("calcul", "override")]);
/// Returns.
pub const RETURNS: Topic = Topic(&[("return", ""), ("clawback", ""), ("", "returned")]);

/// Where a reason stands.
pub fn topic_of(reason: &Reason) -> Topic {
    match reason {
        Reason::OutsideEffectiveDates | Reason::Paused => {
            Topic(&[("exclu", "day of this version"), ("purpose", "in force"), ("", "in force")])
        }
        Reason::ProductNotCovered => Topic(&[("eligib", "product"), ("product", ""), ("eligib", "")]),
        Reason::TierNotEligible => Topic(&[("eligib", "tier"), ("eligib", "")]),
        Reason::RegionNotEligible => Topic(&[("eligib", "region"), ("eligib", "")]),
        Reason::PartnerTypeNotEligible => Topic(&[("eligib", "type"), ("eligib", "")]),
        Reason::PartnerInactive => Topic(&[("eligib", "inactive"), ("eligib", "active"), ("eligib", "")]),
        Reason::NoApprovedDealRegistration => {
            Topic(&[("eligib", "registration"), ("", "registration"), ("eligib", "")])
        }
        Reason::NotANewCustomer => Topic(&[("eligib", "customer"), ("", "new customer"), ("eligib", "")]),
        Reason::BundleIncomplete => {
            Topic(&[("eligib", "deal"), ("bundle", ""), ("eligib", "bundle"), ("eligib", "")])
        }
        Reason::ReportedLate => Topic(&[("claim", "reported"), ("claim", ""), ("deadline", "")]),
        Reason::SupersededBy(_) => Topic(&[
            ("", "other incentive"),
            ("", "any other"),
            ("", "only one"),
            ("stack", ""),
            ("exclu", ""),
        ]),
        Reason::BelowMinimum => MINIMUM,
        Reason::NoBaseline => GROWTH,
        Reason::BudgetExhausted => BUDGET,
    }
}

/// The clause of a version for a topic.
pub fn cite(version: Option<&ProgramVersion>, topic: Topic) -> Option<Cited> {
    let version = version?;
    let Topic(pairs) = topic;
    let holds = |clause: &Clause, (heading, words): &(&str, &str)| {
        clause.heading.to_lowercase().contains(heading) && clause.text.to_lowercase().contains(words)
    };
    let clause = pairs.iter().find_map(|pair| version.clauses.iter().find(|c| holds(c, pair)))?;
    Some(Cited { version: version.version, clause: clause.number.clone() })
}
