//! Scenarios put side by side: one draft with the options of several, each under its
//! own time and audience. Gives a draft, which still has to be checked.

use crate::calendar::Span;
use crate::company::Company;
use crate::named_period::period_name;

use super::{Audience, Draft, Intent, Period, ScenarioOption, label_of};

/// A comparison of all options of some drafts, in their order. Where the drafts differ
/// in time or audience each lever says its own. `None` without an option, or where a
/// lever has no value of its own yet (a goal, a range).
pub fn side_by_side(drafts: &[Draft], company: &Company) -> Option<Draft> {
    let (first, last) =
        (drafts.iter().map(|d| d.period.start).min()?, drafts.iter().map(|d| d.period.end).max()?);
    let open = drafts.iter().any(|d| d.goal.is_some() || d.sweep.is_some());
    let one_time = drafts.windows(2).all(|d| d[0].period.span() == d[1].period.span());
    let one_audience = drafts.windows(2).all(|d| d[0].audience == d[1].audience);
    let own = |draft: &Draft, option: &ScenarioOption| {
        let mut levers = option.levers.clone();
        for lever in &mut levers {
            if !one_time {
                lever.period.get_or_insert_with(|| draft.period.clone());
            }
            if !one_audience {
                lever.audience.get_or_insert_with(|| draft.audience.clone());
            }
        }
        ScenarioOption { label: label_of(&levers, company), levers }
    };
    let options: Vec<ScenarioOption> =
        drafts.iter().flat_map(|draft| draft.options.iter().map(move |o| own(draft, o))).collect();
    if open || options.is_empty() {
        return None;
    }
    let span = Span::new(first, last);
    let label = if one_time { drafts[0].period.label.clone() } else { period_name(span, company.calendar) };
    Some(Draft {
        intent: Intent::Compare,
        period: Period { start: first, end: last, label },
        audience: if one_audience { drafts[0].audience.clone() } else { Audience::default() },
        options,
        sweep: None,
        goal: None,
        earnings: None,
        lookup: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::sample::{company, day};
    use crate::scenario::{AudienceEntry, Operation, Parameter, check, tests};

    fn draft(value: &str) -> Draft {
        let by = Operation::IncreaseByPercent;
        tests::draft(vec![tests::lever("spiff-product-x", Parameter::Rate, by, value)])
    }

    #[test]
    fn alike_frames_stay_and_options_are_labelled() {
        let beside = side_by_side(&[draft("5"), draft("10")], &company()).expect("a comparison");
        assert_eq!(beside.period, draft("5").period);
        assert!(beside.options.iter().all(|o| o.levers[0].period.is_none()));
        assert_ne!(beside.options[0].label, beside.options[1].label);
        assert!(check(beside, &company()).scenario.is_some());
    }

    #[test]
    fn other_times_and_audiences_go_with_their_levers() {
        let gold = AudienceEntry { tiers: vec!["Gold".into()], ..AudienceEntry::default() };
        let mut later = draft("5");
        later.period = Period { start: day("2026-10-01"), end: day("2026-12-31"), label: "Q4 2026".into() };
        later.audience.include.push(gold);
        let beside = side_by_side(&[draft("5"), later.clone()], &company()).expect("a comparison");
        assert_eq!((beside.period.start, beside.period.end), (day("2026-07-01"), day("2026-12-31")));
        assert_eq!(beside.period.label, "H2 2026");
        assert_eq!(beside.audience, Audience::default());
        assert_eq!(beside.options[1].levers[0].audience, Some(later.audience));
        assert!(beside.options[1].label.ends_with("in Q4 2026"), "{}", beside.options[1].label);
    }

    #[test]
    fn what_has_no_value_yet_is_not_compared() {
        let mut open = draft("5");
        open.sweep = Some(crate::scenario::Sweep {
            option: 0,
            lever: 0,
            from: "1".into(),
            to: "3".into(),
            step: "1".into(),
        });
        assert_eq!(side_by_side(&[draft("5"), open], &company()), None);
        assert_eq!(side_by_side(&[], &company()), None);
    }
}
