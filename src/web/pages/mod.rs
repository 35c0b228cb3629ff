//! The pages, one file an area, mirrored by `templates/`.

pub mod account;
pub mod accuracy;
pub mod answer;
pub mod ask;
pub mod audit;
pub mod data;
pub mod disputes;
pub mod drafts;
pub mod earnings;
pub mod programs;
pub mod scenarios;
pub mod sign_in;
pub mod suggest;
pub mod users;
