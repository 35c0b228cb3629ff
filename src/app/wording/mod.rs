//! Who words a summary: the template always, and the language model after it where the
//! settings ask for that. The model's words are taken only when every figure, name and
//! direction in them is the template's; it is never a source of any.

mod faithful;
mod sentence;

use spiffcast_engine::company::Company;
use spiffcast_engine::finding::{Finding, Severity};

use crate::answer::Summary;
use crate::language::{LanguageError, Usage};
use crate::state::State;

/// A summary, who worded it, and what that took.
pub struct Told {
    /// The summary.
    pub summary: Summary,
    /// Name of the model, where its words are taken.
    pub model: Option<String>,
    /// What asking the model took.
    pub usage: Usage,
    /// Why its words are not taken, where it was asked.
    pub finding: Option<Finding>,
}

/// The summary of the template.
pub fn template(headline: String, text: String) -> Summary {
    Summary { headline, text, author: "template".to_owned() }
}

/// The template's summary in the model's words, where the settings ask for them and
/// they say the same; as it is otherwise.
pub async fn word(state: &State, headline: String, text: String) -> Told {
    let asked = state.settings.llm.as_ref().is_some_and(|llm| llm.summary);
    let Some(model) = state.language.as_ref().filter(|_| asked) else {
        return Told {
            summary: template(headline, text),
            model: None,
            usage: Usage::default(),
            finding: None,
        };
    };
    let names = names(state.company());
    let said = model
        .word(&headline, &text, |worded| {
            let wrong = faithful::wrong((&headline, &text), (&worded.headline, &worded.text), &names);
            if wrong.is_empty() { Ok(()) } else { Err(wrong) }
        })
        .await;
    let usage = said.usage;
    match said.result {
        Ok(worded) => {
            let summary = Summary { headline: worded.headline, text: worded.text, author: "llm".to_owned() };
            Told { summary, model: Some(model.name().to_owned()), usage, finding: None }
        }
        Err(error) => {
            let summary = template(headline, text);
            Told { summary, model: None, usage, finding: Some(not_used(&error)) }
        }
    }
}

fn not_used(error: &LanguageError) -> Finding {
    if let Some(detail) = error.detail() {
        tracing::warn!("language model endpoint: {detail}");
    }
    let message = match error {
        LanguageError::Checks(_) => {
            "The language model's wording of the summary was refused: it does not say \
                                     what the forecast says."
                .to_owned()
        }
        _ => format!("{error}."),
    };
    Finding {
        severity: Severity::Info,
        code: "llm_summary_not_used".to_owned(),
        field: "summary".to_owned(),
        message,
        hint: "The summary is the template's.".to_owned(),
    }
}

/// Everything in the company that has a name.
fn names(company: &Company) -> Vec<String> {
    let catalog = &company.catalog;
    let programs = company.programs.iter().flat_map(|p| [p.id.clone(), p.name().to_owned()]);
    let products = catalog.products.iter().flat_map(|p| [p.sku.clone(), p.name.clone()]);
    let partners = catalog.partners.iter().flat_map(|p| [p.id.clone(), p.name.clone()]);
    let tiers = catalog.tiers().into_iter().map(str::to_owned);
    let regions = catalog.regions().into_iter().map(str::to_owned);
    programs.chain(products).chain(partners).chain(tiers).chain(regions).collect()
}
