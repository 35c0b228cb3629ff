//! Several options side by side: which leaves the most net margin, and how sure
//! that is.

use super::Teller;
use super::figures::chance;

/// Below this share of draws won, two options are close.
const CLOSE: f64 = 0.65;

impl Teller<'_> {
    /// Options by mean difference of net, best first; ties in their order.
    fn ranked(&self) -> Vec<(usize, f64)> {
        let net = |o: usize| self.difference("net", o).and_then(|q| q.mean).map(|mean| (o, mean));
        let mut all: Vec<(usize, f64)> = (0..self.options()).filter_map(net).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// Headline and text of a comparison.
    pub(super) fn compare(&self) -> (String, String) {
        let ranked = self.ranked();
        let [(best, mean), (next, _), ..] = ranked[..] else {
            return ("There is no forecast to compare.".to_owned(), String::new());
        };
        let sure = self.better("net", best, next);
        let headline = if ranked.iter().all(|(_, m)| *m == 0.0) {
            format!("None of the {} options changes net margin {}.", ranked.len(), self.when())
        } else {
            format!(
                "Of the {} options {} leaves the most net margin on average {}: about {} against the rules as they \
                 are{}.",
                ranked.len(),
                self.label(best),
                self.when(),
                self.money.signed(mean),
                sure.map_or_else(String::new, |p| self.how_sure(p, next))
            )
        };
        let options: Vec<String> = ranked.iter().filter_map(|(o, _)| self.option_sentence(*o)).collect();
        let budgets = self.budget_sentences(best).map(|words| format!("Under {}: {words}", self.label(best)));
        let parts = [Some(options.join(" ")), budgets, self.evidence_sentence()];
        (headline, parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
    }

    /// How surely the best on average beats the next one. The best on average may win in
    /// fewer than half of the draws: then that is said before the chance.
    fn how_sure(&self, share: f64, next: usize) -> String {
        let next = self.label(next);
        match share {
            p if p < 0.5 => format!(
                "; it is close, and {next} comes out ahead more often, in {} of the draws",
                chance(1.0 - p)
            ),
            p if p < CLOSE => format!("; it is close: it beats {next} in {} of the draws", chance(p)),
            p => format!(", with a chance of {} of beating {next}", chance(p)),
        }
    }

    /// Share of draws in which `one` is better than `two`.
    fn better(&self, metric: &str, one: usize, two: usize) -> Option<f64> {
        self.forecast.comparison.iter().find_map(|c| match (c.a, c.b) {
            _ if c.metric != metric => None,
            (a, b) if (a, b) == (two, one) => Some(c.probability_b_better),
            (a, b) if (a, b) == (one, two) => Some(1.0 - c.probability_b_better),
            _ => None,
        })
    }

    fn option_sentence(&self, option: usize) -> Option<String> {
        let net = self.difference("net", option)?;
        let payout = self.difference("payout", option)?;
        Some(format!(
            "{}: net {} (8 in 10: {} to {}), payouts {}.",
            self.label(option),
            self.money.signed(net.mean?),
            self.money.signed(net.p10?),
            self.money.signed(net.p90?),
            self.money.signed(payout.mean?)
        ))
    }
}
