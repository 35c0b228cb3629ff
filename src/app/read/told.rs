//! Findings of the chain itself: what was not asked of a reader, and what a checked
//! scenario cannot be used for.

use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::reading::{Reading, Status};
use spiffcast_engine::scenario::{Intent, Scenario};
use spiffcast_engine::simulation::SimulationError;

/// The reading of a scenario that was handed in as data.
pub fn handed_in(scenario: &Scenario, findings: Vec<Finding>) -> Reading {
    Reading {
        status: Status::Ready,
        scenario: Some((**scenario).clone()),
        reader: "none".to_owned(),
        unused_words: Vec::new(),
        provenance: Vec::new(),
        clarifications: Vec::new(),
        findings,
        chosen: Vec::new(),
    }
}

/// What a partner may ask: about its own earnings and about the rules. Anything else is
/// refused in the same words, so that nothing about others shows through; what staff
/// asks stays as it was read.
pub fn answerable(reading: Reading, partner: Option<&str>) -> Reading {
    let Some(partner) = partner else { return reading };
    let scenario = reading.scenario.as_ref();
    let own = scenario.is_some_and(|s| match s.intent {
        Intent::Earnings => s.earnings.as_ref().is_some_and(|e| e.partner == partner),
        Intent::Lookup => true,
        _ => false,
    });
    let asks_back = reading.status == Status::NeedsClarification
        && reading.clarifications.iter().all(|c| c.field.starts_with("earnings.extra"));
    if own && reading.status == Status::Ready || asks_back {
        return reading;
    }
    Reading {
        status: Status::Unsupported,
        scenario: None,
        unused_words: Vec::new(),
        provenance: Vec::new(),
        clarifications: Vec::new(),
        findings: vec![Finding {
            severity: Severity::Error,
            code: "not_for_partners".to_owned(),
            field: "question".to_owned(),
            message: "Partners can ask about their own earnings and about the rules".to_owned(),
            hint: "Ask such as \"what if I sell 20 more PX-100 in August?\"".to_owned(),
        }],
        ..reading
    }
}

/// Says that an intent is understood but not simulated.
pub fn not_simulated(intent: Intent) -> Finding {
    let (what, hint) = match intent {
        Intent::Earnings => (
            "What a partner earns",
            "Ask it in words, or with `spiffcast earnings PARTNER --what-if SKU=UNITS@YYYY-MM`.",
        ),
        _ => ("A question about the rules", "Ask it in words, in the browser or with `spiffcast ask`."),
    };
    Finding {
        severity: Severity::Error,
        code: "intent_not_simulated".to_owned(),
        field: "intent".to_owned(),
        message: format!("{what} is understood, but not forecast."),
        hint: hint.to_owned(),
    }
}

/// Says why a checked scenario could not be simulated.
pub fn cannot_simulate(error: &SimulationError) -> Finding {
    Finding {
        severity: Severity::Error,
        code: "cannot_simulate".to_owned(),
        field: "period".to_owned(),
        message: error.to_string(),
        hint: String::new(),
    }
}
