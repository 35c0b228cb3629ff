//! A forecast in plain words. Every number in the text is one of the forecast's; the
//! words around them are fixed. Must not compute a new figure, and must not sound
//! surer than the evidence: where that is weak the breakeven comes first.

mod compare;
mod curve;
mod figures;
mod parts;

#[cfg(test)]
mod tests;

use crate::company::Company;
use crate::forecast::{Forecast, Grade, Metric, Quantity};
use crate::scenario::Draft;
use figures::{Money, count, percent};

/// Tells a forecast: one sentence, and up to three paragraphs (what it costs, what it
/// brings, what that rests on) with an empty line between. Options go by their labels,
/// products and programs by the company's names.
pub fn tell(draft: &Draft, forecast: &Forecast, company: &Company) -> (String, String) {
    let teller = Teller { draft, forecast, company, money: Money::of(&forecast.currency) };
    if teller.options() > 1 {
        return teller.compare();
    }
    let (headline, text) = (teller.headline(&teller.label(0)), teller.text());
    match teller.curve_headline() {
        Some(found) => (found, format!("{headline}\n\n{text}")),
        None => (headline, text),
    }
}

/// What the sentences are made from.
struct Teller<'a> {
    draft: &'a Draft,
    forecast: &'a Forecast,
    company: &'a Company,
    money: Money<'a>,
}

impl Teller<'_> {
    fn options(&self) -> usize {
        self.forecast.metrics.get("net").map_or(0, |m| m.difference.len())
    }

    /// `in Q3 2026`.
    fn when(&self) -> String {
        let label = self.draft.period.label.trim();
        if label.is_empty() {
            format!("from {} to {}", self.forecast.horizon.start, self.forecast.horizon.end)
        } else {
            format!("in {label}")
        }
    }

    fn label(&self, option: usize) -> String {
        self.draft.options.get(option).map_or_else(|| format!("Option {}", option + 1), |o| o.label.clone())
    }

    fn product_name(&self, sku: &str) -> String {
        let catalog = &self.company.catalog;
        catalog.product(sku).map_or_else(|| sku.to_owned(), |p| catalog.products[p].name.clone())
    }

    /// A launched program is known to the forecast only.
    fn program_name(&self, id: &str) -> String {
        let row = || self.forecast.by.program.iter().find(|r| r.key == id).map(|r| r.name.clone());
        let known = self.company.program(id).map(|p| p.name().to_owned());
        known.or_else(row).unwrap_or_else(|| id.to_owned())
    }

    fn metric(&self, name: &str) -> Option<&Metric> {
        self.forecast.metrics.get(name)
    }

    fn difference(&self, name: &str, option: usize) -> Option<&Quantity> {
        self.metric(name)?.difference.get(option)
    }

    /// Share of the covered products' baseline revenue whose response rests on
    /// evidence of grade C or none.
    fn is_weak(&self) -> bool {
        let revenue = |sku: &str| {
            let row = self.forecast.by.product.iter().find(|r| r.key == sku);
            row.and_then(|r| r.metrics.get("revenue")).and_then(|m| m.baseline.mean).unwrap_or(0.0)
        };
        let (mut weak, mut all) = (0.0, 0.0);
        for e in &self.forecast.evidence {
            all += revenue(&e.sku);
            weak += if e.grade >= Grade::C { revenue(&e.sku) } else { 0.0 };
        }
        let only_weak = self.forecast.evidence.iter().all(|e| e.grade >= Grade::C);
        if all > 0.0 { weak * 2.0 > all } else { only_weak }
    }

    fn headline(&self, label: &str) -> String {
        let when = self.when();
        let (Some(net), Some(payout)) = (self.difference("net", 0), self.difference("payout", 0)) else {
            return format!("There is no forecast of {label}.");
        };
        let (Some(mean), Some((low, high))) = (net.mean, figures::eight_in_ten(net)) else {
            return format!("There is no forecast of {label}.");
        };
        if mean == 0.0 && low == 0.0 && high == 0.0 && payout.mean == Some(0.0) {
            let changes = self.verb("changes", "would have changed");
            return self.fund_headline(label, &when).unwrap_or(format!("{label} {changes} nothing {when}."));
        }
        if self.is_weak()
            && let Some(words) = self.breakeven_headline(label, &when)
        {
            return words;
        }
        let amount = self.money.show(mean.abs());
        let raises = self.verb("raises", "would have raised");
        let lowers = self.verb("lowers", "would have lowered");
        if low > 0.0 {
            format!("{label} {raises} net margin by about {amount} {when}.")
        } else if high < 0.0 {
            format!("{label} {lowers} net margin by about {amount} {when}.")
        } else {
            let word = if mean > 0.0 { raises } else { lowers };
            let pays = self.verb("pays", "would have paid");
            format!(
                "It is open whether {label} {pays} for itself {when}: the middle estimate {word} net margin by about \
                 {amount}, and the range holds both gain and loss."
            )
        }
    }

    /// A verb of what is to come, or of what would have been.
    fn verb(&self, ahead: &'static str, back: &'static str) -> &'static str {
        if self.forecast.hindcast { back } else { ahead }
    }

    /// A change that moves nothing but what is set aside in a fund.
    fn fund_headline(&self, label: &str, when: &str) -> Option<String> {
        let change = self.difference("fund_accrual", 0)?.mean.filter(|v| *v != 0.0)?;
        let word = if change > 0.0 {
            self.verb("raises", "would have raised")
        } else {
            self.verb("lowers", "would have lowered")
        };
        Some(format!(
            "{label} {word} fund accrual by about {} {when}; payouts and sales stay as they are.",
            self.money.show(change.abs())
        ))
    }

    /// Where history says little: what would have to be true.
    fn breakeven_headline(&self, label: &str, when: &str) -> Option<String> {
        let breakeven = self.forecast.breakeven.first()?;
        let lift = breakeven.lift?;
        if lift < 0.0 {
            return Some(format!(
                "{label} {} for itself {when} as long as it costs less than {} of the units it reaches; the \
                 history is too thin to say how sales answer.",
                self.verb("pays", "would have paid"),
                percent(-lift)
            ));
        }
        Some(format!(
            "{label} {} for itself {when} if it lifts the units it reaches by more than {}; the history is too \
             thin to say that it does.",
            self.verb("pays", "would have paid"),
            percent(lift)
        ))
    }

    fn text(&self) -> String {
        let weak = self.is_weak();
        let breakeven = self.breakeven_sentence();
        let first = breakeven.clone().filter(|_| weak);
        let last = breakeven.filter(|_| !weak);
        let cost = [first, self.payout_sentence(0), self.split_sentence(0), self.fund_sentence(0)];
        let gain = [self.units_sentence(0), self.net_sentence(0), self.return_sentence(0), last];
        let ground = [self.uptake_sentence(0), self.budget_sentences(0), self.evidence_sentence()];
        let paragraph = |sentences: Vec<Option<String>>| {
            let said: Vec<String> = sentences.into_iter().flatten().collect();
            (!said.is_empty()).then(|| said.join(" "))
        };
        let paragraphs = [paragraph(cost.into()), paragraph(gain.into()), paragraph(ground.into())];
        paragraphs.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    fn breakeven_sentence(&self) -> Option<String> {
        let breakeven = self.forecast.breakeven.first()?;
        let lift = breakeven.lift?;
        let needed = if lift >= 0.0 {
            format!("It breaks even at a lift of {} in the units it reaches", percent(lift))
        } else {
            format!("It breaks even at a loss of {} of the units it reaches", percent(-lift))
        };
        Some(match breakeven.probability {
            Some(p) => format!("{needed}; the chance of doing better is {}.", figures::chance(p)),
            None => format!("{needed}; how likely that is, the history cannot say."),
        })
    }

    fn units_sentence(&self, option: usize) -> Option<String> {
        let (units, revenue) = (self.difference("units", option)?, self.difference("revenue", option)?);
        let (mean, baseline) = (units.mean?, self.metric("units")?.baseline.mean?);
        if mean == 0.0 {
            return Some("Units of the products covered stay as they are.".to_owned());
        }
        let (low, high) = figures::eight_in_ten(units)?;
        let word = if mean > 0.0 {
            self.verb("rise", "would have risen")
        } else {
            self.verb("fall", "would have fallen")
        };
        let share =
            if baseline > 0.0 { format!(" ({})", percent(mean.abs() / baseline)) } else { String::new() };
        Some(format!(
            "Units of the products covered {word} by about {}{share}, 8 in 10 between {} and {}; revenue changes by {}{}.",
            count(mean.abs()),
            count(low),
            count(high),
            self.money.signed(revenue.mean?),
            self.with_months_after(option)
        ))
    }
}
