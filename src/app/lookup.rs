//! The answer to a question about the rules: clauses quoted with their place, in the
//! words that people agreed to. Adds nothing of its own.

use spiffcast_engine::company::Company;

use crate::answer::Citation;

/// Headline and text.
pub fn tell(citations: &[Citation], company: &Company) -> (String, String) {
    let Some(first) = citations.first() else {
        return ("The rules do not say.".to_owned(), "No clause in force speaks of that.".to_owned());
    };
    let name = |id: &str| company.program(id).map_or(id, |p| p.name()).to_owned();
    let headline = format!("{}, version {}, §{} says:", name(&first.program), first.version, first.clause);
    let quoted = |c: &Citation| format!("{} v{} §{}: “{}”", name(&c.program), c.version, c.clause, c.quote);
    (headline, citations.iter().map(quoted).collect::<Vec<_>>().join("\n\n"))
}
