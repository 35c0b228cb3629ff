//! The programs of a generated company: terms, when they ran, and their text.
//! Knows nothing of sales; looks at the shocks only to confound launches on purpose.

mod catalogue;
mod clauses;
mod front_matter;
mod rules_text;
mod windows;
mod words;

use crate::terms::Version;

pub use catalogue::programs;
pub use front_matter::front_matter;

/// A version with the text that people agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramFile {
    /// Terms.
    pub version: Version,
    /// Headings with their clauses, numbered from 1.
    pub sections: Vec<(&'static str, Vec<String>)>,
}

impl ProgramFile {
    /// Path in the data folder.
    pub fn path(&self) -> String {
        format!("programs/{}/v{}.md", self.version.program, self.version.version)
    }

    /// The whole file: front matter, then clauses with bold numbers.
    pub fn markdown(&self) -> String {
        let mut text = format!("+++\n{}+++\n\n# {}\n", front_matter(&self.version), self.version.name);
        for (s, (heading, clauses)) in self.sections.iter().enumerate() {
            text.push_str(&format!("\n## {} {heading}\n", s + 1));
            for (c, clause) in clauses.iter().enumerate() {
                text.push_str(&format!("\n**{}.{}** {clause}\n", s + 1, c + 1));
            }
        }
        text
    }
}
