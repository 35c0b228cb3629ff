//! The sentences of a summary, one a subject. Each is left out where the forecast
//! has nothing to say about it.

use std::collections::BTreeMap;

use super::Teller;
use super::figures::{chance, count, eight_in_ten, percent};
use crate::calendar::day_in_words;
use crate::forecast::{BudgetArm, Grade};

impl Teller<'_> {
    pub(super) fn payout_sentence(&self, option: usize) -> Option<String> {
        let metric = self.metric("payout")?;
        let extra = metric.difference.get(option)?;
        let (from, to) = (metric.baseline.mean?, metric.options.get(option)?.mean?);
        let (mean, (low, high)) = (extra.mean?, eight_in_ten(extra)?);
        if mean == 0.0 && low == 0.0 && high == 0.0 {
            return Some(format!("Payouts stay at about {}.", self.money.show(from)));
        }
        let (word, noun, range) = if mean >= 0.0 {
            (self.verb("rise", "would have risen"), "extra payout", self.money.range(low, high))
        } else {
            (self.verb("fall", "would have fallen"), "saving", self.money.range(-high, -low))
        };
        Some(format!(
            "Payouts {word} by about {}, from {} to {}; there is an 8 in 10 chance that the {noun} is {range}.{}",
            self.money.show(mean.abs()),
            self.money.show(from),
            self.money.show(to),
            self.within_the_period(option, mean).unwrap_or_default()
        ))
    }

    /// Said where the months after the period change the picture by a tenth or more.
    fn within_the_period(&self, option: usize, whole: f64) -> Option<String> {
        let within = self.forecast.gross_of_pull_forward.payout.difference.get(option)?.mean?;
        ((within - whole).abs() >= 0.1 * within.abs().max(whole.abs())).then(|| {
            format!(
                " That counts the months after the period too; within it the change is {}.",
                self.money.signed(within)
            )
        })
    }

    pub(super) fn split_sentence(&self, option: usize) -> Option<String> {
        let split = self.forecast.cost_split.get(option)?;
        let (mechanical, behavioural) = (split.mechanical.mean?, split.behavioural.mean?);
        if mechanical <= 0.0 || behavioural < 0.0 {
            return None;
        }
        let whole = self.difference("payout", option)?.mean?;
        Some(format!(
            "Of the {}, {} is paid on sales that come anyway, {} on sales that the change brings.",
            self.money.show(whole),
            self.money.show(mechanical),
            self.money.show(behavioural)
        ))
    }

    /// Said after a figure that counts the months after the period, where those change the
    /// units by a hundredth or more.
    pub(super) fn with_months_after(&self, option: usize) -> &'static str {
        let units = |metric: Option<&crate::forecast::Metric>| metric?.difference.get(option)?.mean;
        match (units(self.metric("units")), units(Some(&self.forecast.gross_of_pull_forward.units))) {
            (Some(whole), Some(within)) if (whole - within).abs() >= 0.01 * whole.abs().max(within.abs()) => {
                ", the months after the period included"
            }
            _ => "",
        }
    }

    pub(super) fn net_sentence(&self, option: usize) -> Option<String> {
        let net = self.difference("net", option)?;
        let (mean, (low, high)) = (net.mean?, eight_in_ten(net)?);
        let gross = self.forecast.gross_of_pull_forward.net.difference.get(option)?.mean?;
        let mut words = format!(
            "Net margin after payouts {} by about {} (8 in 10: {} to {})",
            self.verb("changes", "would have changed"),
            self.money.signed(mean),
            self.money.signed(low),
            self.money.signed(high)
        );
        if self.money.show(gross) != self.money.show(mean) {
            words.push_str(&format!(
                ", the months after the period included; {} within the period alone",
                self.money.signed(gross)
            ));
        }
        if let Some((low, high)) = net.outcome_p10.zip(net.outcome_p90) {
            words.push_str(&format!(
                ". With the luck of single sales it may come out anywhere from {} to {}",
                self.money.signed(low),
                self.money.signed(high)
            ));
        }
        Some(words + ".")
    }

    pub(super) fn return_sentence(&self, option: usize) -> Option<String> {
        let roi = self.difference("roi", option)?;
        let (low, high) = eight_in_ten(roi)?;
        Some(format!(
            "The return on the extra payout is {} (8 in 10: {} to {}).",
            percent(roi.mean?),
            percent(low),
            percent(high)
        ))
    }

    pub(super) fn uptake_sentence(&self, option: usize) -> Option<String> {
        let partners = self.metric("partners_earning")?;
        let share = self.metric("uptake_share")?.options.get(option)?.mean?;
        let (now, then) = (partners.baseline.mean?, partners.options.get(option)?.mean?);
        if count(now.round()) == count(then.round()) {
            return None;
        }
        Some(format!(
            "About {} partners earn under it, {} of those eligible; without the change {}.",
            count(then.round()),
            percent(share),
            count(now.round())
        ))
    }

    pub(super) fn fund_sentence(&self, option: usize) -> Option<String> {
        let change = self.difference("fund_accrual", option)?.mean.filter(|v| *v != 0.0)?;
        Some(format!("Fund accrual, which is no payout, changes by about {}.", self.money.signed(change)))
    }

    /// Budgets of the changed programs, and those whose fate the change alters.
    pub(super) fn budget_sentences(&self, option: usize) -> Option<String> {
        let one = |b: &crate::forecast::Budget| {
            let arm = b.options.get(option)?;
            let program = self.program_name(&b.program);
            let subject = match b.left.parse::<f64>() {
                Ok(left) => format!("Of the budget of {program}, {} is left today", self.money.show(left)),
                // Figures count some partners alone; what is spent is everybody's.
                Err(_) => format!("The budget of {program} is shared by all partners"),
            };
            let moved = (arm.probability_exhausted - b.baseline.probability_exhausted).abs() > 0.01;
            let changed = self.draft.options.get(option)?.levers.iter().any(|l| l.program == b.program);
            if !moved && !changed {
                return None;
            }
            if arm.probability_exhausted == 0.0 && b.baseline.probability_exhausted == 0.0 {
                return Some(format!("{subject}; it lasts in every draw."));
            }
            let either_way = arm.probability_exhausted > 0.9 && b.baseline.probability_exhausted > 0.9;
            let without = if either_way {
                "; without the change it runs out too, only later".to_owned()
            } else {
                format!(", against {} without the change", chance(b.baseline.probability_exhausted))
            };
            Some(format!(
                "{subject}; the chance that it runs out is {}{}{without}.",
                chance(arm.probability_exhausted),
                self.when_gone(arm)
            ))
        };
        let all: Vec<String> = self.forecast.budgets.iter().filter_map(one).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    fn when_gone(&self, arm: &BudgetArm) -> String {
        let Some(day) = arm.exhausted_on.get("p50") else { return String::new() };
        let day = day_in_words(*day);
        let unfunded = arm.unfunded.mean.filter(|v| *v > 0.0);
        let cut = unfunded.map_or(String::new(), |v| format!(" and {} going unpaid", self.money.show(v)));
        format!(", around {day}{cut}")
    }

    /// The grades in words, products of one grade together.
    pub(super) fn evidence_sentence(&self) -> Option<String> {
        let mut by_grade: BTreeMap<Grade, Vec<String>> = BTreeMap::new();
        for e in &self.forecast.evidence {
            by_grade.entry(e.grade).or_default().push(self.product_name(&e.sku));
        }
        let mut sentences = Vec::new();
        match by_grade.iter().next_back() {
            Some((grade, names)) if by_grade.len() == 1 => sentences.push(format!(
                "Evidence for {} is grade {}: {}.",
                listed(names),
                grade.as_str(),
                in_words(*grade)
            )),
            // Of several grades what the weakest means: it is the one to beware of.
            Some((weakest, _)) => {
                let all =
                    by_grade.iter().map(|(grade, names)| format!("{} for {}", grade.as_str(), listed(names)));
                let all: Vec<String> = all.collect();
                sentences.push(format!(
                    "Evidence is grade {}. {} means that {}.",
                    all.join("; "),
                    weakest.as_str(),
                    in_words(*weakest)
                ));
            }
            None => {}
        }
        let outside: Vec<String> = self
            .forecast
            .evidence
            .iter()
            .filter(|e| e.flags.iter().any(|f| f == "EXTRAPOLATION"))
            .map(|e| self.product_name(&e.sku))
            .collect();
        if !outside.is_empty() {
            sentences.push(format!(
                "For {} the incentive lies outside of what was ever tried, so the range is wider.",
                listed(&outside)
            ));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

/// What a grade means.
pub(super) fn in_words(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "past changes reached some partners and not others by design or at different times",
        Grade::B => {
            "past changes can be held against partners they did not reach, but they are few or not clean"
        }
        Grade::C => "past changes reached everybody at once, so other causes cannot be told apart",
        Grade::PriorOnly => "its own history says nothing; the estimate is borrowed or missing",
    }
}

/// `A`, `A and B`, `A, B and 3 more`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}
