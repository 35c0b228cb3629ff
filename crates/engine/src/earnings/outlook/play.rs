//! Draws of one partner's sales to the end of the periods that are looked at, and what
//! the payout rules give for each. What was sold already is in every draw, so that what
//! a draw adds is the rest alone: a tier reached late shows in it.

use rayon::prelude::*;
use rust_decimal::Decimal;

use crate::accuracy::{draw, outlook_from};
use crate::calendar::{Month, Span};
use crate::catalog::ProductIx;
use crate::model::Model;
use crate::panel::Panel;
use crate::programs::cells::{CellInputs, CellRules};
use crate::programs::terms::Rate;
use crate::sales::LineKind;
use crate::simulation::market::net_prices;
use crate::simulation::{first_open_month, number};

use super::super::books::{OWN, OwnBooks};
use super::super::extra::PricedSale;
use super::lumps::Lumps;
use super::overrides::Overrides;
use super::{DRAWS, Looked};

/// What the draws brought.
pub(super) struct Played {
    first: Month,
    /// By draw: of every looked-at program what the rest pays, without and with the
    /// imagined sales.
    rest: Vec<[Vec<f64>; 2]>,
    /// By draw: of every looked-at program the tier reached, from 0, likewise.
    tiers: Vec<[Vec<Option<usize>>; 2]>,
    /// Of every looked-at program the thresholds of its tiers.
    thresholds: Vec<Vec<f64>>,
    imagined: bool,
    has_overrides: bool,
    approximations: Vec<String>,
}

impl Played {
    /// Sorted draws of what some looked-at programs pay in the rest together.
    pub fn sum(&self, programs: &[usize], with: bool) -> Vec<f64> {
        let with = usize::from(with);
        let mut sums: Vec<f64> =
            self.rest.iter().map(|draw| programs.iter().map(|p| draw[with][*p]).sum()).collect();
        sums.sort_by(f64::total_cmp);
        sums
    }

    /// The chance that a program reaches a tier in the period that runs, without and
    /// with the imagined sales; `None` where it is over or has no such tier.
    pub fn tier(&self, program: usize, running: Span, at: Decimal) -> Option<(f64, Option<f64>)> {
        if Month::of(running.end) < self.first {
            return None;
        }
        let tier = self.thresholds[program].iter().position(|from| (from - number(at)).abs() < 1e-6)?;
        let chance = |with: usize| {
            let reached = self.tiers.iter().filter(|d| d[with][program].is_some_and(|t| t >= tier)).count();
            reached as f64 / self.tiers.len() as f64
        };
        (!self.tiers.is_empty()).then(|| (chance(0), self.imagined.then(|| chance(1))))
    }

    /// Whether sales were imagined.
    pub fn imagined(&self) -> bool {
        self.imagined
    }

    /// Whether overrides go into it.
    pub fn has_overrides(&self) -> bool {
        self.has_overrides
    }

    /// Rules that months only approximate.
    pub fn approximations(&self) -> &[String] {
        &self.approximations
    }
}

/// The cells of a partner: its series and those of imagined sales.
struct Cells {
    panel: Panel,
    /// Position of each among the model's series; none where it never sold.
    own: Vec<Option<usize>>,
    net_price: Vec<f64>,
    /// Sold already in the first month, series × months.
    sold: Vec<f64>,
    /// Imagined, series × months.
    imagined: Vec<f64>,
}

/// Plays the months from the first open one to the end of the longest period.
pub(super) fn play(
    books: &OwnBooks,
    model: &Model,
    looked: &[Looked<'_>],
    sales: &[PricedSale],
    seed: u64,
) -> Played {
    let company = books.company();
    let first = first_open_month(company.as_of);
    let last = looked.iter().map(|of| Month::of(of.period.end)).max().unwrap_or(first.plus(-1));
    let months = usize::try_from(last.0 - first.0 + 1).unwrap_or(0);
    let (overrides, lumps) = (Overrides::of(books, looked), Lumps::of(books, looked));
    let imagined = !sales.is_empty();
    let seed = of_partner(seed, &books.partner().id);
    if months == 0 {
        return Played {
            first,
            rest: vec![[vec![0.0; looked.len()], vec![0.0; looked.len()]]],
            tiers: Vec::new(),
            thresholds: vec![Vec::new(); looked.len()],
            imagined,
            has_overrides: false,
            approximations: Vec::new(),
        };
    }
    let mut ahead = outlook_from(model, first, months);
    let share = share_ahead(company.as_of, first);
    ahead.expected.iter_mut().step_by(months).for_each(|units| *units *= share);
    let cells = cells(books, model, &ahead.baseline.net_price_share, sales, (first, months));
    let inputs = CellInputs {
        company,
        panel: &cells.panel,
        rules: books.rules(),
        first,
        months,
        net_price: &cells.net_price,
    };
    let rules = CellRules::compile(&inputs);
    let till = Till { rules: &rules, looked, first, months };
    let settled = till.paid(&cells.sold);
    let series = &model.panel.series;
    let group: Vec<usize> = (0..series.len()).collect();
    let one = |nth: usize| {
        let drawn = draw(&ahead, series, &group, series.len(), seed, nth as u64);
        let mut units = cells.sold.clone();
        for (c, own) in cells.own.iter().enumerate() {
            let Some(own) = own else { continue };
            let row = &drawn[own * months..(own + 1) * months];
            units[c * months..(c + 1) * months].iter_mut().zip(row).for_each(|(to, from)| *to += from);
        }
        let (more, scatter) = (overrides.draw(seed, nth as u64), lumps.draw(seed, nth as u64));
        let rest = |units: &[f64]| -> Vec<f64> {
            let paid = till.paid(units);
            (0..looked.len()).map(|p| (paid[p] - settled[p]) * scatter[p] + more[p]).collect()
        };
        let without = (rest(&units), till.tiers(&units));
        if !imagined {
            return ([without.0, Vec::new()], [without.1, Vec::new()]);
        }
        units.iter_mut().zip(&cells.imagined).for_each(|(units, more)| *units += more);
        ([without.0, rest(&units)], [without.1, till.tiers(&units)])
    };
    let (rest, tiers) = (0..DRAWS).into_par_iter().map(one).unzip();
    Played {
        first,
        rest,
        tiers,
        thresholds: looked.iter().map(|of| rules.limits(of.program).1).collect(),
        imagined,
        has_overrides: overrides.any(),
        approximations: rules.approximations(),
    }
}

/// A seed of one partner's own: FNV-1a of its identifier over the seed.
fn of_partner(seed: u64, id: &str) -> u64 {
    id.bytes().fold(seed ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// Share of the first open month that lies after the data.
fn share_ahead(as_of: chrono::NaiveDate, first: Month) -> f64 {
    if Month::of(as_of) != first {
        return 1.0;
    }
    let days = first.span();
    (days.end - as_of).num_days() as f64 / days.days() as f64
}

fn cells(
    books: &OwnBooks,
    model: &Model,
    price_share: &[f64],
    sales: &[PricedSale],
    (first, months): (Month, usize),
) -> Cells {
    let company = books.company();
    let product = |sale: &PricedSale| company.catalog.product(&sale.sku);
    let mut products: Vec<ProductIx> = model.panel.series.iter().map(|(_, product)| *product).collect();
    products.extend(sales.iter().filter_map(product));
    products.sort_unstable();
    products.dedup();
    let series: Vec<_> = products.iter().map(|product| (OWN, *product)).collect();
    let own: Vec<Option<usize>> =
        series.iter().map(|(partner, product)| model.panel.series_of(*partner, *product)).collect();
    let shares: Vec<f64> = own.iter().map(|own| own.map_or(1.0, |s| price_share[s])).collect();
    let none = vec![0.0; series.len() * months];
    let panel = Panel {
        first_month: first,
        months,
        series,
        units: none.clone(),
        revenue: none.clone(),
        returned_units: none.clone(),
    };
    let net_price = net_prices(company, &panel, &shares, first, months);
    let at = |product: ProductIx, month: Month| {
        let series = products.binary_search(&product).ok()?;
        let month = usize::try_from(month.0 - first.0).ok().filter(|month| *month < months)?;
        Some(series * months + month)
    };
    let (mut sold, mut imagined) = (none.clone(), none);
    let lines = company.lines.iter().filter(|l| l.partner == OWN && l.kind == LineKind::Sale);
    for line in lines.filter(|l| l.sold_on <= company.as_of) {
        if let Some(at) = at(line.product, Month::of(line.sold_on)) {
            sold[at] += number(line.units);
        }
    }
    for sale in sales {
        if let Some(at) = product(sale).and_then(|product| at(product, Month::of(sale.sold_on))) {
            imagined[at] += number(sale.units);
        }
    }
    Cells { panel, own, net_price, sold, imagined }
}

fn is_tiered(of: &Looked<'_>) -> bool {
    matches!(of.terms.rate, Rate::Tiered { .. })
}

/// The rules, and what of them is looked at.
struct Till<'a> {
    rules: &'a CellRules,
    looked: &'a [Looked<'a>],
    first: Month,
    months: usize,
}

impl Till<'_> {
    /// Own pay of every looked-at program to the end of its period.
    fn paid(&self, units: &[f64]) -> Vec<f64> {
        let cells = self.rules.programs().len() * self.months;
        let (mut own, mut overrides) = (vec![0.0; cells], vec![0.0; cells]);
        self.rules.pay(OWN, units, &mut self.rules.scratch(), &mut own, &mut overrides);
        let of = |of: &Looked| {
            if of.exhausted {
                return 0.0;
            }
            let row = &own[of.program * self.months..(of.program + 1) * self.months];
            let inside = |h: &usize| {
                let month = self.first.plus(*h as i32);
                of.period.start <= month.first_day() && month.last_day() <= of.period.end
            };
            (0..self.months).filter(inside).map(|h| row[h]).sum()
        };
        self.looked.iter().map(of).collect()
    }

    /// The tier that every looked-at program reaches in the period that runs first.
    fn tiers(&self, units: &[f64]) -> Vec<Option<usize>> {
        let mut reached = vec![None; self.looked.len()];
        let mut scratch = self.rules.scratch();
        for (at, of) in self.looked.iter().enumerate().filter(|(_, of)| is_tiered(of)) {
            let last = Month::of(of.running.end).0 - self.first.0;
            let Ok(last) = usize::try_from(last) else { continue };
            let last = last.min(self.months - 1);
            self.rules.meet(OWN, units, (last, last), &mut scratch, |met| {
                if met.program == of.program {
                    reached[at] = met.tier;
                }
            });
        }
        reached
    }
}
