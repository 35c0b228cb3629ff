//! What people take away from an answer: charts now, documents beside them. It
//! draws and writes what it is given and computes no forecast.

pub mod charts;
pub mod format;
