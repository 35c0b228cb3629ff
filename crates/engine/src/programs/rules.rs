//! The rule book compiled for many lines: every segment's coverage and
//! eligibility looked up once by position instead of by name. No new meaning; a
//! [`Rule`] says exactly what its [`Terms`] say.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::Span;
use crate::catalog::{Catalog, Partner, PartnerIx, ProductIx};

use super::money;
use super::payout::Reason;
use super::rule_book::{ProgramRules, RuleBook, Segment};
use super::sieve::Sieve;
use super::terms::{Caps, Measure, Pay, Rate, Terms, TierMode};

/// Position of a program in the rule book.
pub type ProgramIx = usize;
/// Position of a rule in [`Rules::rules`].
pub type RuleIx = usize;

/// Everything that holds, by program and day.
#[derive(Debug)]
pub struct Rules<'a> {
    /// One a segment that pays.
    pub rules: Vec<Rule<'a>>,
    /// The same as sets, for many lines.
    pub(crate) sieve: Sieve,
    timelines: Vec<Timeline>,
    tier_names: Vec<&'a str>,
}

/// One segment, compiled.
#[derive(Debug)]
pub struct Rule<'a> {
    /// Program it belongs to.
    pub program: ProgramIx,
    /// Its identifier.
    pub program_id: &'a str,
    /// Version.
    pub version: u32,
    /// All days of the version, whatever a scenario laid over it.
    pub version_span: Span,
    /// The terms themselves.
    pub terms: &'a Terms,
    /// Rates, ready to multiply.
    pub schedule: Schedule,
    covered: Vec<bool>,
    /// By tier; `None`: all.
    tiers: Option<Vec<bool>>,
    /// Products of the bundle; `None` inside: a SKU that nobody sells.
    pub bundle: Vec<Option<ProductIx>>,
    /// Caps and budget in whole minor units: one finer than a cent pays the lower cent.
    pub limits: Caps,
    /// Whether its lines may be paid as if they were one: nothing in its terms tells its lines apart.
    pub pays_as_one: bool,
    /// Whether it asks something about the deal: registration, customer, bundle, claim.
    pub asks: bool,
}

/// How base pay follows from the measure (PAYOUTS.md, step 5).
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// One rate.
    Flat(Factor),
    /// Each part of the measure at the rate of its tier; ascending.
    Marginal(Vec<(Decimal, Factor)>),
    /// Everything at the rate of the tier reached; ascending.
    Retroactive(Vec<(Decimal, Factor)>),
}

/// A rate as a factor of units or of net revenue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// Money a unit, or a share of revenue (percent / 100).
    pub value: Decimal,
    /// Whether it multiplies units.
    pub of_units: bool,
}

impl From<Pay> for Factor {
    fn from(pay: Pay) -> Self {
        match pay {
            Pay::PerUnit(value) => Self { value, of_units: true },
            Pay::Percent(percent) => Self { value: money::mul(percent, money::PERCENT), of_units: false },
        }
    }
}

/// The segments of one program by day.
#[derive(Debug)]
pub(crate) struct Timeline {
    /// First day of each stretch, ascending.
    pub starts: Vec<NaiveDate>,
    /// Per stretch the segments in the order in which they count.
    stretches: Vec<Vec<Candidate>>,
}

/// A segment that holds if the partner is of its audience.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// `None`: everyone.
    pub audience: Option<Vec<bool>>,
    /// `None`: paused.
    pub rule: Option<RuleIx>,
}

impl<'a> Rules<'a> {
    /// Compiles the whole book.
    pub fn new(book: &'a RuleBook, catalog: &'a Catalog) -> Self {
        let tier_names = catalog.tiers();
        let mut rules = Vec::new();
        let mut timelines = Vec::new();
        for (ix, program) in book.programs.iter().enumerate() {
            let of_segment: Vec<Option<RuleIx>> = program
                .segments
                .iter()
                .map(|segment| {
                    let terms = segment.terms.as_ref()?;
                    rules.push(Rule::new(ix, program, segment, terms, catalog, &tier_names));
                    Some(rules.len() - 1)
                })
                .collect();
            timelines.push(Timeline::new(program, &of_segment));
        }
        let sieve = Sieve::new(&rules, &timelines, &tier_names, catalog);
        Self { rules, sieve, timelines, tier_names }
    }

    /// Position of a tier name; every tier of the catalogue has one.
    pub fn tier(&self, name: &str) -> usize {
        self.tier_names.binary_search(&name).unwrap_or(usize::MAX)
    }

    /// The rule of a program for a partner on a day (PAYOUTS.md, step 1).
    ///
    /// # Errors
    /// The reason why none holds.
    pub fn rule(&self, program: ProgramIx, partner: PartnerIx, day: NaiveDate) -> Result<&Rule<'a>, Reason> {
        self.rule_ix(program, partner, day).map(|ix| &self.rules[ix])
    }

    /// As [`Rules::rule`], by position.
    pub(crate) fn rule_ix(
        &self,
        program: ProgramIx,
        partner: PartnerIx,
        day: NaiveDate,
    ) -> Result<RuleIx, Reason> {
        let held = self.timelines[program]
            .on(day)
            .iter()
            .find(|c| c.audience.as_ref().is_none_or(|a| a.get(partner).copied().unwrap_or(false)));
        match held {
            Some(Candidate { rule: Some(rule), .. }) => Ok(*rule),
            Some(_) => Err(Reason::Paused),
            None => Err(Reason::OutsideEffectiveDates),
        }
    }

    /// Rules of one program.
    pub fn of(&self, program: ProgramIx) -> impl Iterator<Item = &Rule<'a>> {
        self.rules.iter().filter(move |r| r.program == program)
    }
}

impl Timeline {
    fn new(program: &ProgramRules, rules: &[Option<RuleIx>]) -> Self {
        let mut starts: Vec<NaiveDate> = Vec::new();
        for segment in program.segments.iter().filter(|s| s.span.start <= s.span.end) {
            starts.push(segment.span.start);
            starts.extend(segment.span.end.succ_opt());
        }
        starts.sort_unstable();
        starts.dedup();
        let stretches = starts.iter().map(|day| Self::stretch(program, rules, *day)).collect();
        Self { starts, stretches }
    }

    /// The segments of a day, in the order in which they count.
    pub fn on(&self, day: NaiveDate) -> &[Candidate] {
        let stretch = self.starts.partition_point(|start| *start <= day);
        stretch.checked_sub(1).map(|s| self.stretches[s].as_slice()).unwrap_or_default()
    }

    /// The last segment that holds counts; what lies under one for everybody never does.
    fn stretch(program: &ProgramRules, rules: &[Option<RuleIx>], day: NaiveDate) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for (segment, rule) in program.segments.iter().zip(rules).rev() {
            if !segment.span.contains(day) {
                continue;
            }
            candidates.push(Candidate { audience: segment.audience.clone(), rule: *rule });
            if segment.audience.is_none() {
                break;
            }
        }
        candidates
    }
}

impl<'a> Rule<'a> {
    fn new(
        ix: ProgramIx,
        program: &'a ProgramRules,
        segment: &'a Segment,
        terms: &'a Terms,
        catalog: &Catalog,
        tier_names: &[&str],
    ) -> Self {
        let allowed = &terms.eligible.tiers;
        let schedule = Schedule::new(&terms.rate);
        let digits = money::minor_digits(&catalog.currency);
        let whole = |limit: Option<Decimal>| limit.map(|limit| money::floor(limit, digits));
        let eligible = &terms.eligible;
        Self {
            program: ix,
            program_id: &program.id,
            version: segment.version,
            version_span: version_span(program, segment),
            terms,
            pays_as_one: pays_as_one(terms, &schedule),
            schedule,
            limits: Caps {
                per_transaction: whole(terms.caps.per_transaction),
                per_partner: whole(terms.caps.per_partner),
                program_budget: whole(terms.caps.program_budget),
            },
            asks: eligible.deal_registration_required
                || eligible.new_customer_only
                || !terms.bundle.is_empty()
                || terms.claim_within_days.is_some(),
            covered: catalog.products.iter().map(|p| terms.covers(&p.sku, &p.family)).collect(),
            tiers: (!allowed.is_empty())
                .then(|| tier_names.iter().map(|t| allowed.iter().any(|a| a == t)).collect()),
            bundle: terms.bundle.iter().map(|sku| catalog.product(sku)).collect(),
        }
    }

    /// Whether the product is covered.
    pub fn covers(&self, product: ProductIx) -> bool {
        self.covered[product]
    }

    /// Whether a tier, by position, is eligible.
    pub fn admits_tier(&self, tier: usize) -> bool {
        self.tiers.as_ref().is_none_or(|t| t.get(tier).copied().unwrap_or(false))
    }

    /// What about the partner, other than its tier, is not eligible.
    pub fn partner_fails(&self, partner: &Partner) -> Option<Reason> {
        let eligible = &self.terms.eligible;
        let types = &eligible.partner_types;
        if !eligible.regions.is_empty() && !eligible.regions.contains(&partner.region) {
            Some(Reason::RegionNotEligible)
        } else if !types.is_empty() && !types.contains(&partner.partner_type) {
            Some(Reason::PartnerTypeNotEligible)
        } else if !partner.active {
            Some(Reason::PartnerInactive)
        } else {
            None
        }
    }
}

/// Whether lines under the terms may be paid as if they were one: the rate multiplies
/// what is measured, or is split nowhere. Then only their sums matter.
fn pays_as_one(terms: &Terms, schedule: &Schedule) -> bool {
    let of_measure = |factor: &Factor| factor.of_units == (terms.measure == Measure::Units);
    match schedule {
        Schedule::Flat(factor) => of_measure(factor) || terms.accelerator.is_none(),
        Schedule::Marginal(tiers) => tiers.iter().all(|(_, factor)| of_measure(factor)),
        Schedule::Retroactive(tiers) => {
            terms.accelerator.is_none() || tiers.iter().all(|(_, factor)| of_measure(factor))
        }
    }
}

/// The days of a version: of all its segments together, because a scenario's
/// change cuts segments but not the version.
fn version_span(program: &ProgramRules, segment: &Segment) -> Span {
    let of_version = program.segments.iter().filter(|s| s.version == segment.version);
    of_version.fold(segment.span, |all, s| Span::new(all.start.min(s.span.start), all.end.max(s.span.end)))
}

impl Schedule {
    fn new(rate: &Rate) -> Self {
        match rate {
            Rate::Flat(pay) => Self::Flat((*pay).into()),
            Rate::Tiered { tiers, mode } => {
                let tiers = tiers.iter().map(|t| (t.from, t.pay.into())).collect();
                match mode {
                    TierMode::Marginal => Self::Marginal(tiers),
                    TierMode::Retroactive => Self::Retroactive(tiers),
                }
            }
        }
    }
}
