//! Where a partner stands in the programs that run today: what counted so far, what it
//! pays, and every mark ahead (tier, minimum, target, growth, cap). Groups and pay are
//! those of the calculator; [`super::distance`] says what closes the gap to a mark.
//!
//! **So far** is net of returns: a return takes its measure off its own period
//! (PAYOUTS.md, step 10), so only what is left counts towards a tier.

use std::collections::HashMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{Month, PeriodKind, Span};
use crate::company::Company;
use crate::named_period::period_name;
use crate::programs::adjust::{self, Quantity};
use crate::programs::cite::{self, Cited, Topic, cite};
use crate::programs::ledger::{Ledger, LineIx};
use crate::programs::money;
use crate::programs::rules::{ProgramIx, Rule, RuleIx, Schedule};
use crate::programs::settle::{self, Work};
use crate::programs::terms::{Measure, ProgramKind};
use crate::sales::SaleLine;

use super::books::{OWN, OwnBooks};
use super::distance::{self, Closing};

/// Where a partner stands in one program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// Version in force today.
    pub version: u32,
    /// Whether it accrues to a fund.
    pub fund: bool,
    /// What is counted.
    pub measure: Measure,
    /// The period that holds today.
    pub period: Span,
    /// Its name, such as `Q3 2026`.
    pub label: String,
    /// Measure so far, returns taken off.
    #[schemars(with = "String")]
    pub so_far: Decimal,
    /// Own pay so far, clawbacks of this period's sales taken off.
    #[schemars(with = "String")]
    pub pay_so_far: Decimal,
    /// The rate reached, in words of the terms; null below the first tier.
    pub rate: Option<String>,
    /// Percent of the target, where there is one.
    #[schemars(with = "Option<String>")]
    pub attainment: Option<Decimal>,
    /// Whether the funds of the version are exhausted: nothing more is paid.
    pub funds_exhausted: bool,
    /// The marks, nearest first; those of a measure before the cap.
    pub marks: Vec<Mark>,
    /// The clause of the rate.
    pub clause: Option<Cited>,
}

/// What a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Below it nothing is paid.
    Minimum,
    /// A rate begins.
    Tier,
    /// The target; where there is an accelerator, where it begins.
    Target,
    /// Growth over last year begins to pay.
    Growth,
    /// Above it nothing more is paid.
    Cap,
}

/// A mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// What it is.
    pub kind: MarkKind,
    /// Where it lies: of the measure; of a cap in money.
    #[schemars(with = "String")]
    pub at: Decimal,
    /// What it brings, such as `2% from 30,000`.
    pub what: String,
    /// Whether it is reached.
    pub reached: bool,
    /// What is missing: of the measure; of a cap in money. Zero once reached.
    #[schemars(with = "String")]
    pub missing: Decimal,
    /// What closes it; null where it is reached or no single product does.
    pub closing: Option<Closing>,
    /// The clause behind it.
    pub clause: Option<Cited>,
}

/// The calculation of a partner's own books.
pub(crate) struct Sheet<'a> {
    pub ledger: &'a Ledger<'a>,
    /// By program.
    pub works: Vec<Work>,
    /// What came back, by line sold.
    pub returned: HashMap<LineIx, Quantity>,
}

impl Sheet<'_> {
    /// Settles the books with imagined sales and hands over the calculation.
    pub fn of<T>(books: &OwnBooks, extra: &[SaleLine], read: impl FnOnce(&Sheet<'_>) -> T) -> T {
        let options = books.options(extra);
        let ledger = Ledger::new(books.company(), books.rules(), &options);
        let works = settle::work(&ledger, books.rules(), &options).collect();
        let mut returned: HashMap<LineIx, Quantity> = HashMap::new();
        for (back, sale) in ledger.originals() {
            let so_far = returned.entry(sale).or_insert(Quantity::NONE);
            *so_far = so_far.plus(ledger.facts[back].sold.abs());
        }
        read(&Sheet { ledger: &ledger, works, returned })
    }

    /// Measure of a program in a period, returns taken off.
    pub fn measure(&self, program: ProgramIx, period: Span) -> Decimal {
        let own = &self.works[program].own;
        let groups = own.groups.groups.iter().filter(|g| g.partner == OWN && g.period == period);
        let entries = groups.flat_map(|group| own.groups.of(group));
        entries.fold(Decimal::ZERO, |sum, entry| {
            let sold = self.ledger.facts[entry.line].sold;
            let left = self.returned.get(&entry.line).map_or(sold, |back| sold.minus(*back));
            money::add(sum, left.measure(&self.ledger.rules.rules[entry.rule]))
        })
    }

    /// Own pay of a program in a period, less what was taken back of its sales. For
    /// period `transaction` those of a calendar month.
    pub fn pay(&self, program: ProgramIx, period: Span) -> Decimal {
        let work = &self.works[program];
        let own = &work.own;
        let inside = |span: Span| period.start <= span.start && span.end <= period.end;
        let groups = own.groups.groups.iter().enumerate();
        let paid = groups
            .filter(|(_, g)| g.partner == OWN && inside(g.period))
            .fold(Decimal::ZERO, |sum, (ix, _)| money::add(sum, own.paid(ix)));
        let steps = work.clawbacks.iter().filter(|(key, _)| key.partner == OWN).flat_map(|(_, c)| &c.steps);
        let back = steps
            .filter(|s| s.paid.is_some() && period.contains(self.ledger.facts[s.original].sold_on))
            .fold(Decimal::ZERO, |sum, step| money::add(sum, step.amount));
        money::sub(paid, back)
    }

    /// The rule that holds for the partner today, where it may earn under it.
    fn rule_today(&self, program: ProgramIx) -> Option<RuleIx> {
        let company = self.ledger.company;
        let (today, partner) = (company.today(), &company.catalog.partners[OWN]);
        let ix = self.ledger.rules.rule_ix(program, OWN, today).ok()?;
        let rule = &self.ledger.rules.rules[ix];
        let tier = self.ledger.rules.tier(partner.tier_on(today));
        (rule.admits_tier(tier) && rule.partner_fails(partner).is_none()).then_some(ix)
    }
}

/// The span that a program counts over and that holds today.
pub(crate) fn running(company: &Company, kind: PeriodKind) -> Span {
    match kind {
        PeriodKind::Transaction => Month::of(company.today()).span(),
        kind => company.calendar.period_of(kind, company.today()),
    }
}

/// Where the partner stands in every program that it may earn under today and that has
/// a mark, in the order of the rule book.
pub fn standings(books: &OwnBooks) -> Vec<Standing> {
    let found: Vec<(ProgramIx, Standing)> = Sheet::of(books, &[], |sheet| {
        let programs = 0..sheet.works.len();
        programs.filter_map(|program| Some((program, standing(books, sheet, program)?))).collect()
    });
    distance::close(books, found)
}

/// Where the partner stands in one program today, without what closes its marks.
pub(crate) fn of_program(books: &OwnBooks, program: ProgramIx) -> Option<Standing> {
    Sheet::of(books, &[], |sheet| standing(books, sheet, program))
}

fn standing(books: &OwnBooks, sheet: &Sheet<'_>, program: ProgramIx) -> Option<Standing> {
    let company = books.company();
    let ix = sheet.rule_today(program)?;
    let rule = &sheet.ledger.rules.rules[ix];
    let period = running(company, rule.terms.period);
    let so_far = sheet.measure(program, period);
    let pay_so_far = sheet.pay(program, period);
    let marks = marks(books, sheet, ix, period);
    if marks.is_empty() {
        return None;
    }
    let version = books.program(rule.program_id)?.versions.iter().find(|v| v.version == rule.version);
    let target = sheet.ledger.target(rule, OWN, period).filter(|t| *t > Decimal::ZERO);
    Some(Standing {
        program: rule.program_id.to_owned(),
        name: version.map_or_else(|| rule.program_id.to_owned(), |v| v.name.clone()),
        version: rule.version,
        fund: rule.terms.kind == ProgramKind::Mdf,
        measure: rule.terms.measure,
        period,
        label: period_name(period, company.calendar),
        so_far: money::working(so_far),
        pay_so_far,
        rate: rate_reached(rule, so_far),
        attainment: target.map(|target| money::round(money::share(so_far, Decimal::ONE_HUNDRED, target), 1)),
        funds_exhausted: books.funds().are_exhausted(rule.program_id, rule.version),
        marks,
        clause: cite(version, cite::RATE),
    })
}

/// The marks of a program in a period.
pub(crate) fn marks(books: &OwnBooks, sheet: &Sheet<'_>, ix: RuleIx, period: Span) -> Vec<Mark> {
    let rule = &sheet.ledger.rules.rules[ix];
    let so_far = sheet.measure(rule.program, period);
    let pay_so_far = sheet.pay(rule.program, period);
    Marks { books, sheet, rule, ix, period, so_far, pay_so_far }.all()
}

/// Position of the tier that holds a measure; `None` without tiers or below the first.
pub(crate) fn tier(rule: &Rule<'_>, measure: Decimal) -> Option<usize> {
    match &rule.schedule {
        Schedule::Flat(_) => None,
        Schedule::Marginal(tiers) | Schedule::Retroactive(tiers) => {
            crate::programs::tiers::tier_at(tiers, measure)
        }
    }
}

/// The rate that holds at a measure, in words.
fn rate_reached(rule: &Rule<'_>, measure: Decimal) -> Option<String> {
    use crate::programs::terms::Rate;
    match &rule.terms.rate {
        Rate::Flat(pay) => Some(super::tell::rate(*pay, &rule.terms.currency)),
        Rate::Tiered { tiers, .. } => {
            tier(rule, measure).map(|at| super::tell::rate(tiers[at].pay, &rule.terms.currency))
        }
    }
}

/// The marks of one program.
struct Marks<'a> {
    books: &'a OwnBooks,
    sheet: &'a Sheet<'a>,
    rule: &'a Rule<'a>,
    ix: RuleIx,
    period: Span,
    so_far: Decimal,
    pay_so_far: Decimal,
}

impl Marks<'_> {
    fn all(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        if self.rule.terms.period != PeriodKind::Transaction {
            marks.extend(self.minimum());
            marks.extend(self.tiers());
            marks.extend(self.target());
            marks.extend(self.growth());
            marks.sort_by_key(|m| (m.at, m.kind));
        }
        marks.extend(self.cap());
        marks
    }

    fn mark(&self, kind: MarkKind, at: Decimal, what: String, topic: Topic) -> Mark {
        let so_far = if kind == MarkKind::Cap { self.pay_so_far } else { self.so_far };
        let versions = self.books.program(self.rule.program_id).map(|p| p.versions.as_slice());
        let version = versions.unwrap_or_default().iter().find(|v| v.version == self.rule.version);
        Mark {
            kind,
            at: money::working(at),
            what,
            reached: so_far >= at,
            missing: money::working(money::left(at, so_far)),
            closing: None,
            clause: cite(version, topic),
        }
    }

    fn amount(&self, measure: Decimal) -> String {
        super::tell::measure(measure, self.rule.terms.measure, &self.rule.terms.currency)
    }

    fn minimum(&self) -> Option<Mark> {
        let minimum = self.rule.terms.minimum?;
        let what = format!("the minimum of {}, where pay begins", self.amount(minimum));
        Some(self.mark(MarkKind::Minimum, minimum, what, cite::MINIMUM))
    }

    fn tiers(&self) -> Vec<Mark> {
        use crate::programs::terms::{Rate, TierMode};
        let Rate::Tiered { tiers, mode } = &self.rule.terms.rate else { return Vec::new() };
        let reach = match mode {
            TierMode::Marginal => "on what lies above",
            TierMode::Retroactive => "on everything",
        };
        let tier = |t: &crate::programs::terms::RateTier| {
            let rate = super::tell::rate(t.pay, &self.rule.terms.currency);
            let what = format!("{rate} from {}, {reach}", self.amount(t.from));
            self.mark(MarkKind::Tier, t.from, what, cite::RATE)
        };
        tiers.iter().filter(|t| t.from > Decimal::ZERO).map(tier).collect()
    }

    fn target(&self) -> Option<Mark> {
        let target = self.sheet.ledger.target(self.rule, OWN, self.period)?;
        let (at, what) = match self.rule.terms.accelerator {
            Some(accelerator) => (
                money::mul(money::mul(target, accelerator.above_attainment), money::PERCENT),
                format!(
                    "{}% of the target of {}: pay above it × {}",
                    accelerator.above_attainment.normalize(),
                    self.amount(target),
                    accelerator.multiplier.normalize()
                ),
            ),
            None => (target, format!("the target of {}", self.amount(target))),
        };
        Some(self.mark(MarkKind::Target, at, what, cite::ACCELERATOR))
    }

    fn growth(&self) -> Option<Mark> {
        let growth = self.rule.terms.growth?;
        let last_year = self.sheet.ledger.baseline(self.ix, OWN, self.period);
        if last_year <= Decimal::ZERO {
            return None;
        }
        let bar = adjust::growth_bar(last_year, growth.above);
        let what = format!(
            "growth pays above {}: last year's {} and {}%",
            self.amount(bar),
            self.amount(last_year),
            growth.above.normalize()
        );
        Some(self.mark(MarkKind::Growth, bar, what, cite::GROWTH))
    }

    fn cap(&self) -> Option<Mark> {
        let cap = self.rule.limits.per_partner?;
        let money = super::tell::money(cap, &self.rule.terms.currency);
        let what = format!("at most {money} in the period");
        Some(self.mark(MarkKind::Cap, cap, what, cite::PARTNER_CAP))
    }
}
