//! The examples through the fast evaluator, where that says it is exact: where it
//! names no approximation, or only the one about several products of a month and
//! there is but one product. What is owed has been compared with the page before.

use chrono::Days;
use spiffcast_engine::calendar::Month;
use spiffcast_engine::panel::Panel;
use spiffcast_engine::programs::PayoutLine;
use spiffcast_engine::programs::cells::{CellInputs, CellRules};
use spiffcast_engine::programs::money;
use spiffcast_engine::programs::settle::{SettleOptions, settle};
use spiffcast_engine::sales::{LineKind, PayoutRole};

use crate::check::World;
use crate::page::{Example, Page};

/// The months of an example in cells: those from the first sale under a version on.
struct Cells<'w> {
    world: &'w World<'w>,
    panel: Panel,
    first: Month,
    months: usize,
    units: Vec<f64>,
    net_price: Vec<f64>,
}

/// Every difference of more than half a minor unit a counted line (cells do not
/// round); `None`: the fast evaluator does not say that it is exact here.
pub fn differences(page: &Page, example: &Example) -> Option<Vec<String>> {
    let world = World::build(page, example).ok()?;
    let cells = Cells::of(&world)?;
    let mut company = world.company.clone();
    company.as_of = cells.first.first_day() - Days::new(1);
    let rules = CellRules::compile(&CellInputs {
        company: &company,
        panel: &cells.panel,
        rules: &world.rules,
        first: cells.first,
        months: cells.months,
        net_price: &cells.net_price,
    });
    let one_product = world.company.lines.iter().all(|l| l.product == world.company.lines[0].product);
    let exact =
        |words: &String| one_product && words.contains("the products of a month reach a threshold together");
    rules.approximations().iter().all(exact).then(|| cells.compare(&rules))
}

fn number(amount: rust_decimal::Decimal) -> f64 {
    amount.to_string().parse().expect("a decimal is a number")
}

impl<'w> Cells<'w> {
    /// `None`: goods came back, two prices share a cell, or nothing was sold under a
    /// version; of these cells say nothing.
    fn of(world: &'w World<'w>) -> Option<Self> {
        let lines = &world.company.lines;
        let starts = world.versions.iter().map(|v| v.terms().effective.start);
        let start = starts.min()?;
        let first = Month::of(lines.iter().map(|l| l.sold_on).find(|day| *day >= start)?);
        let months = usize::try_from(Month::of(lines.last()?.sold_on).0 - first.0 + 1).ok()?;
        let (partners, products) =
            (world.company.catalog.partners.len(), world.company.catalog.products.len());
        let series: Vec<_> = (0..partners).flat_map(|i| (0..products).map(move |k| (i, k))).collect();
        let (mut units, mut net_price) =
            (vec![0.0; series.len() * months], vec![100.0; series.len() * months]);
        for line in lines {
            if line.kind == LineKind::Return || line.units.is_zero() {
                return None;
            }
            let Ok(t) = usize::try_from(Month::of(line.sold_on).0 - first.0) else { continue };
            let at = (line.partner * products + line.product) * months + t;
            let price = number(line.net_revenue / line.units);
            if units[at] > 0.0 && net_price[at] != price {
                return None;
            }
            units[at] += number(line.units);
            net_price[at] = price;
        }
        let none = vec![0.0; series.len()];
        let (units_before, revenue, returned_units) = (none.clone(), none.clone(), none);
        let panel = Panel {
            first_month: first.plus(-1),
            months: 1,
            series,
            units: units_before,
            revenue,
            returned_units,
        };
        Some(Self { world, panel, first, months, units, net_price })
    }

    fn compare(&self, rules: &CellRules) -> Vec<String> {
        let company = &self.world.company;
        let programs = rules.programs().len();
        let partners = &company.catalog.partners;
        let mut own = vec![vec![0.0; programs * self.months]; partners.len()];
        let mut children = own.clone();
        for (partner, pay) in own.iter_mut().enumerate() {
            let units: Vec<f64> = rules.series(partner).flat_map(|s| self.units_of(s)).copied().collect();
            let mut overrides = vec![0.0; pay.len()];
            rules.pay(partner, &units, &mut rules.scratch(), pay, &mut overrides);
            if let Some(parent) = partners[partner].parent {
                children[parent].iter_mut().zip(&overrides).for_each(|(sum, pay)| *sum += pay);
            }
        }
        let settled = settle(company, &self.world.rules, &SettleOptions::default()).payouts;
        let half = 0.5 * 0.1_f64.powi(money::minor_digits(&company.catalog.currency) as i32);
        let mut wrong = Vec::new();
        for (partner, (own, children)) in own.iter().zip(&mut children).enumerate() {
            for program in 0..programs {
                let months = program * self.months..(program + 1) * self.months;
                rules.cap_overrides(program, partner, &mut children[months.clone()]);
                let paid =
                    [(PayoutRole::Own, &own[months.clone()]), (PayoutRole::Override, &children[months])];
                for (role, pay) in paid {
                    let is = |p: &&PayoutLine| {
                        p.partner == partner && p.role == role && p.program_id == rules.programs()[program].id
                    };
                    let want: f64 = settled.iter().filter(is).map(|p| number(p.amount)).sum();
                    let got: f64 = pay.iter().sum();
                    let lines = settled.iter().filter(is).count();
                    if (got - want).abs() > half * lines.max(1) as f64 + 1e-6 {
                        let (id, role) = (&partners[partner].id, role.as_str());
                        wrong.push(format!("{id} {role}: owed {want}, but cells pay {got}"));
                    }
                }
            }
        }
        wrong
    }

    fn units_of(&self, series: usize) -> &[f64] {
        &self.units[series * self.months..(series + 1) * self.months]
    }
}
