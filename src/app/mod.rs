//! Use cases: the chain of a question in plain sight ([`ask`]), what goes in
//! ([`import`]), what is taken away (`documents`), how well questions are read
//! ([`evaluate`]), who may come in ([`identity`]), what a partner has earned
//! ([`earnings`]) and says is wrong with it ([`disputes`]), what programs say, cost and
//! returned ([`programs`]), what was done ([`audit`]), what is kept elsewhere ([`backup`]),
//! what becomes of an option that somebody wants to be a rule ([`drafts`]) and how good
//! forecasts were
//! ([`accuracy`], [`ledger`]). Every step takes
//! plain values and gives plain values; the edges do the talking to the outside.

pub mod accuracy;
pub mod ask;
pub mod audit;
pub mod backup;
mod cite;
pub mod company;
mod copilot;
mod correct;
pub mod data;
pub mod demo;
pub mod disputes;
mod documents;
pub mod drafts;
pub mod earnings;
pub mod evaluate;
pub mod examples;
pub mod identity;
pub mod import;
mod keep;
pub mod ledger;
pub mod live;
mod lookup;
pub mod port;
pub mod programs;
pub mod read;
pub mod scenarios;
mod scope;
pub mod suggest;
pub mod upload;
mod wording;
