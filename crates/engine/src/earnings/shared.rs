//! The published snapshot: what everybody's sales together say about how one partner's
//! will go on. Made when data are imported and frozen until the next ones, so that an
//! outlook is a function of a partner's own rows and of this. Reads a whole company once
//! and keeps figures pooled over at least [`POOL_MIN`] partners each; of shared budgets
//! it keeps whether they may run out, no amount.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::accuracy::outlook_from;
use crate::baseline::{POOL_MIN, SharedBaseline};
use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};
use crate::forecast::Grade;
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::cells::{CellInputs, CellRules};
use crate::response::{Diagnostics, LAGS, LagResponse, ProductResponse, ResponseModel};
use crate::simulation::first_open_month;
use crate::simulation::market::net_prices;

/// Months ahead that budgets are looked at for.
const FUNDS_MONTHS: usize = 6;
/// Funds may run out where this many times the expected pay would use them up.
const FUNDS_MARGIN: f64 = 1.25;
/// Months in which a partner must have sold a product to count for its response.
const POOL_MONTHS: usize = 12;

/// The effects that all partners share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shared {
    /// Last day of the data it was made from.
    pub as_of: NaiveDate,
    /// Last month that is wholly reported, and the share known of those after it.
    pub(crate) usable_through: Month,
    pub(crate) reported_share: Vec<f64>,
    pub(crate) response: ResponseModel,
    pub(crate) baseline: SharedBaseline,
    /// Programs whose funds may run out, and the first month in which they may.
    funds: Vec<(String, Month)>,
}

impl Shared {
    /// Takes from what was learned of everybody what may be published.
    pub fn of(model: &Model) -> Self {
        Self {
            as_of: model.company.as_of,
            usable_through: model.usable_through,
            reported_share: model.reported_share.clone(),
            response: response(model),
            baseline: SharedBaseline::of(&model.baseline, &model.company, &model.panel),
            funds: funds(model),
        }
    }

    /// SHA-256 of everything in it, in hexadecimal.
    pub fn digest(&self) -> String {
        // Of plain numbers and text, which can always be written.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether the funds of a program may run out by the end of a month.
    pub(crate) fn funds_may_run_out(&self, program: &str, by: Month) -> bool {
        self.funds.iter().any(|(id, month)| id == program && *month <= by)
    }
}

/// The response of every product that enough partners sold lately; of the others the
/// mean of their family's, or of all products'.
fn response(model: &Model) -> ResponseModel {
    let sold = sold_by(model);
    let enough = |products: &[ProductIx]| {
        let partners: BTreeSet<PartnerIx> = products.iter().flat_map(|k| sold[*k].iter().copied()).collect();
        partners.len() >= POOL_MIN
    };
    let (all, catalog) = (&model.response.products, &model.company.catalog);
    let every: Vec<ProductIx> = (0..all.len()).collect();
    let of = |product: ProductIx| {
        let family: Vec<ProductIx> = every
            .iter()
            .copied()
            .filter(|other| catalog.products[*other].family == catalog.products[product].family)
            .collect();
        let pools = [vec![product], family, every.clone()];
        pools.iter().find(|pool| enough(pool)).map_or_else(nothing, |pool| mean(all, pool))
    };
    ResponseModel {
        products: every.iter().map(|k| of(*k)).collect(),
        priors: Vec::new(),
        ..model.response.clone()
    }
}

/// By product, who sold it in the last whole months.
fn sold_by(model: &Model) -> Vec<BTreeSet<PartnerIx>> {
    let (panel, usable) = (&model.panel, model.usable_months());
    let mut sold = vec![BTreeSet::new(); model.company.catalog.products.len()];
    for (s, (partner, product)) in panel.series.iter().enumerate() {
        if panel.units_of(s)[usable.saturating_sub(POOL_MONTHS)..usable].iter().any(|units| *units > 0.0) {
            sold[*product].insert(*partner);
        }
    }
    sold
}

fn nothing() -> ProductResponse {
    ProductResponse {
        grade: Grade::PriorOnly,
        changes: 0,
        share_from_history: 0.0,
        range: [0.0, 0.0],
        flags: Vec::new(),
        lags: None,
        diagnostics: Diagnostics::default(),
    }
}

/// The mean response of a pool; of a single product its own. What it was made of is
/// left out.
fn mean(all: &[ProductResponse], pool: &[ProductIx]) -> ProductResponse {
    let known: Vec<&ProductResponse> =
        pool.iter().map(|k| &all[*k]).filter(|response| response.lags.is_some()).collect();
    let Some(first) = known.first() else { return nothing() };
    let over = |of: &dyn Fn(&ProductResponse) -> f64| {
        known.iter().map(|response| of(response)).sum::<f64>() / known.len() as f64
    };
    let lag = |of: &dyn Fn(&LagResponse) -> f64| over(&|response| response.lags.as_ref().map_or(0.0, of));
    // Factors of covariances may be averaged; what products have in common only of one.
    let common = if pool.len() == 1 { first.diagnostics.common } else { [[0.0; LAGS]; LAGS] };
    ProductResponse {
        range: [over(&|r| r.range[0]), over(&|r| r.range[1])],
        lags: Some(LagResponse {
            mean: std::array::from_fn(|l| lag(&|lags| lags.mean[l])),
            cholesky: std::array::from_fn(|a| std::array::from_fn(|b| lag(&|lags| lags.cholesky[a][b]))),
        }),
        diagnostics: Diagnostics { firm: first.diagnostics.firm, common, ..Diagnostics::default() },
        ..nothing()
    }
}

/// Programs whose budget the expected pay of everybody, with a margin, would use up in
/// the months ahead.
fn funds(model: &Model) -> Vec<(String, Month)> {
    let (company, panel) = (&*model.company, &model.panel);
    if company.programs.iter().flat_map(|p| &p.versions).all(|v| v.terms.caps.program_budget.is_none()) {
        return Vec::new();
    }
    let (first, months) = (first_open_month(company.as_of), FUNDS_MONTHS);
    let ahead = outlook_from(model, first, months);
    let prices = net_prices(company, panel, &ahead.baseline.net_price_share, first, months);
    let rules = RuleBook::of(&company.programs);
    let inputs = CellInputs { company, panel, rules: &rules, first, months, net_price: &prices };
    let compiled = CellRules::compile_with(&inputs, &model.lines);
    let cells = compiled.programs().len() * months;
    let (mut all, mut own, mut overrides) = (vec![0.0; cells], vec![0.0; cells], vec![0.0; cells]);
    let mut scratch = compiled.scratch();
    for partner in 0..company.catalog.partners.len() {
        let series = compiled.series(partner);
        let units = &ahead.expected[series.start * months..series.end * months];
        compiled.pay(partner, units, &mut scratch, &mut own, &mut overrides);
        all.iter_mut().zip(&own).for_each(|(sum, pay)| *sum += pay);
    }
    let of_program = |(p, program): (usize, &crate::programs::cells::CellProgram)| {
        let mut left = program.budget_left?;
        let runs_out = |pay: &f64| {
            left -= FUNDS_MARGIN * pay;
            left <= 0.0
        };
        let month = all[p * months..(p + 1) * months].iter().position(runs_out)?;
        Some((program.id.clone(), first.plus(month as i32)))
    };
    compiled.programs().iter().enumerate().filter_map(of_program).collect()
}
