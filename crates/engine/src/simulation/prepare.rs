//! From a request to the setting of its draws: prices, incentives and rules of
//! every arm, the cells, and what is fixed before the first draw.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::known;
use super::ledger::{Groups, Ledger};
use super::market::{Incentive, Market, MarketInputs, net_prices};
use super::markets::Markets;
use super::past::Past;
use super::reach::Reach;
use super::stage::{MonthRows, Pay, Stage, Till, paid_rows, payees, program_rows, rows_before};
use super::window::Window;
use super::{Request, Sales};
use crate::baseline::Baseline;
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::cells::{CellInputs, CellRules};
use crate::programs::incentive::Cells;
use crate::programs::rule_book::ProgramRules;
use crate::response::ResponseModel;

/// What the draws read and the stage borrows.
#[derive(Clone)]
pub struct Prepared {
    pub window: Window,
    pub reach: Reach,
    pub market: Market,
    pub baseline: Baseline,
    /// By arm.
    pub rules: Vec<Arc<CellRules>>,
    /// By option: the changed programs and their stacking groups alone.
    pub changed_rules: Vec<Arc<CellRules>>,
    /// Expected units at today's rules, series-major over the simulated months; what was
    /// sold where that is known.
    pub expected: Vec<f64>,
    /// Effective incentive of the simulated cells, one an arm.
    ahead: Vec<Incentive>,
    /// Net price of the simulated cells.
    net_price: Vec<f64>,
}

impl Prepared {
    /// Prepares; the rules of all arms are compiled here.
    pub fn of(request: &Request, window: Window, reach: Reach) -> Self {
        let model = request.model;
        let (company, panel) = (&*model.company, &model.panel);
        let (first, months) = (window.first, window.months);
        let baseline = known::baseline(model, &window);
        // An incentive is worked out at usual prices, as that of the history is; pay and
        // revenue of months whose sales are known at those they were sold for.
        let usual = net_prices(company, panel, &baseline.net_price_share, first, months);
        let mut net_price = usual.clone();
        known::put_prices(model, &window, &mut net_price);
        let expected = expected_units(model, &baseline, &window);
        let predicted = known::predicted(model, &window, &expected);
        let arms: Vec<&RuleBook> = request.arms().collect();
        let cells = Cells { company, panel, first, months, expected: &predicted, net_price: &usual };
        let ahead: Vec<Incentive> = arms
            .par_iter()
            .map(|rules| Incentive::of(cells.incentives(rules, &model.lines), model.tells_firm_apart()))
            .collect();
        let compile = |rules: &RuleBook, ids: &BTreeSet<String>| {
            let rules = &only(rules, ids);
            let inputs = CellInputs { company, panel, rules, first, months, net_price: &net_price };
            Arc::new(CellRules::compile_with(&inputs, &model.lines))
        };
        let (rules, changed_rules) = rayon::join(
            || arms.par_iter().map(|rules| compile(rules, &reach.programs)).collect(),
            || arms.par_iter().skip(1).map(|rules| compile(rules, &reach.changed)).collect(),
        );
        let response = &model.response;
        let market = market(request, &window, &reach, (&baseline, response), &ahead, &net_price);
        Self { window, reach, market, baseline, rules, changed_rules, expected, ahead, net_price }
    }

    /// The same with other cells.
    pub fn with(&self, market: Market) -> Self {
        // Written out: the cells here need not be copied.
        Self {
            window: self.window.clone(),
            reach: self.reach.clone(),
            market,
            baseline: self.baseline.clone(),
            rules: self.rules.clone(),
            changed_rules: self.changed_rules.clone(),
            expected: self.expected.clone(),
            ahead: self.ahead.clone(),
            net_price: self.net_price.clone(),
        }
    }

    /// The same with endless budgets. No incentive depends on a budget.
    pub fn without_budgets(&self) -> Self {
        let endless = |rules: &Vec<Arc<CellRules>>| {
            rules.iter().map(|rules| Arc::new(rules.without_budgets())).collect()
        };
        Self { rules: endless(&self.rules), changed_rules: endless(&self.changed_rules), ..self.clone() }
    }

    /// The cells under another response, all else as it is.
    pub fn market_with(&self, request: &Request, response: &ResponseModel) -> Market {
        let learned = (&self.baseline, response);
        market(request, &self.window, &self.reach, learned, &self.ahead, &self.net_price)
    }

    /// The setting of the draws; `detailed`: with rows of tiers, regions and partners.
    pub fn stage<'a>(&'a self, request: &Request, detailed: bool, sales: Sales) -> Stage<'a> {
        let company = &*request.model.company;
        let (mut programs, places) = program_rows(&self.rules, request.changed_programs);
        let tills: Vec<Till> =
            self.rules.iter().cloned().zip(places).map(|(rules, rows)| Till { rules, rows }).collect();
        let place = |id: &str| programs.iter().position(|p| p.id == id);
        let changed_till = |rules: &Arc<CellRules>| {
            let rows = rules.programs().iter().filter_map(|p| place(&p.id)).collect();
            Till { rules: Arc::clone(rules), rows }
        };
        let changed_tills: Vec<Till> = self.changed_rules.iter().map(changed_till).collect();
        let (payees, parent_of) = payees(company, &self.reach.partners);
        let mut parents: Vec<usize> = (0..payees.len()).filter(|p| payees[*p].parent_row.is_some()).collect();
        parents.sort_by_key(|p| payees[*p].parent_row);
        let paid = paid_rows(&tills, &self.reach.partners);
        for (row, program) in programs.iter_mut().enumerate() {
            program.budgeted &= paid.iter().any(|rows| rows.binary_search(&row).is_ok());
        }
        let catalog = &company.catalog;
        let products = catalog.products.len();
        let [tiers, regions, partners] =
            if detailed { [catalog.tiers().len(), catalog.regions().len(), payees.len()] } else { [0; 3] };
        let groups = Groups::new(&self.window, programs.len(), products, tiers, regions, partners);
        let window = &self.window;
        let counted = |h: &usize| window.in_period(*h) || window.in_tail(*h);
        let rows = (0..window.months).map(|h| Some(h).filter(counted).map(|h| groups.month(h))).collect();
        let in_period: Vec<bool> = (0..window.months).map(|h| window.in_period(h)).collect();
        let (shock_rows, shocks) = (&self.market.shock_rows, &self.market.shocks);
        let weights = self.market.weights(&in_period);
        let mut stage = Stage {
            window,
            reach: &self.reach,
            market: &self.market,
            markets: Markets::of(shock_rows, shocks, window.open(), &weights),
            start: Vec::new(),
            groups,
            earned_before: vec![vec![false; programs.len()]; payees.len()],
            outside_own: vec![0.0; programs.len() * window.months],
            outside_overrides: vec![vec![0.0; programs.len() * window.months]; parents.len()],
            tills,
            changed_tills,
            programs,
            counts: payees.iter().map(|payee| request.counts(payee.partner)).collect(),
            counts_all: request.counted.is_none(),
            payees,
            paid_before: rows_before(&paid),
            paid,
            parent_of,
            parents,
            months: MonthRows { rows, in_period },
            seed: request.seed,
            smooth: sales == Sales::Amounts,
            detailed,
        };
        self.count_outside(request, &mut stage);
        self.count_past(request, &mut stage);
        stage
    }

    /// Pay of partners outside of the question, on expected sales under today's
    /// rules: they draw on the same budgets and their parents' caps.
    fn count_outside(&self, request: &Request, stage: &mut Stage) {
        let company = &*request.model.company;
        let wanted = stage.programs.iter().any(|p| p.budgeted) || !stage.parents.is_empty();
        if !wanted {
            return;
        }
        let mut pay: Pay<1> = Pay::default();
        let all: Vec<usize> = (0..stage.programs.len()).collect();
        let (mut own, mut overrides) = (vec![0.0; stage.matrix()], vec![0.0; stage.matrix()]);
        for partner in 0..company.catalog.partners.len() {
            if self.reach.partners.binary_search(&partner).is_ok() {
                continue;
            }
            let series = self.rules[0].series(partner);
            let units = &self.expected[cells(series, self.window.months)];
            let (own_now, overrides_now) = (own.as_chunks_mut().0, overrides.as_chunks_mut().0);
            pay.run(&stage.tills[0], partner, &all, units.as_chunks().0, own_now, overrides_now);
            add(&mut stage.outside_own, &own);
            let parent = company.catalog.partners[partner].parent;
            let row = stage.parents.iter().position(|p| Some(stage.payees[*p].partner) == parent);
            if let Some(row) = row {
                add(&mut stage.outside_overrides[row], &overrides);
            }
        }
    }

    /// Months of the period that are over: they stand as they are, in every arm.
    fn count_past(&self, request: &Request, stage: &mut Stage) {
        let mut ledger: Ledger<1> = Ledger::new(&stage.groups, stage.arms());
        if !self.window.past.is_empty() {
            let past = Past::of(request, self, stage);
            past.sales(request.model, stage, &mut ledger);
            let earned = past.pay(request, stage, &mut ledger);
            for (paid, earned) in stage.paid.iter_mut().zip(&earned) {
                paid.extend((0..earned.len()).filter(|row| earned[*row]));
                paid.sort_unstable();
                paid.dedup();
            }
            stage.earned_before = earned;
        }
        stage.start = ledger.values.into_iter().flatten().collect();
    }
}

fn market(
    request: &Request,
    window: &Window,
    reach: &Reach,
    (baseline, response): (&Baseline, &ResponseModel),
    ahead: &[Incentive],
    net_price: &[f64],
) -> Market {
    let model = request.model;
    Market::of(&MarketInputs {
        company: &model.company,
        panel: &model.panel,
        response,
        baseline,
        history: &model.incentive,
        ahead,
        net_price,
        usable: model.usable_months(),
        window,
        reach,
    })
}

/// Some programs of a rule book.
pub fn only(rules: &RuleBook, ids: &BTreeSet<String>) -> RuleBook {
    let wanted = |p: &&ProgramRules| ids.contains(&p.id);
    RuleBook { programs: rules.programs.iter().filter(wanted).cloned().collect() }
}

/// Adds element by element.
pub fn add(to: &mut [f64], from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

fn cells(series: Range<usize>, months: usize) -> Range<usize> {
    series.start * months..series.end * months
}

/// Expected units of every simulated cell at the incentive that its level was
/// learned at; what was sold where that is known.
fn expected_units(model: &Model, baseline: &Baseline, window: &Window) -> Vec<f64> {
    let (months, known) = (window.months, window.known);
    let usable = model.usable_months();
    let mut out = Vec::with_capacity(baseline.mean.len());
    for s in 0..model.panel.series.len() {
        let past = &model.exposure[s * model.panel.months..][..usable];
        let recent = &past[past.len().saturating_sub(12)..];
        let lift = recent.iter().sum::<f64>() / (recent.len() as f64).max(1.0);
        let lift = if recent.is_empty() || !lift.is_finite() { 1.0 } else { lift };
        out.extend(baseline.mean[s * months..(s + 1) * months].iter().enumerate().map(|(h, mean)| {
            let units = if h < known { *mean } else { mean * lift };
            if units.is_finite() { units.max(0.0) } else { 0.0 }
        }));
    }
    out
}
