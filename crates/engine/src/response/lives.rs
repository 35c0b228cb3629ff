//! Which months of a pair can count: not before its partner or product began, not
//! after it ended, not while they are still being reported.

use crate::calendar::Month;
use crate::company::Company;
use crate::panel::Panel;

/// First and last month in which each partner could sell, as positions of the panel.
pub(crate) struct Lives {
    partner: Vec<(usize, usize)>,
    product: Vec<(usize, usize)>,
    /// One past the last month that is wholly reported.
    pub usable: usize,
}

impl Lives {
    pub(crate) fn of(company: &Company, panel: &Panel, usable_through: Month) -> Self {
        let usable = (usable_through.0 - panel.first_month.0 + 1).clamp(0, panel.months as i32) as usize;
        let position = |m: Month| (m.0 - panel.first_month.0).max(0) as usize;
        let mut sold = vec![(usize::MAX, 0); company.catalog.partners.len()];
        for (s, (partner, _)) in panel.series.iter().enumerate() {
            for t in (0..usable).filter(|&t| panel.units[panel.at(s, t)] > 0.0) {
                sold[*partner].0 = sold[*partner].0.min(t);
                sold[*partner].1 = sold[*partner].1.max(t);
            }
        }
        let partner = company.catalog.partners.iter().zip(&sold).map(|(p, (first, last))| {
            let begun = p.onboarded_on.map_or(*first, |d| position(Month::of(d)).min(*first));
            (begun, if p.active { usize::MAX } else { *last })
        });
        let product = company.catalog.products.iter().map(|p| {
            let begun = p.launched_on.map_or(0, |d| position(Month::of(d)));
            let ended = p.end_of_life_on.map_or(usize::MAX, |d| {
                let m = Month::of(d).0 - panel.first_month.0;
                m.max(0) as usize
            });
            (begun, ended)
        });
        Self { partner: partner.collect(), product: product.collect(), usable }
    }

    /// The usable months of a series.
    pub(crate) fn months(&self, panel: &Panel, series: usize) -> std::ops::Range<usize> {
        let (partner, product) = panel.series[series];
        let first = self.partner[partner].0.max(self.product[product].0);
        let last = self.partner[partner].1.min(self.product[product].1);
        let end = last.saturating_add(1).min(self.usable);
        first.min(end)..end
    }
}
