//! The figures of a forecast in the order people read them: what each is called, what
//! it counts and in what. Pages and documents share it, so that one thing has one name.

/// In what a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Pieces or partners.
    Count,
    /// The company's currency.
    Money,
    /// A share, 0 to 1.
    Share,
}

/// A figure of a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Key in the forecast.
    pub key: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// What it counts.
    pub hint: &'static str,
    /// In what.
    pub unit: Unit,
}

const fn figure(key: &'static str, name: &'static str, hint: &'static str, unit: Unit) -> Figure {
    Figure { key, name, hint, unit }
}

/// All of them.
pub const FIGURES: [Figure; 9] = [
    figure("units", "Units", "sold in the period and the tail after it", Unit::Count),
    figure("revenue", "Revenue", "net of discounts", Unit::Money),
    figure("margin", "Gross margin", "revenue less unit cost", Unit::Money),
    figure("payout", "Payout", "what the programs pay", Unit::Money),
    figure("fund_accrual", "Fund accrual", "set aside in funds, not paid out", Unit::Money),
    figure("net", "Net margin", "margin after payout, pull-forward paid for", Unit::Money),
    figure("roi", "Return on incentive", "extra net margin for each extra payout", Unit::Share),
    figure("partners_earning", "Partners earning", "at least one payout", Unit::Count),
    figure("uptake_share", "Uptake", "share of the eligible who earn", Unit::Share),
];

/// The figure of a key.
pub fn figure_of(key: &str) -> Option<&'static Figure> {
    FIGURES.iter().find(|figure| figure.key == key)
}
