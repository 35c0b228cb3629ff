//! Pays the touched partners of one pair of draws: runs the compiled rules of every
//! arm, shares out budgets, caps what parents get, and books the pay by row. Knows
//! nothing of sales but the units it is handed.

use super::ledger::{DRAWS, Drawn, FIELDS, Groups, Ledger, drawn_at};
use super::stage::{Pay, Payee, Stage};

/// Pay below half a cent is none.
const PAID_FROM: f64 = 0.005;

/// A budget in one draw.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BudgetDraw {
    /// Months from the first simulated one until it is gone.
    pub exhausted: Option<f64>,
    /// Pay that it cut, from the first month of the period on.
    pub unfunded: f64,
}

/// An amount in both draws of a pair.
type Both = [f64; DRAWS];

/// Working memory for paying. A *slot* is what rules are run for: the arms in
/// order, then for each option its rules on the baseline's volume.
pub struct Cashier {
    pay: Pay<DRAWS>,
    /// Of the partner at hand, by slot: program × month.
    own: Vec<Vec<Both>>,
    overrides: Vec<Vec<Both>>,
    /// By arm: own pay, partner × program × month.
    kept: Vec<Vec<Both>>,
    /// By slot: own pay over all touched partners, program × month.
    totals: Vec<Vec<Both>>,
    /// By slot: overrides, parent row × program × month.
    to_parents: Vec<Vec<Both>>,
    /// By slot: funded share, program × month.
    shares: Vec<Vec<f64>>,
    /// By arm: what the payee at hand gets, program × month.
    gets: Vec<Vec<f64>>,
}

/// Number of slots.
fn slots(arms: usize) -> usize {
    2 * arms - 1
}

impl Cashier {
    pub fn of(stage: &Stage) -> Self {
        let (arms, matrix) = (stage.arms(), stage.matrix());
        let many = |count: usize, length: usize| vec![vec![0.0; length]; count];
        let both = |count: usize, length: usize| vec![vec![[0.0; DRAWS]; length]; count];
        Self {
            pay: Pay::of(&stage.tills),
            own: both(slots(arms), matrix),
            overrides: both(slots(arms), matrix),
            kept: both(arms, stage.market.partners.len() * matrix),
            totals: both(slots(arms), matrix),
            to_parents: both(slots(arms), stage.parents.len() * matrix),
            shares: many(slots(arms), matrix),
            gets: many(arms, matrix),
        }
    }

    /// Forgets the last pair.
    pub fn clear(&mut self) {
        self.totals.iter_mut().chain(&mut self.to_parents).for_each(|v| v.fill([0.0; DRAWS]));
    }

    /// Runs the rules on the units of one partner in both draws, by arm.
    pub fn pay_partner(&mut self, stage: &Stage, i: usize, units: &[Vec<Both>]) {
        let (arms, matrix) = (stage.arms(), stage.matrix());
        let partner = &stage.market.partners[i];
        let length = partner.series.len() * stage.market.months;
        for slot in 0..slots(arms) {
            let option = if slot < arms { slot } else { slot - arms + 1 };
            let sells = option > 0 && partner.series.iter().any(|s| s.arms[option].is_some());
            let differs = stage.reach.differs[option][i];
            let is_arm = slot < arms;
            let (own, overrides) = (&mut self.own, &mut self.overrides);
            if slot == 0 || (is_arm && sells) {
                let sold = &units[slot][..length];
                let (own, overrides) = (&mut own[slot], &mut overrides[slot]);
                self.pay.run(&stage.tills[slot], partner.partner, sold, own, overrides);
            } else if !is_arm && !sells {
                // The option sells what the baseline sells: it is its own answer.
                copy(own, option, slot);
                copy(overrides, option, slot);
            } else {
                // The baseline's sales: only the changed programs can pay otherwise.
                copy(own, 0, slot);
                copy(overrides, 0, slot);
                if differs {
                    let till = &stage.changed_tills[option - 1];
                    let (own, overrides) = (&mut own[slot], &mut overrides[slot]);
                    self.pay.run_over(till, partner.partner, &units[0][..length], own, overrides);
                }
            }
            add_both(&mut self.totals[slot], &self.own[slot]);
            if slot < arms {
                let place = i * matrix..(i + 1) * matrix;
                self.kept[slot][place].copy_from_slice(&self.own[slot]);
            }
            if let Some(row) = stage.parent_of[i].and_then(|p| stage.payees[p].parent_row) {
                add_both(&mut self.to_parents[slot][row * matrix..(row + 1) * matrix], &self.overrides[slot]);
            }
        }
    }

    /// Shares out the budgets of one draw and caps overrides. Gives by arm × program
    /// with a budget what became of it.
    pub fn limit(&mut self, stage: &Stage, draw: usize, mut seen: impl FnMut(usize, BudgetDraw)) {
        let (arms, months) = (stage.arms(), stage.market.months);
        let mut place = 0;
        for slot in 0..slots(arms) {
            let till = &stage.tills[if slot < arms { slot } else { slot - arms + 1 }];
            let totals = &self.totals[slot];
            self.shares[slot].fill(1.0);
            for (row, _) in stage.programs.iter().enumerate().filter(|(_, p)| p.budgeted) {
                let run = row * months..(row + 1) * months;
                let mut budget = BudgetDraw::default();
                if let Some(local) = till.rows.iter().position(|r| *r == row) {
                    let outside = &stage.outside_own[run.clone()];
                    let all: Vec<f64> =
                        totals[run.clone()].iter().zip(outside).map(|(a, b)| a[draw] + b).collect();
                    let shares = &mut self.shares[slot][run.clone()];
                    budget.exhausted = till.rules.fund(local, &all, shares);
                    let counted = |h: &usize| stage.months.rows[*h].is_some();
                    budget.unfunded = (0..months).filter(counted).map(|h| all[h] * (1.0 - shares[h])).sum();
                }
                if slot < arms {
                    seen(place, budget);
                    place += 1;
                }
            }
            self.fund_tail_as_baseline(stage, slot);
            self.cap_parents(stage, draw, slot);
        }
    }

    /// After the period every arm is funded as the baseline is: that an option spends
    /// a budget sooner must not look like a saving in the months after it, when
    /// nothing is left to pay. What it draws within the period is its cost.
    fn fund_tail_as_baseline(&mut self, stage: &Stage, slot: usize) {
        let Some((baseline, shares)) = self.shares.split_first_mut().filter(|_| slot > 0) else { return };
        let months = stage.market.months;
        let tail = |h: &usize| stage.months.rows[*h].is_some() && !stage.months.in_period[*h];
        for h in (0..months).filter(tail) {
            for row in 0..stage.programs.len() {
                shares[slot - 1][row * months + h] = baseline[row * months + h];
            }
        }
    }

    /// Cuts overrides to what a parent may get; children outside of the question
    /// use up the same cap.
    fn cap_parents(&mut self, stage: &Stage, draw: usize, slot: usize) {
        let (arms, months, matrix) = (stage.arms(), stage.market.months, stage.matrix());
        let till = &stage.tills[if slot < arms { slot } else { slot - arms + 1 }];
        for (parent, payee) in stage.parents.iter().enumerate() {
            let partner = stage.payees[*payee].partner;
            for (local, row) in till.rows.iter().enumerate() {
                let run = row * months..(row + 1) * months;
                let touched = &mut self.to_parents[slot][parent * matrix..(parent + 1) * matrix][run.clone()];
                if touched.iter().all(|v| v[draw] == 0.0) {
                    continue;
                }
                let mut outside = stage.outside_overrides[parent][run].to_vec();
                let mut all: Vec<f64> =
                    touched.iter().zip(&outside).map(|(pay, more)| pay[draw] + more).collect();
                till.rules.cap_overrides(local, partner, &mut all);
                till.rules.cap_overrides(local, partner, &mut outside);
                for (pay, (all, outside)) in touched.iter_mut().zip(all.iter().zip(&outside)) {
                    pay[draw] = all - outside;
                }
            }
        }
    }

    /// Pay of a slot after budgets, period and tail, payouts only.
    fn payout(&self, stage: &Stage, draw: usize, slot: usize) -> f64 {
        let (months, matrix) = (stage.market.months, stage.matrix());
        let (own, parents) = (&self.totals[slot], &self.to_parents[slot]);
        let mut sum = 0.0;
        for (row, _) in stage.programs.iter().enumerate().filter(|(_, p)| !p.fund) {
            for h in (0..months).filter(|h| stage.months.rows[*h].is_some()) {
                let at = row * months + h;
                let overrides: f64 = (0..stage.parents.len()).map(|p| parents[p * matrix + at][draw]).sum();
                sum += own[at][draw] * self.shares[slot][at] + overrides;
            }
        }
        sum
    }

    /// By option: pay on the baseline's volume under the option's rules, less the
    /// baseline's pay. After [`Cashier::limit`] of the same draw.
    pub fn mechanical(&self, stage: &Stage, draw: usize) -> Vec<f64> {
        let baseline = self.payout(stage, draw, 0);
        (stage.arms()..slots(stage.arms())).map(|slot| self.payout(stage, draw, slot) - baseline).collect()
    }

    /// Books the pay of every payee in one draw. After [`Cashier::limit`].
    pub fn book(&mut self, stage: &Stage, draw: usize, ledger: &mut Ledger) {
        let (arms, matrix) = (stage.arms(), stage.matrix());
        for (at, payee) in stage.payees.iter().enumerate() {
            let mut earned = vec![Earned::default(); arms];
            for (arm, (gets, earned)) in self.gets.iter_mut().zip(&mut earned).enumerate() {
                gets.fill(0.0);
                if at < stage.market.partners.len() {
                    let own = &self.kept[arm][at * matrix..(at + 1) * matrix];
                    let funded = own.iter().zip(&self.shares[arm]).map(|(pay, share)| pay[draw] * share);
                    gets.iter_mut().zip(funded).for_each(|(slot, pay)| *slot = pay);
                    *earned = Earned::of(stage, at, gets);
                }
                if let Some(row) = payee.parent_row {
                    let from = &self.to_parents[arm][row * matrix..(row + 1) * matrix];
                    gets.iter_mut().zip(from).for_each(|(slot, pay)| *slot += pay[draw]);
                }
            }
            book_pay(stage, draw, at, payee, &self.gets, ledger);
            book_earning(stage, draw, at, payee, &earned, ledger);
        }
    }
}

/// Who earned in the period.
#[derive(Debug, Clone, Default)]
struct Earned {
    /// Under any changed program.
    changed: bool,
    /// By program.
    programs: Vec<bool>,
}

impl Earned {
    fn of(stage: &Stage, at: usize, funded: &[f64]) -> Self {
        let months = stage.market.months;
        let paid = |row: usize| {
            let in_period = (0..months).filter(|h| stage.months.in_period[*h]);
            in_period.map(|h| funded[row * months + h]).sum::<f64>() >= PAID_FROM
        };
        let before = &stage.earned_before[at];
        let programs: Vec<bool> = (0..stage.programs.len()).map(|row| before[row] || paid(row)).collect();
        let changed = programs.iter().zip(&stage.programs).any(|(earned, p)| *earned && p.changed);
        Self { changed, programs }
    }

    fn of_program(&self, row: usize) -> bool {
        self.programs.get(row).copied().unwrap_or(false)
    }
}

fn book_pay(stage: &Stage, draw: usize, at: usize, payee: &Payee, gets: &[Vec<f64>], ledger: &mut Ledger) {
    let months = stage.market.months;
    for arm in 0..stage.arms() {
        let mut sums = [0.0; FIELDS];
        for (row, program) in stage.programs.iter().enumerate() {
            let field = drawn_at(if program.fund { Drawn::Fund } else { Drawn::Payout }, draw);
            for h in 0..months {
                let base = if arm == 0 { 0.0 } else { gets[0][row * months + h] };
                let pay = gets[arm][row * months + h] - base;
                let Some(month) = stage.months.rows[h].filter(|_| pay != 0.0) else { continue };
                ledger.add(month, arm, field, pay);
                let in_period = stage.months.in_period[h];
                if in_period {
                    ledger.add(Groups::GROSS, arm, field, pay);
                }
                if in_period || arm > 0 {
                    sums[field] += pay;
                    ledger.add(stage.groups.program(row), arm, field, pay);
                }
            }
        }
        for row in stage.rows_of(at, payee).into_iter().chain([Groups::TOTAL]) {
            ledger.add_all(row, arm, &sums);
        }
    }
}

fn book_earning(
    stage: &Stage,
    draw: usize,
    at: usize,
    payee: &Payee,
    earned: &[Earned],
    ledger: &mut Ledger,
) {
    let field = drawn_at(Drawn::Earning, draw);
    let value = |yes: bool| if yes { 1.0 } else { 0.0 };
    for (arm, of_arm) in earned.iter().enumerate() {
        let base = |yes: bool| if arm == 0 { 0.0 } else { value(yes) };
        let count = value(of_arm.changed) - base(earned[0].changed);
        if count != 0.0 {
            for row in stage.rows_of(at, payee).into_iter().chain([Groups::TOTAL, Groups::GROSS]) {
                ledger.add(row, arm, field, count);
            }
        }
        for row in 0..stage.programs.len() {
            let count = value(of_arm.of_program(row)) - base(earned[0].of_program(row));
            if count != 0.0 {
                ledger.add(stage.groups.program(row), arm, field, count);
            }
        }
    }
}

fn add_both(to: &mut [Both], from: &[Both]) {
    for (to, from) in to.iter_mut().zip(from) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
    }
}

fn copy(slots: &mut [Vec<Both>], from: usize, to: usize) {
    if from < to {
        let (head, tail) = slots.split_at_mut(to);
        tail[0].copy_from_slice(&head[from]);
    }
}
