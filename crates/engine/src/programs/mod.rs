//! Terms of incentive programs and what they pay. `PAYOUTS` in the docs is the
//! word; this module is its meaning in code. It must not know about scenarios in
//! words, forecasts or files: it takes terms and lines and gives money.

pub mod cells;
pub mod incentive;
pub mod rule_book;
pub mod terms;

pub use rule_book::RuleBook;
pub use terms::{Clause, Program, ProgramVersion, Terms};
