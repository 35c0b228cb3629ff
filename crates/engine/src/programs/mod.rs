//! Terms of incentive programs and what they pay. `PAYOUTS` in the docs is the
//! word; this module is its meaning in code. It must not know about scenarios in
//! words, forecasts or files: it takes terms and lines and gives money.
//!
//! The way of a file: [`front_matter`] reads and checks one version,
//! [`assemble`] makes programs of versions. The way of a sale is the order of
//! PAYOUTS.md: [`qualify`], [`stacking`], [`accumulate`], [`tiers`], [`adjust`],
//! [`caps`], [`overrides`], [`returns`]; [`settle`](mod@settle) reads top to bottom like it
//! and [`trace`] tells it. [`reconcile`](mod@reconcile) compares what it gives with the books.

pub mod accruals;
pub mod accumulate;
pub mod adjust;
pub mod assemble;
pub mod caps;
pub mod cells;
pub mod cite;
pub mod clauses;
mod draft;
pub mod front_matter;
#[cfg(test)]
mod front_matter_tests;
pub mod funds;
pub mod incentive;
mod keys;
pub mod ledger;
pub mod lines;
pub mod lint;
pub mod money;
pub mod overrides;
pub mod payout;
#[cfg(test)]
mod properties;
pub mod qualify;
mod quick;
pub mod reconcile;
pub mod returns;
pub mod revise;
pub mod rule_book;
pub mod rules;
pub mod scope;
pub mod settle;
#[cfg(test)]
mod settle_limits_tests;
#[cfg(test)]
mod settle_tests;
mod sieve;
pub mod source_lines;
pub mod stacking;
pub mod terms;
mod terms_of_keys;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod testing_random;
pub mod tiers;
pub mod trace;
mod trace_limits;
mod trace_lines;
#[cfg(test)]
mod trace_properties;
mod trace_reasons;
mod trace_returns;
mod trace_steps;
#[cfg(test)]
mod trace_tests;
pub mod trace_text;
#[cfg(test)]
mod trace_text_tests;
mod values;
pub mod written;

pub use payout::PayoutLine;
pub use rule_book::RuleBook;
pub use settle::{SettleOptions, Settlement, settle};
pub use terms::{Clause, Program, ProgramVersion, Terms};
