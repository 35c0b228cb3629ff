//! Use cases: the chain of a question in plain sight ([`ask`]), what goes in
//! ([`import`]), what is taken away (`documents`), how well questions are read
//! ([`evaluate`]), who may come in ([`identity`]), what a partner has earned
//! ([`earnings`]) and says is wrong with it ([`disputes`]), what was done ([`audit`]) and how good forecasts were
//! ([`accuracy`], [`ledger`]). Every step takes
//! plain values and gives plain values; the edges do the talking to the outside.

pub mod accuracy;
pub mod ask;
pub mod audit;
mod cite;
pub mod company;
mod copilot;
mod correct;
pub mod data;
pub mod demo;
pub mod disputes;
mod documents;
pub mod earnings;
pub mod evaluate;
mod examples;
pub mod identity;
pub mod import;
mod keep;
pub mod ledger;
pub mod live;
mod lookup;
pub mod port;
pub mod read;
pub mod scenarios;
pub mod suggest;
pub mod upload;
mod wording;
