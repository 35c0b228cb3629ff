//! What cells only approximate, in words for the answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::day_in_words;
use crate::programs::terms::StackingMode;

use super::CellInputs;
use super::rates::{CellTerms, Mode};
use super::table::TermsTable;

/// Collected while compiling.
#[derive(Debug, Default)]
pub(super) struct Notes {
    used: BTreeSet<u32>,
    cut: BTreeSet<u32>,
}

impl Notes {
    pub fn used(&mut self, terms: u32) {
        self.used.insert(terms);
    }

    pub fn cut(&mut self, terms: impl Iterator<Item = u32>) {
        self.cut.extend(terms);
    }

    /// One sentence an approximation, naming the programs it concerns, in a fixed order.
    pub fn words(&self, table: &TermsTable<'_>, older_year: bool, inputs: &CellInputs<'_>) -> Vec<String> {
        let mut found: BTreeMap<usize, (String, BTreeSet<&str>)> = BTreeMap::new();
        for ix in &self.used {
            let name = inputs.rules.programs[table.terms[*ix as usize].program].name.as_str();
            for (rank, words) in self.of(*ix, table, older_year, inputs) {
                found.entry(rank).or_insert_with(|| (words, BTreeSet::new())).1.insert(name);
            }
        }
        found
            .into_values()
            .map(|(words, names)| format!("{}: {words}", names.into_iter().collect::<Vec<_>>().join(", ")))
            .collect()
    }

    fn of(
        &self,
        ix: u32,
        table: &TermsTable<'_>,
        older_year: bool,
        inputs: &CellInputs<'_>,
    ) -> Vec<(usize, String)> {
        let terms = &table.terms[ix as usize];
        let source = table.source[ix as usize];
        let tests = &table.tests[ix as usize];
        let group_of_several = source.stacking.as_ref().is_some_and(|mine| {
            mine.mode != StackingMode::Stack
                && self.used.iter().any(|other| {
                    table.terms[*other as usize].program != terms.program
                        && table.source[*other as usize]
                            .stacking
                            .as_ref()
                            .is_some_and(|s| s.group == mine.group)
                })
        });
        let budget = source.caps.program_budget.is_some();
        let past = "from the partner's and its peers' past lines";
        let all = [
            (self.cut.contains(&ix), "a month in which the terms change is split by days".to_owned()),
            (
                !source.eligible.tiers.is_empty(),
                format!("partners keep the tier they held on {}", day_in_words(inputs.company.as_of)),
            ),
            (
                tests.registration,
                format!("the share of sales with an approved deal registration is taken {past}"),
            ),
            (tests.new_customer, format!("the share of sales to new customers is taken {past}")),
            (!tests.bundle.is_empty(), format!("the share of sales in complete bundles is taken {past}")),
            (tests.claim_days.is_some(), format!("the share of sales reported too late is taken {past}")),
            (
                terms.by_transaction() && terms.cap_transaction.is_finite(),
                format!("what the cap a transaction cuts is an expected share, taken {past}"),
            ),
            (
                terms.by_transaction() && rate_needs_lines(terms),
                format!("what a single transaction earns is an expected rate, taken {past}"),
            ),
            (
                terms.by_transaction() && terms.growth.is_some(),
                "growth of single transactions has no meaning in months and pays nothing".to_owned(),
            ),
            (
                group_of_several,
                "which program of a stacking group pays is settled by product and month".to_owned(),
            ),
            (
                terms.mode == Mode::Marginal || terms.multiplier != 1.0,
                "the products of a month reach a threshold together, not sale by sale".to_owned(),
            ),
            (
                budget && terms.by_transaction(),
                "the budget runs out within a month in proportion, not sale by sale".to_owned(),
            ),
            (
                budget && !terms.by_transaction(),
                "the budget is shared month by month as pay accrues, not at the end of the period".to_owned(),
            ),
            (
                terms.growth.is_some() && older_year,
                "growth is over the last year whose same period is wholly in the data".to_owned(),
            ),
        ];
        all.into_iter().enumerate().filter(|(_, (holds, _))| *holds).map(|(i, (_, w))| (i, w)).collect()
    }
}

fn rate_needs_lines(terms: &CellTerms) -> bool {
    terms.mode != Mode::Flat || terms.minimum > 0.0 || terms.multiplier != 1.0
}
