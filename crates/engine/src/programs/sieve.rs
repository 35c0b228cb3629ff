//! PAYOUTS.md, steps 1 and 2, for many lines at once: of all rules, those that hold
//! on a day, cover a product and admit a partner in its tier, as sets of bits. No
//! meaning of its own: a bit stands for what [`super::qualify`] asks by name, and a
//! test holds the two together. What a rule asks about the deal stays there.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::catalog::{Catalog, Partner, PartnerIx, ProductIx};

use super::rules::{Rule, RuleIx, Timeline};

/// A set of rules by position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RuleSet(Vec<u64>);

impl RuleSet {
    /// The rules, of `rules`, that pass a test.
    pub fn of<'r, 'a: 'r>(rules: &'r [Rule<'a>], test: impl Fn(&'r Rule<'a>) -> bool) -> Self {
        let mut set = Self(vec![0; rules.len().div_ceil(64)]);
        rules.iter().enumerate().filter(|(_, r)| test(r)).for_each(|(ix, _)| set.add(ix));
        set
    }

    pub fn add(&mut self, rule: RuleIx) {
        self.0[rule / 64] |= 1 << (rule % 64);
    }

    pub fn has(&self, rule: RuleIx) -> bool {
        self.0[rule / 64] & (1 << (rule % 64)) != 0
    }

    /// Leaves what both hold.
    fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine &= theirs);
    }

    /// What both hold, ascending.
    pub fn common<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = RuleIx> + 's {
        let words = self.0.iter().zip(&other.0).enumerate();
        words.flat_map(|(at, (mine, theirs))| Ones(mine & theirs).map(move |bit| at * 64 + bit))
    }
}

/// The bits of a word that are set, ascending.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let lowest = (self.0 != 0).then(|| self.0.trailing_zeros() as usize);
        self.0 &= self.0.wrapping_sub(1);
        lowest
    }
}

/// Sets by day, by product and by partner and tier.
#[derive(Debug)]
pub(crate) struct Sieve {
    /// First days between which no rule begins or ends, ascending.
    starts: Vec<NaiveDate>,
    /// By stretch of days: rules that hold for everybody.
    held: Vec<RuleSet>,
    /// By stretch: programs in which the partner decides which rule holds.
    divided: Vec<Vec<usize>>,
    covers: Vec<RuleSet>,
    /// By partner: from a day on, in the tier held then.
    admits: Vec<Vec<(NaiveDate, RuleSet)>>,
}

impl Sieve {
    pub fn new(rules: &[Rule<'_>], timelines: &[Timeline], tier_names: &[&str], catalog: &Catalog) -> Self {
        let mut starts: Vec<NaiveDate> = timelines.iter().flat_map(|t| t.starts.iter().copied()).collect();
        starts.sort_unstable();
        starts.dedup();
        let covers = (0..catalog.products.len()).map(|p| RuleSet::of(rules, |r| r.covers(p))).collect();
        let mut sieve = Self {
            held: Vec::with_capacity(starts.len()),
            divided: Vec::with_capacity(starts.len()),
            covers,
            admits: admissions(rules, tier_names, catalog),
            starts,
        };
        for day in &sieve.starts {
            let mut held = RuleSet::of(rules, |_| false);
            let mut divided = Vec::new();
            for (program, timeline) in timelines.iter().enumerate() {
                match timeline.on(*day) {
                    [only] if only.audience.is_none() => {
                        only.rule.into_iter().for_each(|rule| held.add(rule))
                    }
                    [] => {}
                    _ => divided.push(program),
                }
            }
            sieve.held.push(held);
            sieve.divided.push(divided);
        }
        sieve
    }

    /// The rules that cover a product.
    pub fn covers(&self, product: ProductIx) -> &RuleSet {
        &self.covers[product]
    }

    /// Whether a rule admits a partner in the tier it held on a day.
    pub fn admits(&self, rule: RuleIx, partner: PartnerIx, day: NaiveDate) -> bool {
        let tiers = &self.admits[partner];
        tiers[tiers.partition_point(|(from, _)| *from <= day).max(1) - 1].1.has(rule)
    }

    /// Follows a partner through the days, looking at `among` only.
    pub fn follow<'s>(&'s self, partner: PartnerIx, among: &'s RuleSet) -> Follow<'s> {
        // No day lies between these two: the first one asked for is looked up.
        let (from, until) = (NaiveDate::MAX, NaiveDate::MIN);
        Follow { sieve: self, partner, among, from, until, open: among.clone() }
    }
}

/// One partner on its way through the days: the rules open to it change seldom.
pub(crate) struct Follow<'s> {
    sieve: &'s Sieve,
    pub partner: PartnerIx,
    among: &'s RuleSet,
    /// First day of what is known.
    from: NaiveDate,
    /// First day after it.
    until: NaiveDate,
    open: RuleSet,
}

impl Follow<'_> {
    /// The rules that hold for the partner on a day and admit it. `rule_of` names the
    /// rule of a program where an audience decides.
    pub fn on(&mut self, day: NaiveDate, rule_of: impl Fn(usize) -> Option<RuleIx>) -> &RuleSet {
        if day < self.from || day >= self.until {
            self.step(day, rule_of);
        }
        &self.open
    }

    fn step(&mut self, day: NaiveDate, rule_of: impl Fn(usize) -> Option<RuleIx>) {
        let Sieve { starts, held, divided, admits, .. } = self.sieve;
        let tiers = &admits[self.partner];
        let stretch = starts.partition_point(|start| *start <= day);
        let tier = tiers.partition_point(|(from, _)| *from <= day).max(1);
        let next = |start: Option<NaiveDate>| start.unwrap_or(NaiveDate::MAX);
        self.until = next(starts.get(stretch).copied()).min(next(tiers.get(tier).map(|t| t.0)));
        self.from = day;
        let Some(stretch) = stretch.checked_sub(1) else {
            self.open.0.fill(0);
            return;
        };
        self.open.0.copy_from_slice(&held[stretch].0);
        divided[stretch].iter().filter_map(|program| rule_of(*program)).for_each(|rule| self.open.add(rule));
        self.open.keep(&tiers[tier - 1].1);
        self.open.keep(self.among);
    }
}

/// By partner: the rules whose tests of region, type, status and tier it passes. The
/// first entry holds before the first row of the tier history too.
fn admissions(rules: &[Rule<'_>], tier_names: &[&str], catalog: &Catalog) -> Vec<Vec<(NaiveDate, RuleSet)>> {
    let by_tier: HashMap<&str, RuleSet> = tier_names
        .iter()
        .enumerate()
        .map(|(ix, name)| (*name, RuleSet::of(rules, |r| r.admits_tier(ix))))
        .collect();
    let mut alike: HashMap<_, RuleSet> = HashMap::new();
    let mut of_partner = |partner: &Partner| {
        let key = (partner.region.clone(), partner.partner_type, partner.active);
        let passes =
            alike.entry(key).or_insert_with(|| RuleSet::of(rules, |r| r.partner_fails(partner).is_none()));
        let in_tier = |tier: &str| {
            let mut set = passes.clone();
            set.keep(&by_tier[tier]);
            set
        };
        let first = std::iter::once((NaiveDate::MIN, in_tier(&partner.tier)));
        let later = partner.tier_history.iter().map(|(from, tier)| (*from, in_tier(tier)));
        first.chain(later).collect()
    };
    catalog.partners.iter().map(&mut of_partner).collect()
}
