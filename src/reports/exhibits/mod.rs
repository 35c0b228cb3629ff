//! The charts of an answer, each with its finding in a sentence and the table that
//! shows the same: what pages and documents draw. Picks numbers out of the forecast
//! and hands them to the drawing; computes none.

mod budgets;
mod curve;
mod months;
mod movers;
mod places;
mod precedents;
mod tornado;
mod waterfall;

use spiffcast_engine::company::Company;
use spiffcast_engine::explore;
use spiffcast_engine::forecast::{Forecast, Quantity};
use spiffcast_engine::scenario::Draft;

use super::charts::Chart;
use super::side_by_side::{self, SideBySide};

pub use curve::TOLD;

/// A chart with its table.
pub struct Exhibit {
    /// Anchor on the page.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The finding, in a sentence.
    pub lead: String,
    /// The drawing.
    pub chart: Chart,
    /// Head of the table.
    pub head: Vec<&'static str>,
    /// Its rows; none where another table of the page has them.
    pub rows: Vec<Vec<String>>,
}

impl Exhibit {
    /// Its anchor where it is the `nth` exhibit of a page: several may be of one kind.
    pub fn anchor(&self, nth: usize) -> String {
        format!("{}-{nth}", self.id)
    }

    /// Whether its table is of changes that the table of all values has too.
    pub fn told_by_value(&self) -> bool {
        matches!(self.id, "curve-net" | "curve-goal")
    }
}

/// The labels of the options that a forecast is of: of a range or a goal, the one with the
/// value shown.
pub fn labels(draft: Option<&Draft>, forecast: &Forecast, company: &Company) -> Vec<String> {
    let Some(draft) = draft else { return Vec::new() };
    let shown = explore::shown(draft, forecast, company);
    shown.as_ref().unwrap_or(draft).options.iter().map(|o| o.label.clone()).collect()
}

/// A name for every option of a forecast: its label, or its number where it has none.
pub fn option_names(draft: Option<&Draft>, forecast: &Forecast, company: &Company) -> Vec<String> {
    let labels = labels(draft, forecast, company);
    let named = |i: usize| labels.get(i).filter(|label| !label.trim().is_empty()).cloned();
    (0..side_by_side::options(forecast))
        .map(|i| named(i).unwrap_or_else(|| format!("Option {}", i + 1)))
        .collect()
}

/// What exhibits are drawn from.
#[derive(Clone, Copy)]
pub struct Drawn<'a> {
    /// The forecast.
    pub forecast: &'a Forecast,
    /// Names of programs.
    pub company: &'a Company,
    /// The scenario that was asked for.
    pub draft: Option<&'a Draft>,
    /// Months that were sold, as the copilot gives them.
    pub actuals: &'a [(String, f64)],
    /// Labels of the options.
    pub labels: &'a [String],
}

impl Drawn<'_> {
    /// The exhibits about the whole question: options against each other, and the
    /// values that were tried.
    pub fn overview(&self, side: Option<&SideBySide>) -> Vec<Exhibit> {
        let net = side.and_then(|side| side_by_side::net(self.forecast, side));
        net.into_iter().chain(curve::curves(self.forecast, self.draft)).collect()
    }

    /// The exhibits of one option, the months first.
    pub fn of_option(&self, option: usize) -> Vec<Exhibit> {
        let f = self.forecast;
        let mut all: Vec<Exhibit> = self.months(option).into_iter().collect();
        all.extend(waterfall::waterfall(f, option));
        all.extend(budgets::budgets(f, self.company, self.draft, option));
        all.extend(tornado::tornado(f, option));
        all.extend(places::places(f, option));
        all.extend(movers::movers(f, option));
        all
    }

    /// The months of an option.
    pub fn months(&self, option: usize) -> Option<Exhibit> {
        months::months(self.forecast, self.actuals, option, &self.label(option))
    }

    /// From revenue to net of an option.
    pub fn waterfall(&self, option: usize) -> Option<Exhibit> {
        waterfall::waterfall(self.forecast, option)
    }

    /// What the net of an option depends on.
    pub fn tornado(&self, option: usize) -> Option<Exhibit> {
        tornado::tornado(self.forecast, option)
    }

    /// What followed past changes of the programs.
    pub fn precedents(&self) -> Option<Exhibit> {
        precedents::precedents(self.forecast, self.company)
    }

    /// The label of an option.
    pub fn label(&self, option: usize) -> String {
        let label = self.labels.get(option).filter(|label| !label.trim().is_empty());
        label.cloned().unwrap_or_else(|| match self.labels.len() {
            0 | 1 => "With the change".to_owned(),
            _ => format!("Option {}", option + 1),
        })
    }
}

fn mean(q: &Quantity) -> Option<f64> {
    q.mean.or(q.p50)
}

/// The value with its P10 and P90; both ends the value where they are unknown.
fn with_interval(q: &Quantity) -> Option<(f64, (f64, f64))> {
    let value = mean(q)?;
    Some((value, (q.p10.unwrap_or(value), q.p90.unwrap_or(value))))
}
