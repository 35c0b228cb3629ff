//! The months of a period under way that are over: what was sold in them and what today's
//! rules pay for it stand in every arm. Draws nothing.

use std::sync::Arc;

use super::ledger::{DRAWS, Drawn, FIELDS, Groups, Ledger, drawn_at};
use super::market::net_prices;
use super::prepare::{Prepared, add, only};
use super::sale::sale;
use super::stage::{Pay, Stage, Till};
use super::{Request, number};
use crate::model::Model;
use crate::programs::cells::{CellInputs, CellRules};

/// The months of the period that are over, with today's rules of that time.
pub struct Past {
    till: Till,
    months: usize,
    /// Position of the first one in the panel.
    from: i32,
    margin_kept: Vec<f64>,
}

impl Past {
    pub fn of(request: &Request, prepared: &Prepared, stage: &Stage) -> Self {
        let model = request.model;
        let (first, months) = (prepared.window.past[0], prepared.window.past.len());
        let share = &prepared.baseline.net_price_share;
        let mut prices = net_prices(&model.company, &model.panel, share, first, months);
        let from = first.0 - model.panel.first_month.0;
        for s in 0..model.panel.series.len() {
            for t in 0..months {
                if let Some(at) =
                    panel_cell(model, s, from + t as i32).filter(|at| model.panel.units[*at] > 0.0)
                {
                    prices[s * months + t] = (model.panel.revenue[at] / model.panel.units[at]).max(0.0);
                }
            }
        }
        let inputs = CellInputs {
            company: &model.company,
            panel: &model.panel,
            rules: &only(request.baseline, &prepared.reach.programs),
            first,
            months,
            net_price: &prices,
        };
        let rules = CellRules::compile_with(&inputs, &model.lines);
        let row = |id: &str| stage.programs.iter().position(|p| p.id == id).unwrap_or(0);
        let rows = rules.programs().iter().map(|p| row(&p.id)).collect();
        let margin_kept = prepared
            .baseline
            .return_share
            .iter()
            .map(|r| 1.0 - if r.is_finite() { r.clamp(0.0, 1.0) } else { 0.0 });
        Self { till: Till { rules: Arc::new(rules), rows }, months, from, margin_kept: margin_kept.collect() }
    }

    pub fn sales(&self, model: &Model, stage: &Stage, ledger: &mut Ledger<1>) {
        let panel = &model.panel;
        for (i, partner) in stage.market.partners.iter().enumerate().filter(|(i, _)| stage.counts[*i]) {
            for series in partner.series.iter().filter(|s| s.covered) {
                for t in 0..self.months {
                    let Some(at) = panel_cell(model, series.series, self.from + t as i32) else { continue };
                    let (units, revenue) = (panel.units[at], panel.revenue[at]);
                    if units <= 0.0 {
                        continue;
                    }
                    let day = stage.window.past[t].first_day();
                    let cost = number(model.company.catalog.products[series.product].price_on(day).unit_cost);
                    let price = revenue / units;
                    let margin = (price - cost) * self.margin_kept[series.series];
                    let fields = sale(units, [units; DRAWS], price, margin);
                    book_fixed(stage, i, series.product, stage.groups.month_row(t), &fields, ledger);
                }
            }
        }
    }

    /// Books what the rules paid, and gives by payee and program who earned.
    pub fn pay(&self, request: &Request, stage: &Stage, ledger: &mut Ledger<1>) -> Vec<Vec<bool>> {
        let (model, months, programs) = (request.model, self.months, stage.programs.len());
        let mut pay: Pay<1> = Pay::default();
        let all: Vec<usize> = (0..stage.programs.len()).collect();
        let mut own = vec![vec![0.0; programs * months]; stage.payees.len()];
        let mut gets = own.clone();
        let mut totals = vec![0.0; programs * months];
        let mut overrides = vec![0.0; programs * months];
        for (i, partner) in stage.market.partners.iter().enumerate() {
            let mut units = Vec::with_capacity(partner.series.len() * months);
            for series in &partner.series {
                let unit = |t: usize| {
                    panel_cell(model, series.series, self.from + t as i32)
                        .map_or(0.0, |at| model.panel.units[at])
                };
                units.extend((0..months).map(unit));
            }
            let (own_now, overrides_now) = (own[i].as_chunks_mut().0, overrides.as_chunks_mut().0);
            pay.run(&self.till, partner.partner, &all, units.as_chunks().0, own_now, overrides_now);
            add(&mut totals, &own[i]);
            if let Some(parent) = stage.parent_of[i] {
                add(&mut gets[parent], &overrides);
            }
        }
        let mut shares = vec![1.0; programs * months];
        for (local, row) in self.till.rows.iter().enumerate() {
            let run = row * months..(row + 1) * months;
            self.till.rules.fund(local, &totals[run.clone()], &mut shares[run]);
        }
        let mut earned = vec![vec![false; programs]; stage.payees.len()];
        for (at, payee) in stage.payees.iter().enumerate() {
            own[at].iter_mut().zip(&shares).for_each(|(pay, share)| *pay *= share);
            earned[at] = own[at].chunks(months).map(|pay| pay.iter().sum::<f64>() >= 0.005).collect();
            add(&mut gets[at], &own[at]);
            if !stage.counts[at] {
                continue;
            }
            for (row, program) in stage.programs.iter().enumerate() {
                for t in 0..months {
                    let fields = paid(gets[at][row * months + t], program.fund);
                    let rows =
                        [Groups::TOTAL, Groups::GROSS, stage.groups.month_row(t), stage.groups.program(row)];
                    for row in rows.into_iter().chain(stage.rows_of(at, payee)) {
                        ledger.add_all(row, 0, &fields);
                    }
                }
            }
        }
        earned
    }
}

fn panel_cell(model: &Model, series: usize, t: i32) -> Option<usize> {
    usize::try_from(t).ok().filter(|t| *t < model.panel.months).map(|t| model.panel.at(series, t))
}

fn paid(pay: f64, fund: bool) -> [f64; FIELDS] {
    let mut fields = [0.0; FIELDS];
    for draw in 0..DRAWS {
        fields[drawn_at(if fund { Drawn::Fund } else { Drawn::Payout }, draw)] = pay;
    }
    fields
}

/// Books what is fixed for a touched partner's product and month of the period.
fn book_fixed(
    stage: &Stage,
    i: usize,
    product: usize,
    month: usize,
    fields: &[f64; FIELDS],
    ledger: &mut Ledger<1>,
) {
    let rows = [Groups::TOTAL, Groups::GROSS, month, stage.groups.product(product)];
    for row in rows.into_iter().chain(stage.rows_of(i, &stage.payees[i])) {
        ledger.add_all(row, 0, fields);
    }
}
