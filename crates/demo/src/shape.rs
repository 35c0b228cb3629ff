//! How large a generated company is.

use crate::calendar::Month;

/// Size of a company. History always ends on 30 June 2026.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Number of partners, 24 to 2,000.
    pub partners: usize,
    /// Number of products, 8 to 24 (the first of the price list).
    pub products: usize,
    /// Months of history, 24 to 60.
    pub months: usize,
    /// Factor on the expected sales of every pair.
    pub volume: f64,
}

impl Shape {
    /// The demo company.
    pub fn demo() -> Self {
        Self { partners: 240, products: 24, months: 42, volume: 1.0 }
    }

    /// A quick company for tests.
    pub fn small() -> Self {
        Self { partners: 48, products: 12, months: 30, volume: 1.0 }
    }

    /// The last month of the data.
    pub fn last_month() -> Month {
        Month::new(2026, 6)
    }

    /// The first month of the data.
    pub fn first_month(&self) -> Month {
        Self::last_month().plus(1 - self.months as i32)
    }
}
