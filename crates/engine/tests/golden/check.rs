//! One example from its blocks and tables to the list of what does not hold.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use spiffcast_engine::calendar::Span;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::settle::{SettleOptions, Settlement, settle};
use spiffcast_engine::programs::trace::{Trace, TraceOf, trace};
use spiffcast_engine::programs::{PayoutLine, RuleBook};

use crate::company::{self, day, decimal};
use crate::page::{Example, Page, Table};
use crate::{features, owed, terms};

const NOT_COUNTED: [&str; 4] = ["program", "transaction", "line", "reason"];
const STEPS: [&str; 3] = ["partner", "step", "amount"];
const TOTALS: [&str; 2] = ["paid out", "fund accrual"];

/// What came of an example.
#[derive(Debug, Default)]
pub struct Checked {
    /// Empty: it holds.
    pub wrong: Vec<String>,
    /// Structures of terms, roles and reasons that it exercised.
    pub features: BTreeSet<String>,
}

/// Settles an example and compares all of its tables.
pub fn check(page: &Page, example: &Example) -> Checked {
    let mut checked = Checked::default();
    checked.wrong.extend(example.tables.iter().flat_map(unreadable));
    if !checked.wrong.is_empty() {
        return checked;
    }
    match World::build(page, example) {
        Ok(world) => {
            checked.features = features::of_terms(&world.versions, example);
            if let Err(why) = world.compare(&mut checked) {
                checked.wrong.push(why);
            }
        }
        Err(why) => checked.wrong.push(why),
    }
    checked
}

/// `Owed through 2026-05-31` is `Owed` of that day.
fn name_of(caption: &str) -> &str {
    caption.split_once(" through ").map_or(caption, |(name, _)| name)
}

/// A caption or a column that nobody reads would make a table that cannot fail.
fn unreadable(table: &Table) -> Vec<String> {
    let compared: [(&str, &[&str]); 4] =
        [("Owed", &owed::OWED), ("Not counted", &NOT_COUNTED), ("Steps", &STEPS), ("Totals", &TOTALS)];
    let name = name_of(&table.caption);
    let known = compared.into_iter().chain(company::TABLES).find(|(caption, _)| *caption == name);
    let Some((_, columns)) = known else {
        return vec![format!("a table is captioned `{}`, which is none of the captions", table.caption)];
    };
    if name == "Owed" && !table.columns.iter().any(|c| c == "amount") {
        return vec!["a table of what is owed has no column `amount`".to_owned()];
    }
    let unknown = table.columns.iter().filter(|c| !columns.contains(&c.as_str()));
    unknown.map(|c| format!("{name} has no column `{c}`; it has: {}", columns.join(", "))).collect()
}

/// An example as the engine sees it.
pub struct World<'e> {
    example: &'e Example,
    /// In the order of the page.
    pub versions: Vec<terms::Version>,
    /// With the programs.
    pub company: Company,
    /// With all changes laid over.
    pub rules: RuleBook,
}

impl<'e> World<'e> {
    /// Builds the company and its rules.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn build(page: &Page, example: &'e Example) -> Result<Self, String> {
        let versions = terms::versions(&page.defaults, example)?;
        let first = &versions[0];
        let mut company = company::build(example, &first.terms().currency, first.program())?;
        let rules = terms::rules(&versions, example, &mut company)?;
        Ok(Self { example, versions, company, rules })
    }

    fn compare(&self, checked: &mut Checked) -> Result<(), String> {
        let tables = || self.example.tables.iter().filter(|t| name_of(&t.caption) == "Owed");
        if tables().next().is_none() {
            return Err("there is no table `Owed:`".to_owned());
        }
        if self.example.shows.is_empty() {
            return Err("there is no line `Shows:` that names the steps".to_owned());
        }
        for table in tables() {
            let through = table.caption.split_once(" through ").map(|(_, to)| day(to)).transpose()?;
            let options = SettleOptions { through, ..SettleOptions::default() };
            let settled = settle(&self.company, &self.rules, &options);
            checked.features.extend(features::of_payouts(&settled.payouts));
            checked.wrong.extend(owed::differences(table, &settled.payouts));
            checked.wrong.extend(self.traces_differ(&options, &settled.payouts));
        }
        let settled = settle(&self.company, &self.rules, &SettleOptions::default());
        self.not_counted(checked);
        self.steps(checked)?;
        self.totals(&settled, checked)
    }

    fn traces(&self, options: &SettleOptions<'_>) -> Vec<Trace> {
        let partners = 0..self.company.catalog.partners.len();
        let period = Span::new(chrono::NaiveDate::MIN, chrono::NaiveDate::MAX);
        let all =
            self.rules.programs.iter().flat_map(|p| partners.clone().map(move |ix| (p.id.as_str(), ix)));
        let of =
            |(program, partner)| TraceOf { partner, program, period, through: options.through, extra: &[] };
        all.filter_map(|which| trace(&self.company, &self.rules, of(which))).collect()
    }

    /// What the trace tells is what is paid.
    fn traces_differ(&self, options: &SettleOptions<'_>, payouts: &[PayoutLine]) -> Vec<String> {
        let mut wrong = Vec::new();
        for trace in self.traces(options) {
            let own = payouts
                .iter()
                .filter(|p| (&p.program_id, &p.partner_id) == (&trace.program_id, &trace.partner_id));
            let owed: Decimal = own.map(|p| p.amount).sum();
            let groups = trace.groups.iter().map(|g| g.paid);
            let told: Decimal = groups.chain(trace.clawbacks.iter().map(|c| c.amount)).sum();
            if told != owed {
                wrong.push(format!(
                    "{} {}: owed {owed}, but the trace tells {told}",
                    trace.program_id, trace.partner_id
                ));
            }
        }
        wrong
    }

    /// Sales that do not count, from the traces, against the table: all of them.
    fn not_counted(&self, checked: &mut Checked) {
        let mut got = BTreeSet::new();
        for trace in self.traces(&SettleOptions::default()) {
            for line in trace.lines.iter().filter(|l| l.share.is_none()) {
                let reason = line.reason.as_ref().map(ToString::to_string).unwrap_or_default();
                checked.features.insert(format!("reason {}", reason.split(' ').next().unwrap_or_default()));
                got.insert((trace.program_id.clone(), line.transaction_id.clone(), line.line_no, reason));
            }
        }
        let Some(table) = self.example.tables("Not counted").next() else { return };
        let first = self.versions[0].program();
        let expected = table.rows.iter().map(|row| {
            let text = |column, default| row.or(column, default).to_owned();
            let line = row.or("line", "1").parse().unwrap_or(0);
            (text("program", first), text("transaction", ""), line, text("reason", ""))
        });
        let expected: BTreeSet<_> = expected.collect();
        let tell = |(program, id, line, reason): &(String, String, u32, String)| {
            format!("{program} {id}/{line} {reason}")
        };
        let mut say = |what: &str, which: &(String, String, u32, String)| {
            checked.wrong.push(format!("Not counted: {what} {}", tell(which)));
        };
        expected.difference(&got).for_each(|which| say("expected, but not so:", which));
        got.difference(&expected).for_each(|which| say("not in the table:", which));
    }

    /// Every step of the named partners' traces, in order.
    fn steps(&self, checked: &mut Checked) -> Result<(), String> {
        let Some(table) = self.example.tables("Steps").next() else { return Ok(()) };
        let mut expected = Vec::new();
        for row in &table.rows {
            let amount = decimal(row.or("amount", ""))?.normalize().to_string();
            expected.push((row.or("partner", "acme").to_owned(), row.or("step", "").to_owned(), amount));
        }
        let mut got = Vec::new();
        for trace in self.traces(&SettleOptions::default()) {
            let steps = trace.groups.iter().flat_map(|g| &g.steps);
            let told = steps
                .map(|s| (trace.partner_id.clone(), s.step.to_owned(), s.amount.normalize().to_string()));
            got.extend(told.filter(|(partner, ..)| expected.iter().any(|(named, ..)| named == partner)));
        }
        if expected != got {
            checked.wrong.push(format!("Steps: expected {expected:?}, got {got:?}"));
        }
        Ok(())
    }

    fn totals(&self, settled: &Settlement, checked: &mut Checked) -> Result<(), String> {
        for row in self.example.rows("Totals") {
            for (column, got) in [("paid out", settled.total()), ("fund accrual", settled.fund_accrual())] {
                if let Some(cell) = row.get(column).filter(|cell| decimal(cell) != Ok(got)) {
                    checked.wrong.push(format!("Totals, {column}: expected {cell}, got {got}"));
                }
            }
        }
        Ok(())
    }
}
