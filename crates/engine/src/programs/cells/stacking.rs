//! Which programs of a stacking group pay for a line or a cell (PAYOUTS.md, step 3).

use crate::programs::terms::{StackingMode, Terms};

/// A program that qualifies for a line, or with a share of a cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub terms_ix: u32,
    pub program_id: &'a str,
    pub terms: &'a Terms,
    /// Flat pay after the transaction's cap: of the line, or of a unit of the cell.
    pub flat: f64,
    /// Share that qualifies on its own, 0 to 1.
    pub share: f64,
}

impl Candidate<'_> {
    fn same_group(&self, other: &Candidate<'_>) -> bool {
        match (&self.terms.stacking, &other.terms.stacking) {
            (Some(a), Some(b)) => a.group == b.group,
            _ => false,
        }
    }

    fn mode(&self) -> StackingMode {
        self.terms.stacking.as_ref().map_or(StackingMode::Stack, |s| s.mode)
    }

    fn order(&self) -> (i64, &str) {
        (self.terms.stacking.as_ref().map_or(0, |s| s.priority), self.program_id)
    }

    /// Whether this one comes before another of its group. Where versions of one
    /// group name different modes, `exclusive` wins over `best_of` over `stack`.
    fn beats(&self, other: &Candidate<'_>, mode: StackingMode) -> bool {
        match mode {
            StackingMode::Stack => false,
            StackingMode::Exclusive => self.order() < other.order(),
            StackingMode::BestOf => {
                self.flat > other.flat || (self.flat == other.flat && self.order() < other.order())
            }
        }
    }
}

fn stricter(a: StackingMode, b: StackingMode) -> StackingMode {
    use StackingMode::{BestOf, Exclusive, Stack};
    match (a, b) {
        (Exclusive, _) | (_, Exclusive) => Exclusive,
        (BestOf, _) | (_, BestOf) => BestOf,
        (Stack, Stack) => Stack,
    }
}

/// Share that every candidate pays: its own, less what the ones before it in its
/// group take. Shares of one group count as independent; with shares of 1 the
/// winner takes the line.
pub(crate) fn resolve(candidates: &[Candidate<'_>], mut paid: impl FnMut(&Candidate<'_>, f64)) {
    for candidate in candidates {
        let group = || candidates.iter().filter(|other| candidate.same_group(other));
        let mode = group().map(Candidate::mode).fold(candidate.mode(), stricter);
        let left: f64 = group().filter(|o| o.beats(candidate, mode)).map(|o| 1.0 - o.share).product();
        let share = candidate.share * left;
        if share > 0.0 {
            paid(candidate, share);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::cells::sample::terms;
    use crate::programs::terms::Stacking;

    fn with(mode: StackingMode, priority: i64) -> Terms {
        Terms { stacking: Some(Stacking { group: "g".into(), mode, priority }), ..terms() }
    }

    fn shares(list: &[(&Terms, &'static str, f64, f64)]) -> Vec<f64> {
        let candidates: Vec<Candidate<'_>> = list
            .iter()
            .enumerate()
            .map(|(i, (terms, program_id, flat, share))| Candidate {
                terms_ix: i as u32,
                program_id,
                terms,
                flat: *flat,
                share: *share,
            })
            .collect();
        let mut out = vec![0.0; list.len()];
        resolve(&candidates, |c, share| out[c.terms_ix as usize] = share);
        out
    }

    #[test]
    fn exclusive_keeps_the_lowest_priority_then_the_id() {
        let (one, two) = (with(StackingMode::Exclusive, 1), with(StackingMode::Exclusive, 2));
        assert_eq!(shares(&[(&two, "a", 9.0, 1.0), (&one, "b", 1.0, 1.0)]), [0.0, 1.0]);
        assert_eq!(shares(&[(&one, "b", 9.0, 1.0), (&one, "a", 1.0, 1.0)]), [0.0, 1.0]);
        let partly = shares(&[(&one, "a", 1.0, 0.25), (&two, "b", 1.0, 0.5)]);
        assert_eq!(partly, [0.25, 0.375], "the second takes its share of what the first leaves");
    }

    #[test]
    fn best_of_keeps_the_highest_and_stack_all() {
        let best = with(StackingMode::BestOf, 1);
        assert_eq!(shares(&[(&best, "a", 1.0, 1.0), (&best, "b", 2.0, 1.0)]), [0.0, 1.0]);
        assert_eq!(shares(&[(&best, "a", 2.0, 1.0), (&best, "b", 2.0, 1.0)]), [1.0, 0.0]);
        let all = with(StackingMode::Stack, 1);
        assert_eq!(shares(&[(&all, "a", 1.0, 1.0), (&all, "b", 2.0, 1.0)]), [1.0, 1.0]);
        let own = terms();
        assert_eq!(shares(&[(&own, "a", 1.0, 1.0), (&own, "b", 2.0, 1.0)]), [1.0, 1.0]);
    }
}
