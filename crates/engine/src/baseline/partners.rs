//! What a partner's series share in a month, seen on forecasts that were made again
//! from shorter histories: partners that rise or fall as a whole are in it, which
//! one-step errors hide. Knows neither levels nor how they were learned.

use super::{MarketAhead, Shocks};

/// Squared errors count up to so many variances.
const FAR: f64 = 25.0;

/// A partner's month: what came, what was expected, and the variance that is known of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PartnerMonth {
    sold: f64,
    mean: f64,
    variance: f64,
    /// Σ μ·σ and Σ μ²·σ², σ² being what all markets share: they add up across markets.
    shared: [f64; 2],
}

impl PartnerMonth {
    /// Adds a series with the relative variance `own` of its level and month.
    pub(super) fn add(
        &mut self,
        units: f64,
        mean: f64,
        own: f64,
        market: &MarketAhead,
        shocks: &Shocks,
        j: usize,
    ) {
        let relative = (1.0 + own) * market.variance(shocks, j).exp() - 1.0;
        let shared = market.width[j].powi(2) * (shocks.company.variance(j) + market.common[j].powi(2));
        self.sold += units;
        self.mean += mean;
        self.variance += mean + relative * mean * mean;
        self.shared[0] += mean * shared.sqrt();
        self.shared[1] += mean * mean * shared;
    }

    fn known_variance(&self) -> f64 {
        self.variance + (self.shared[0].powi(2) - self.shared[1]).max(0.0)
    }
}

/// Sums over partners' months.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Partners {
    beyond: f64,
    square: f64,
    cases: f64,
}

impl Partners {
    /// Learns from a month of all partners, in the light of the shared variance that
    /// is believed in so far.
    pub(super) fn add(&mut self, months: &[PartnerMonth], believed: f64) {
        for month in months.iter().filter(|m| m.mean > 1.0) {
            let (square, known) = (month.mean * month.mean, month.known_variance());
            let all = known + believed * square;
            let error = (month.sold - month.mean).powi(2).min(FAR * all);
            let weight = square / (all * all);
            self.beyond += weight * (error - known);
            self.square += weight * square;
            self.cases += 1.0;
        }
    }

    /// The relative variance that partners' months share, by moments, and the weight
    /// with which to believe it; `lean`: months with which it leans on what is believed.
    pub(super) fn variance(&self, lean: f64) -> Option<(f64, f64)> {
        (self.square > 0.0).then(|| ((self.beyond / self.square).max(0.0), self.cases / (self.cases + lean)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Process;

    #[test]
    fn what_partners_share_is_found_beside_what_is_known() {
        let shocks = Shocks { rho: 0.0, sigma: 0.1, product_share: 0.0, company: Process::default() };
        let market = MarketAhead {
            region: 0,
            product: 0,
            start: 0.0,
            level: vec![0.0],
            slope: vec![0.0],
            common: vec![0.0],
            width: vec![1.0],
        };
        // Two series of 50, and a partner's month that adds (0.4 · 100)².
        let month = |sold: f64| {
            let mut month = PartnerMonth::default();
            month.add(sold / 2.0, 50.0, 0.02, &market, &shocks, 0);
            month.add(sold / 2.0, 50.0, 0.02, &market, &shocks, 0);
            month
        };
        let known = 2.0 * (50.0 + 2500.0 * (1.02 * 0.01f64.exp() - 1.0));
        let off = (known + 1600.0).sqrt();
        let mut partners = Partners::default();
        partners.add(&[month(100.0 + off), month(100.0 - off), PartnerMonth::default()], 0.1);
        let (variance, weight) = partners.variance(2.0).expect("a variance");
        assert!((variance - 0.16).abs() < 1e-9 && weight == 0.5, "{variance} {weight}");
        assert_eq!(Partners::default().variance(2.0), None);
    }
}
