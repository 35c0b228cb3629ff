//! A whole company: what its files hold and the truth behind them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::books::{Books, Line, Target};
use crate::company::cells::{Cell, cells, incentives};
use crate::company::departure::{Departure, Departures, tiers_by_sales};
use crate::company::market::Market;
use crate::company::registrations::register;
use crate::company::returns::returns;
use crate::company::transactions::transactions;
use crate::payouts::{RecordedPayout, SeededError, record};
use crate::programs::{ProgramFile, programs};
use crate::random::Stream;
use crate::shape::Shape;
use crate::tables;

/// A generated company.
#[derive(Debug, Clone)]
pub struct World {
    /// What it was drawn from.
    pub seed: u64,
    /// Levels, shocks and response.
    pub market: Market,
    /// Programs with their text.
    pub programs: Vec<ProgramFile>,
    /// Effective incentive by pair and month, also beyond the data.
    pub incentives: Vec<Vec<f64>>,
    /// What every pair sold in every month.
    pub cells: Vec<Cell>,
    /// The tables, but for payouts.
    pub books: Books,
    /// Sale lines made by the last day and reported after it: not in the tables.
    pub unreported: Vec<Line>,
    /// How it is not the plain world.
    pub departures: Departures,
    /// Recorded payouts, seeded errors among them.
    pub payouts: Vec<RecordedPayout>,
    /// Which of them are wrong.
    pub errors: Vec<SeededError>,
}

/// Draws a company. The same seed and shape give the same bytes on every machine.
pub fn generate(seed: u64, shape: &Shape) -> World {
    let mut world = generate_unpaid(seed, shape, None);
    (world.payouts, world.errors) = record(seed, &world.books, Shape::last_month().last());
    world
}

/// Draws a company, nothing recorded of what it paid, in the plain world or in one that
/// the estimator does not assume.
pub fn generate_unpaid(seed: u64, shape: &Shape, departure: Option<Departure>) -> World {
    let mut market = Market::new(seed, shape);
    let programs = programs(seed, &market);
    let versions: Vec<_> = programs.iter().map(|p| p.version.clone()).collect();
    if departure == Some(Departure::TiersFollowSales) {
        tiers_by_sales(seed, &mut market, &versions);
    }
    let incentives = incentives(&market, &versions);
    let departures = Departures::of(seed, departure, &market, &versions, &incentives);
    let cells = cells(seed, &market, &incentives, &departures.added(&market, &incentives));
    let last_day = Shape::last_month().last();
    let (mut lines, unreported): (Vec<Line>, Vec<Line>) = transactions(seed, &market, &departures, &cells)
        .into_iter()
        .partition(|l| l.reported_on.is_none_or(|day| day <= last_day));
    let registrations = register(seed, &mut lines);
    lines.extend(returns(seed, &lines, last_day));
    let books = Books {
        partners: market.partners.clone(),
        tier_changes: market.tier_changes.clone(),
        products: market.products.clone(),
        price_changes: market.price_changes.clone(),
        lines,
        registrations,
        targets: targets(seed, &market, &programs),
        versions,
        changes: Vec::new(),
        first_month: 1,
    };
    let (payouts, errors) = (Vec::new(), Vec::new());
    World { seed, market, programs, incentives, cells, books, unreported, departures, payouts, errors }
}

/// Targets of their own for a third of the partners, quarter by quarter.
fn targets(seed: u64, market: &Market, programs: &[ProgramFile]) -> Vec<Target> {
    let mut targets = Vec::new();
    let with_target = programs.iter().filter(|p| p.version.terms.target.is_some());
    let ids: std::collections::BTreeSet<&String> = with_target.map(|p| &p.version.program).collect();
    for program in ids {
        for (i, partner) in market.partners.iter().enumerate() {
            let mut stream = Stream::new(seed, "target", &[i]);
            if !stream.chance(0.33) {
                continue;
            }
            let plan = 12 + 4 * stream.between(0, 14);
            for start in quarters(market) {
                let target = Decimal::from(plan + 2 * stream.between(0, 3));
                let (program, partner) = (program.clone(), partner.id.clone());
                targets.push(Target { program, partner, period_start: start, target });
            }
        }
    }
    targets
}

fn quarters(market: &Market) -> impl Iterator<Item = NaiveDate> + '_ {
    let end = Shape::last_month().plus(6);
    let first = market.shape.first_month();
    (first.0..=end.0).filter(|m| m.rem_euclid(3) == 0).map(|m| crate::calendar::Month(m).first())
}

impl World {
    /// Every file of the data folder: path relative to it, and bytes.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = tables::tables(&self.books);
        files.push(("payouts.csv".to_owned(), tables::payouts(&self.payouts)));
        files.extend(self.programs.iter().map(|p| (p.path(), p.markdown().into_bytes())));
        files
    }

    /// The truth as JSON, for tests alone.
    pub fn truth(&self) -> String {
        crate::truth::truth(self)
    }
}
