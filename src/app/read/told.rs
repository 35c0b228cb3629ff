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
    }
}

/// A reading that this version cannot answer is told as that, whatever was understood.
pub fn answerable(mut reading: Reading) -> Reading {
    let asked = reading.scenario.as_ref().map(|s| s.intent);
    if asked == Some(Intent::Earnings) && reading.status == Status::Ready {
        reading.status = Status::Unsupported;
        reading.findings.push(not_simulated(Intent::Earnings));
    }
    reading
}

/// Says that an intent is understood but not simulated.
pub fn not_simulated(intent: Intent) -> Finding {
    let (what, hint) = match intent {
        Intent::Earnings => (
            "What a partner will earn",
            "`spiffcast earnings --partner ID` says what it has earned, exactly.",
        ),
        _ => ("A question about the rules", "Ask it in words, in the browser or with `spiffcast ask`."),
    };
    Finding {
        severity: Severity::Error,
        code: "intent_not_simulated".to_owned(),
        field: "intent".to_owned(),
        message: format!("{what} is understood, but not forecast yet."),
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
