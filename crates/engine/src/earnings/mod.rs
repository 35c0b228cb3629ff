//! What one partner may see of its own pay: a statement, why a sale did not count, how
//! far the next mark is, what more sales would bring, and what the quarter is heading
//! to. Rule arithmetic only, by the steps of [`crate::programs`].
//!
//! **Scope.** Everything here takes [`OwnBooks`], which hold one partner's sales,
//! registrations, targets and payouts and nothing of another partner. What others'
//! sales decide about this partner comes in once, as [`Published`]: its payout lines by
//! the exact calculator, which customers bought elsewhere before, and which funds are
//! exhausted. Nothing below [`books`] reads a whole company.
//!
//! **Forecast.** [`outlook`](mod@outlook) alone forecasts, from own books and from
//! [`Shared`], the effects that all partners have in common, each pooled over several.

pub mod books;
pub mod claims;
pub mod distance;
pub mod extra;
pub mod outlook;
pub mod rules;
pub mod shared;
pub mod standing;
pub mod statement;
pub mod tell;
pub mod what_if;
pub mod why;

pub use books::{OwnBooks, Published};
pub use outlook::{Outlook, outlook};
pub use shared::Shared;
pub use statement::{Statement, statement};
pub use what_if::{WhatIf, what_if};
