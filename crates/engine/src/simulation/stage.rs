//! Everything a pair of draws needs and does not change: cells, compiled rules of
//! every arm, the rows of the answer, and what partners outside of the question
//! take out of shared budgets.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::ledger::Groups;
use super::market::{Market, SeriesCells};
use super::markets::Markets;
use super::reach::Reach;
use super::window::Window;
use crate::company::Company;
use crate::programs::cells::{CellRules, LaneScratch};

/// A program of any arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramRow {
    pub id: String,
    pub name: String,
    /// Accrues to a fund; never a payout.
    pub fund: bool,
    /// One of the changed programs.
    pub changed: bool,
    /// Has a budget in some arm.
    pub budgeted: bool,
}

/// The rules of one arm.
#[derive(Debug, Clone)]
pub struct Till {
    pub rules: Arc<CellRules>,
    /// Position of each of its programs in [`Stage::programs`].
    pub rows: Vec<usize>,
}

/// Somebody who is paid: a touched partner, or the parent of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Payee {
    pub partner: usize,
    pub tier: usize,
    pub region: usize,
    /// Position among the payees whose children's sales earn overrides.
    pub parent_row: Option<usize>,
}

/// Which rows a run of months goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthRows {
    /// Ledger row by month; `None`: before the period, counted nowhere.
    pub rows: Vec<Option<usize>>,
    /// Whether the month belongs to the period (else the tail).
    pub in_period: Vec<bool>,
}

/// The setting of every draw.
#[derive(Debug)]
pub struct Stage<'a> {
    pub window: &'a Window,
    pub reach: &'a Reach,
    pub market: &'a Market,
    /// The shocks of its markets.
    pub markets: Markets,
    pub groups: Groups,
    pub tills: Vec<Till>,
    /// By option: the programs whose pay can differ from the baseline's on the same
    /// sales.
    pub changed_tills: Vec<Till>,
    pub programs: Vec<ProgramRow>,
    /// Touched partners first, in the order of the market; then parents.
    pub payees: Vec<Payee>,
    /// By payee: whether figures count it.
    pub counts: Vec<bool>,
    /// Whether figures count everybody.
    pub counts_all: bool,
    /// By touched partner: the programs under which it may earn in some arm, or has
    /// earned in the period, ascending.
    pub paid: Vec<Vec<usize>>,
    /// By touched partner, and one more: how many programs may pay those before it.
    pub paid_before: Vec<usize>,
    /// By touched partner: the payee that gets overrides on its sales.
    pub parent_of: Vec<Option<usize>>,
    /// Payees with a parent row, in the order of those rows.
    pub parents: Vec<usize>,
    pub months: MonthRows,
    /// Own pay outside of the question by program × month, on expected sales.
    pub outside_own: Vec<f64>,
    /// Override pay to each parent row outside of the question, program × month.
    pub outside_overrides: Vec<Vec<f64>>,
    /// What is counted before anything is simulated: months already over.
    pub start: Vec<f64>,
    /// By payee, then program: it earned in a month of the period that is over.
    pub earned_before: Vec<Vec<bool>>,
    pub seed: u64,
    /// Whether cells sell amounts in place of counts.
    pub smooth: bool,
    /// Whether tiers, regions and partners have rows.
    pub detailed: bool,
}

impl Stage<'_> {
    /// Arms.
    pub fn arms(&self) -> usize {
        self.tills.len()
    }

    /// Length of a program × month matrix.
    pub fn matrix(&self) -> usize {
        self.programs.len() * self.market.months
    }

    /// Program × month over all touched partners, of the programs that may pay each.
    pub fn kept(&self) -> usize {
        self.paid_before.last().copied().unwrap_or(0) * self.market.months
    }

    /// Where the months of the `nth` program that may pay a touched partner stand among
    /// those of all of them.
    pub fn paid_months(&self, i: usize, nth: usize) -> Range<usize> {
        let at = self.paid_before[i] + nth;
        at * self.market.months..(at + 1) * self.market.months
    }

    /// The rows of a payee that counts; none of others.
    pub fn rows_of(&self, at: usize, payee: &Payee) -> impl Iterator<Item = usize> + Clone + use<> {
        let groups = &self.groups;
        let rows = [groups.tier(payee.tier), groups.region(payee.region), groups.partner(at)];
        rows.into_iter().take(if self.detailed && self.counts[at] { 3 } else { 0 })
    }

    /// Whether an arm's change reaches a series of a touched partner.
    pub fn is_treated(&self, i: usize, series: &SeriesCells, arm: usize) -> bool {
        series.covered && (self.reach.differs[arm][i] || series.arms[arm].is_some())
    }
}

/// The programs of all arms, baseline first, each once.
pub fn program_rows(rules: &[Arc<CellRules>], changed: &[String]) -> (Vec<ProgramRow>, Vec<Vec<usize>>) {
    let mut rows: Vec<ProgramRow> = Vec::new();
    let mut places = Vec::with_capacity(rules.len());
    for arm in rules {
        let mut place = Vec::with_capacity(arm.programs().len());
        for program in arm.programs() {
            let at = rows.iter().position(|r| r.id == program.id).unwrap_or_else(|| {
                rows.push(ProgramRow {
                    id: program.id.clone(),
                    name: program.name.clone(),
                    fund: program.fund,
                    changed: changed.contains(&program.id),
                    budgeted: false,
                });
                rows.len() - 1
            });
            rows[at].budgeted |= program.budget.is_some();
            place.push(at);
        }
        places.push(place);
    }
    (rows, places)
}

/// By partner: the programs under which it may earn by some till, ascending.
pub fn paid_rows(tills: &[Till], partners: &[usize]) -> Vec<Vec<usize>> {
    let of = |partner: &usize| {
        let rows = tills.iter().flat_map(|till| till.rules.programs_of(*partner).map(|p| till.rows[p]));
        let rows: BTreeSet<usize> = rows.collect();
        rows.into_iter().collect()
    };
    partners.iter().map(of).collect()
}

/// How many rows stand before those of each, and behind the last one.
pub fn rows_before(rows: &[Vec<usize>]) -> Vec<usize> {
    let sum = |sum: &mut usize, of: &Vec<usize>| {
        *sum += of.len();
        Some(*sum)
    };
    std::iter::once(0).chain(rows.iter().scan(0, sum)).collect()
}

/// Touched partners and the active parents that their sales pay, with the parent of
/// each touched partner as a payee.
pub fn payees(company: &Company, touched: &[usize]) -> (Vec<Payee>, Vec<Option<usize>>) {
    let catalog = &company.catalog;
    let parent = |i: usize| catalog.partners[i].parent.filter(|p| catalog.partners[*p].active);
    let more: BTreeSet<usize> =
        touched.iter().filter_map(|i| parent(*i)).filter(|p| touched.binary_search(p).is_err()).collect();
    let all: Vec<usize> = touched.iter().copied().chain(more).collect();
    let places: HashMap<usize, usize> = all.iter().enumerate().map(|(at, partner)| (*partner, at)).collect();
    let place = |partner: usize| places.get(&partner).copied();
    let parent_of: Vec<Option<usize>> = touched.iter().map(|i| parent(*i).and_then(place)).collect();
    let paid: BTreeSet<usize> = parent_of.iter().flatten().copied().collect();
    let parent_rows: HashMap<usize, usize> = paid.iter().enumerate().map(|(row, at)| (*at, row)).collect();
    let (tiers, regions) = (catalog.tiers(), catalog.regions());
    let payee = |(at, partner): (usize, &usize)| {
        let who = &catalog.partners[*partner];
        Payee {
            partner: *partner,
            tier: tiers.binary_search(&who.tier_on(company.as_of)).unwrap_or(0),
            region: regions.binary_search(&who.region.as_str()).unwrap_or(0),
            parent_row: parent_rows.get(&at).copied(),
        }
    };
    (all.iter().enumerate().map(payee).collect(), parent_of)
}

/// Pays one partner in some draws side by side, by program × month of the stage's rows.
#[derive(Default)]
pub struct Pay<const N: usize> {
    scratch: LaneScratch<N>,
}

impl<const N: usize> Pay<N> {
    /// Runs the rules and writes the rows of some programs, of which the rules' own that
    /// may pay the partner have to be.
    pub fn run<T: Copy + Into<f64>>(
        &mut self,
        till: &Till,
        partner: usize,
        rows: &[usize],
        units: &[[T; N]],
        own: &mut [[f64; N]],
        overrides: &mut [[f64; N]],
    ) {
        let months = till.rules.months();
        for row in rows {
            own[row * months..(row + 1) * months].fill([0.0; N]);
            overrides[row * months..(row + 1) * months].fill([0.0; N]);
        }
        till.rules.pay_lanes(partner, units, |p| till.rows[p], &mut self.scratch, own, overrides);
    }
}
