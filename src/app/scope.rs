//! Where the regions that somebody is limited to meet questions and answers: whom a change
//! is asked for, which answers may be read, and how figures say whom they count. What there
//! is of the company is narrowed in [`State`] already; who reads the whole of it here or in
//! another use case says why. Reads no words and plays nothing.

use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::reading::{Provenance, Reading, Source, Status};
use spiffcast_engine::scenario::{self, Audience, AudienceEntry, Checked, Draft, Scenario};

use super::ask::is_simulated;
use crate::answer::{Answer, Summary};
use crate::state::State;

/// Field of a reading that says whom a change is for.
const AUDIENCE: &str = "audience";

/// Checks a draft for who asks: the one way to a scenario. A change is for partners of the
/// asker's regions.
pub fn check(state: &State, draft: Draft) -> Checked {
    match narrowed(state, draft) {
        Ok(draft) => scenario::check(draft, state.company()),
        Err(finding) => Checked { scenario: None, findings: vec![finding] },
    }
}

/// Whether a scenario is for nobody outside of the asker's regions.
pub fn holds(state: &State, scenario: &Scenario) -> bool {
    narrowed(state, (**scenario).clone()).is_ok_and(|draft| draft == **scenario)
}

/// What was read, for the asker's regions; refused in words where it is for others alone.
pub fn within(state: &State, mut reading: Reading) -> Reading {
    let Some(draft) = reading.scenario.clone().filter(|_| reading.status == Status::Ready) else {
        return reading;
    };
    match narrowed(state, draft.clone()) {
        Ok(draft) => {
            told(state, &mut reading, &draft);
            reading.scenario = Some(draft);
            reading
        }
        Err(finding) => Reading {
            status: Status::Unsupported,
            scenario: None,
            clarifications: Vec::new(),
            findings: vec![finding],
            ..reading
        },
    }
}

/// Says in a reading where a narrowed audience comes from.
pub fn told(state: &State, reading: &mut Reading, now: &Draft) {
    let Some(regions) = state.regions().filter(|_| is_simulated(now.intent)) else { return };
    let ours = |entry: &Provenance| matches!(entry.source, Source::Regions { .. });
    let assumed =
        |entry: &Provenance| entry.field == AUDIENCE && matches!(entry.source, Source::Default { .. });
    reading.provenance.retain(|entry| !ours(entry) && !assumed(entry));
    let source = Source::Regions { names: regions.to_vec() };
    reading.provenance.push(Provenance { field: AUDIENCE.to_owned(), source });
}

/// Whether who asks may read an answer: one that counts nothing but their regions.
pub fn may_read(state: &State, answer: &Answer) -> bool {
    let Some(regions) = state.regions() else { return true };
    let counted = &answer.bundle.regions;
    !counted.is_empty() && counted.iter().all(|region| regions.contains(region))
}

/// A summary that says whom its figures count, in the headline, which stands alone in lists,
/// and in the text. Without regions: of the whole company, as it is.
pub fn of_regions(summary: Summary, regions: &[String]) -> Summary {
    let names = match regions {
        [] => return summary,
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    Summary {
        headline: format!("{names} alone: {}", summary.headline),
        text: format!("Figures are of {names} alone. {}", summary.text),
        ..summary
    }
}

/// A draft whose changes are for partners of the asker's regions.
fn narrowed(state: &State, mut draft: Draft) -> Result<Draft, Finding> {
    let Some(regions) = state.regions().filter(|_| is_simulated(draft.intent)) else { return Ok(draft) };
    draft.audience = audience(&draft.audience, regions, AUDIENCE)?;
    for (o, option) in draft.options.iter_mut().enumerate() {
        for (l, lever) in option.levers.iter_mut().enumerate() {
            if let Some(own) = &lever.audience {
                let field = format!("options[{o}].levers[{l}].audience");
                lever.audience = Some(audience(own, regions, &field)?);
            }
        }
    }
    Ok(draft)
}

/// Those of an audience who are in the regions.
fn audience(asked: &Audience, regions: &[String], field: &str) -> Result<Audience, Finding> {
    let all = || AudienceEntry { regions: regions.to_vec(), ..AudienceEntry::default() };
    let within = |entry: &AudienceEntry| {
        let own = |named: &[String]| named.iter().filter(|name| regions.contains(name)).cloned().collect();
        let regions: Vec<String> =
            if entry.regions.is_empty() { regions.to_vec() } else { own(&entry.regions) };
        (!regions.is_empty()).then(|| AudienceEntry { regions, ..entry.clone() })
    };
    let include: Vec<AudienceEntry> = match asked.include.as_slice() {
        [] => vec![all()],
        entries => entries.iter().filter_map(within).collect(),
    };
    if include.is_empty() {
        return Err(elsewhere(asked, regions, field));
    }
    Ok(Audience { include, exclude: asked.exclude.clone() })
}

fn elsewhere(asked: &Audience, regions: &[String], field: &str) -> Finding {
    let mut named: Vec<&str> =
        asked.include.iter().flat_map(|entry| &entry.regions).map(String::as_str).collect();
    named.sort_unstable();
    named.dedup();
    let are = if named.len() == 1 { "is not one" } else { "are none" };
    Finding {
        severity: Severity::Error,
        code: "not_your_region".to_owned(),
        field: field.to_owned(),
        message: format!("{} {are} of your regions", named.join(", ")),
        hint: format!("You can ask about {}", regions.join(", ")),
    }
}

/// What somebody who is limited to regions is told in place of what only the whole company has.
pub fn of_the_whole(what: &str, regions: &[String]) -> String {
    format!("{what} of the whole company alone, and you are limited to {}.", regions.join(", "))
}

#[cfg(test)]
mod tests {
    use spiffcast_engine::scenario::Intent;

    use super::*;

    fn entry(regions: &[&str]) -> AudienceEntry {
        let regions = regions.iter().map(|r| (*r).to_owned()).collect();
        AudienceEntry { tiers: vec!["Gold".to_owned()], regions, ..AudienceEntry::default() }
    }

    fn asked(include: &[&[&str]]) -> Audience {
        Audience {
            include: include.iter().map(|regions| entry(regions)).collect(),
            exclude: vec![entry(&["EMEA"])],
        }
    }

    #[test]
    fn an_audience_is_cut_to_the_regions_and_stays_so() {
        let regions = ["AMER".to_owned(), "EMEA".to_owned()];
        let cut = |audience: &Audience| super::audience(audience, &regions, AUDIENCE);
        let everyone = cut(&Audience::default()).expect("somebody");
        assert_eq!(
            everyone.include,
            [AudienceEntry { regions: regions.to_vec(), ..AudienceEntry::default() }]
        );
        let some = cut(&asked(&[&["EMEA", "APAC"], &["APAC"], &[]])).expect("somebody");
        assert_eq!(some, asked(&[&["EMEA"], &["AMER", "EMEA"]]), "what is left out stays left out");
        assert_eq!(cut(&some), Ok(some.clone()));
        let refused = cut(&asked(&[&["APAC"], &["APAC", "LATAM"]])).expect_err("elsewhere alone");
        assert_eq!(refused.message, "APAC, LATAM are none of your regions");
        assert_eq!(refused.hint, "You can ask about AMER, EMEA");
    }

    #[test]
    fn what_is_not_simulated_needs_no_audience() {
        for intent in [
            Intent::Forecast,
            Intent::Compare,
            Intent::Sweep,
            Intent::GoalSeek,
            Intent::Earnings,
            Intent::Lookup,
            Intent::Hindcast,
        ] {
            // About one partner, whose books are narrowed, or about rules, which are for all.
            let needs_none = matches!(intent, Intent::Earnings | Intent::Lookup);
            assert_ne!(is_simulated(intent), needs_none, "{intent:?}");
        }
    }

    #[test]
    fn figures_say_whom_they_count() {
        let plain = || crate::app::wording::template("It costs more.".to_owned(), "By $5.".to_owned());
        let said = |names: &[&str]| {
            let told = of_regions(plain(), &names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
            format!("{} | {}", told.headline, told.text)
        };
        assert_eq!(said(&[]), "It costs more. | By $5.");
        assert_eq!(said(&["EMEA"]), "EMEA alone: It costs more. | Figures are of EMEA alone. By $5.");
        assert!(said(&["A", "B", "C"]).starts_with("A, B and C alone: "));
    }
}
