//! The pages, one file an area, mirrored by `templates/`.

pub mod accuracy;
pub mod answer;
pub mod ask;
pub mod data;
pub mod earnings;
pub mod programs;
pub mod scenarios;
pub mod suggest;
