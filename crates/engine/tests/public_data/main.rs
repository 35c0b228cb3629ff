//! The estimator on public data (FORECASTING.md §2): the published figures to the last
//! printed digit. `tests/public/fetch.py` brings the data; a set that is missing is
//! named, and its tests pass over themselves.

mod imputation;
mod poisson;

use std::collections::HashMap;
use std::path::PathBuf;

/// Columns of a data set by name.
pub struct Table(HashMap<String, Vec<f64>>);

impl Table {
    /// `None`, with a notice, where it could not be fetched.
    pub fn read(name: &str) -> Option<Self> {
        let folder = std::env::var_os("SPIFFCAST_PUBLIC_DATA").map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/public-data")),
            PathBuf::from,
        );
        let path = folder.join(format!("{name}.csv"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("NOTICE: no public data set {name}: run tests/public/fetch.py; this test does not run");
            return None;
        };
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let mut columns = vec![Vec::new(); names.len()];
        for line in lines {
            for (column, value) in columns.iter_mut().zip(line.split(',')) {
                column.push(value.parse().expect("a number"));
            }
        }
        Some(Self(names.into_iter().map(str::to_owned).zip(columns).collect()))
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Vec<f64> {
        self.0.get(name).unwrap_or_else(|| panic!("no column {name}")).clone()
    }

    /// Numbers of a column as groups.
    pub fn groups(&self, name: &str) -> Vec<u32> {
        self.column(name).into_iter().map(|v| v as u32).collect()
    }
}

/// Equal when printed with this many decimals.
pub fn printed(value: f64, expected: f64, decimals: i32) {
    let unit = 10f64.powi(-decimals);
    assert!((value - expected).abs() <= 0.5 * unit + 1e-9, "{value}, published {expected}");
}
