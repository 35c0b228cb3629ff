//! Which caps bind and which partners cross a tier, by arm: some pairs of draws sold
//! again and looked at period by period. Budgets are in `budgets`. Pays nothing.

use rayon::prelude::*;

use super::chance::Shared;
use super::ledger::{DRAWS, Ledger};
use super::real::Real;
use super::round::{self, Digits};
use super::sell::{Lift, Seller};
use super::spread::{PairValue, quantity};
use super::stage::Stage;
use crate::company::Company;
use crate::forecast::{CapArm, CapUse, PartnerChance, TierReach};
use crate::programs::cells::Met;

/// Pairs looked at; an even number, so that they mirror each other.
const PAIRS: usize = 50;
/// Pairs sold side by side: as in `rounds`, so that no more code is made for them.
const BLOCK: usize = 16;
/// Most partners named a cap or tier.
const PARTNERS_MAX: usize = 20;
/// Partners are named from this chance, or difference of chances, on.
const CHANCE_MIN: f64 = 0.05;

/// The caps and tiers of all programs of the answer.
pub fn limits(company: &Company, stage: &Stage, pairs: usize) -> (Vec<CapUse>, Vec<TierReach>) {
    let kinds: Vec<Kind> = (0..stage.programs.len()).map(|row| Kind::of(stage, row)).collect();
    if !kinds.iter().any(|k| k.capped || !k.tiers.is_empty()) {
        return (Vec::new(), Vec::new());
    }
    let count = PAIRS.min(pairs);
    let seen = if stage.smooth { look::<f32>(stage, count) } else { look::<f64>(stage, count) };
    let looked = Looked { company, stage, seen: &seen };
    let rows = || kinds.iter().enumerate();
    let caps = rows().filter(|(_, k)| k.capped).filter_map(|(row, _)| looked.cap(row)).collect();
    let tiers = rows().flat_map(|(row, k)| looked.tiers(row, &k.tiers)).collect();
    (caps, tiers)
}

/// Sells some pairs again and looks at each.
fn look<T: Real>(stage: &Stage, count: usize) -> Vec<Seen> {
    let blocks: Vec<usize> = (0..count).step_by(BLOCK).collect();
    let look = |look: &mut Look<T>, from: &usize| look.at(stage, *from as u64, BLOCK.min(count - from));
    let seen: Vec<Vec<Seen>> = blocks.par_iter().map_init(|| Look::of(stage), look).collect();
    seen.into_iter().flatten().collect()
}

/// What limits a program has in any arm.
struct Kind {
    capped: bool,
    tiers: Vec<f64>,
}

impl Kind {
    fn of(stage: &Stage, row: usize) -> Self {
        let mut kind = Self { capped: false, tiers: Vec::new() };
        for till in &stage.tills {
            let Some(local) = till.rows.iter().position(|r| *r == row) else { continue };
            let (capped, tiers) = till.rules.limits(local);
            kind.capped |= capped;
            if tiers.len() > kind.tiers.len() {
                kind.tiers = tiers;
            }
        }
        kind
    }
}

/// Of one pair: by draw, arm, program and partner what was met.
struct Seen {
    cut: Vec<f64>,
    /// Tiers reached, counted from 1; 0: none.
    tier: Vec<u8>,
}

struct Look<T> {
    ledger: Ledger<BLOCK>,
    seller: Seller<T, BLOCK>,
    lift: Vec<Lift<BLOCK>>,
    units: Vec<f64>,
    scratch: Vec<crate::programs::cells::Scratch>,
}

impl<T: Real> Look<T> {
    fn of(stage: &Stage) -> Self {
        Self {
            ledger: Ledger::new(&stage.groups, stage.arms()),
            seller: Seller::of(stage),
            lift: vec![[[0.0; BLOCK]; 2]; stage.arms() - 1],
            units: Vec::new(),
            scratch: stage.tills.iter().map(|t| t.rules.scratch()).collect(),
        }
    }

    /// Looks at some pairs from `first` on, at most [`BLOCK`].
    fn at(&mut self, stage: &Stage, first: u64, pairs: usize) -> Vec<Seen> {
        let arms = stage.arms();
        let shared = Shared::draw(stage, first);
        let cells = DRAWS * arms * stage.programs.len() * stage.market.partners.len();
        let nothing = || Seen { cut: vec![0.0; cells], tier: vec![0; cells] };
        let mut seen: Vec<Seen> = (0..pairs).map(|_| nothing()).collect();
        let in_period = &stage.months.in_period;
        let Some(from) = in_period.iter().position(|p| *p) else { return seen };
        let last = in_period.iter().rposition(|p| *p).unwrap_or(from);
        for (i, partner) in stage.market.partners.iter().enumerate() {
            self.seller.sell(stage, &shared, i, &mut self.ledger, &mut self.lift);
            let length = partner.series.len() * stage.market.months;
            for (draw, arm) in (0..DRAWS).flat_map(|d| (0..arms).map(move |a| (d, a))) {
                let till = &stage.tills[arm];
                let sold = &self.seller.units[draw][if partner.sells_otherwise(arm) { arm } else { 0 }];
                for (lane, seen) in seen.iter_mut().enumerate() {
                    self.units.clear();
                    self.units.extend(sold[..length].iter().map(|units| units[lane].into()));
                    let note = |met: Met| {
                        let at = place(stage, draw, arm, till.rows[met.program], i);
                        seen.cut[at] += met.cut;
                        let tier = met.tier.map_or(0, |t| t as u8 + 1);
                        seen.tier[at] = seen.tier[at].max(tier);
                    };
                    till.rules.meet(partner.partner, &self.units, (from, last), &mut self.scratch[arm], note);
                }
            }
        }
        seen
    }
}

fn place(stage: &Stage, draw: usize, arm: usize, program: usize, i: usize) -> usize {
    ((draw * stage.arms() + arm) * stage.programs.len() + program) * stage.market.partners.len() + i
}

struct Looked<'a> {
    company: &'a Company,
    stage: &'a Stage<'a>,
    seen: &'a [Seen],
}

impl Looked<'_> {
    /// What became of a cap; nothing where it never bound.
    fn cap(&self, row: usize) -> Option<CapUse> {
        let arms: Vec<CapArm> = (0..self.stage.arms()).map(|arm| self.cap_arm(arm, row)).collect();
        let never = arms.iter().all(|a| a.probability == 0.0);
        let capped = |seen: &Seen, at: usize| seen.cut[at] >= 0.005;
        (!never).then(|| CapUse {
            program: self.stage.programs[row].id.clone(),
            baseline: arms[0],
            options: arms[1..].to_vec(),
            partners: self.partners(row, capped, |base, option| base.max(option)),
        })
    }

    fn cap_arm(&self, arm: usize, row: usize) -> CapArm {
        let (mut bound, mut cut, mut partners) = (0.0, Vec::new(), Vec::new());
        for seen in self.seen {
            let (mut cuts, mut counts) = ([0.0; DRAWS], [0.0; DRAWS]);
            for draw in 0..DRAWS {
                for i in self.counted() {
                    let amount = seen.cut[place(self.stage, draw, arm, row, i)];
                    cuts[draw] += amount;
                    counts[draw] += if amount >= 0.005 { 1.0 } else { 0.0 };
                }
                bound += if counts[draw] > 0.0 { 1.0 } else { 0.0 };
            }
            cut.push(PairValue::drawn(cuts));
            partners.push(PairValue::drawn(counts));
        }
        CapArm {
            probability: round::value(bound / self.draws(), Digits::Share),
            partners: round::quantity(quantity(&partners), Digits::Units),
            cut: round::quantity(quantity(&cut), Digits::Money),
        }
    }

    /// The tiers of a program that some partners may cross.
    fn tiers(&self, row: usize, from: &[f64]) -> Vec<TierReach> {
        let one = |(tier, from): (usize, &f64)| {
            let reached = move |seen: &Seen, at: usize| usize::from(seen.tier[at]) > tier;
            let arm = |arm: usize| round::quantity(self.count(arm, row, &reached), Digits::Units);
            let partners = self.partners(row, reached, |base, option| (option - base).abs());
            let reach = TierReach {
                program: self.stage.programs[row].id.clone(),
                tier: tier + 1,
                from: round::value(*from, Digits::Units),
                baseline: arm(0),
                options: (1..self.stage.arms()).map(arm).collect(),
                partners,
            };
            (*from > 0.0).then_some(reach)
        };
        from.iter().enumerate().filter_map(one).collect()
    }

    /// How many partners a condition holds for.
    fn count(
        &self,
        arm: usize,
        row: usize,
        holds: &impl Fn(&Seen, usize) -> bool,
    ) -> crate::forecast::Quantity {
        let of_draw = |seen: &Seen, draw: usize| {
            self.counted().filter(|i| holds(seen, place(self.stage, draw, arm, row, *i))).count() as f64
        };
        let pair = |seen: &Seen| PairValue::drawn(std::array::from_fn(|draw| of_draw(seen, draw)));
        quantity(&self.seen.iter().map(pair).collect::<Vec<_>>())
    }

    /// The partners for whom it matters most, by `weight` of the baseline's chance and
    /// an option's.
    fn partners(
        &self,
        row: usize,
        holds: impl Fn(&Seen, usize) -> bool,
        weight: impl Fn(f64, f64) -> f64,
    ) -> Vec<PartnerChance> {
        let stage = self.stage;
        let chance = |arm: usize, i: usize| {
            let of = |seen: &Seen| {
                (0..DRAWS).filter(|draw| holds(seen, place(stage, *draw, arm, row, i))).count() as f64
            };
            self.seen.iter().map(of).sum::<f64>() / self.draws()
        };
        let mut found: Vec<(f64, usize, Vec<f64>)> = self
            .counted()
            .map(|i| {
                let chances: Vec<f64> = (0..stage.arms()).map(|arm| chance(arm, i)).collect();
                let most = chances[1..].iter().map(|c| weight(chances[0], *c)).fold(0.0, f64::max);
                (most, i, chances)
            })
            .filter(|(most, _, _)| *most >= CHANCE_MIN)
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(PARTNERS_MAX);
        let id = |i: usize| self.company.catalog.partners[stage.market.partners[i].partner].id.clone();
        let row = |(_, i, chances): (f64, usize, Vec<f64>)| PartnerChance {
            partner: id(i),
            baseline: round::value(chances[0], Digits::Share),
            options: chances[1..].iter().map(|c| round::value(*c, Digits::Share)).collect(),
        };
        found.into_iter().map(row).collect()
    }

    /// Positions of the partners that figures count.
    fn counted(&self) -> impl Iterator<Item = usize> + use<'_> {
        (0..self.stage.market.partners.len()).filter(|i| self.stage.counts[*i])
    }

    fn draws(&self) -> f64 {
        (self.seen.len() * DRAWS).max(1) as f64
    }
}
