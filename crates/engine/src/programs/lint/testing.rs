//! Program files in memory and what the lint says about them. For tests only.

use std::collections::BTreeMap;

use super::finding::{LintCode, LintFinding};
use super::lint;
use crate::company::Company;
use crate::programs::front_matter::parse;
use crate::programs::terms::{Program, Terms};
use crate::programs::testing::{World, day};

type Tweak = Box<dyn Fn(&mut Terms)>;

/// Files of programs beside a small company. Data end on 2026-06-30.
pub struct Files {
    /// Partners, products, sales.
    pub world: World,
    texts: BTreeMap<(String, u32), String>,
    tweaks: Vec<(String, u32, Tweak)>,
}

impl Files {
    /// No files.
    pub fn new() -> Self {
        Self { world: World::new(), texts: BTreeMap::new(), tweaks: Vec::new() }
    }

    /// One program `p` for 2026 whose terms go on, from line 11, with `more`.
    pub fn one(more: &str) -> Self {
        let mut files = Self::new();
        files.version("p", 1, ("2026-01-01", "2026-12-31"), more);
        files
    }

    /// A version: $10 a unit and month on lines 2 to 10, `more` from line 11.
    pub fn version(&mut self, program: &str, number: u32, (from, to): (&str, &str), more: &str) {
        let more = if more.is_empty() { String::new() } else { format!("{more}\n") };
        let text = format!(
            "+++\nid = \"{program}\"\nversion = {number}\nname = \"Program {program}\"\nkind = \"spiff\"\ncurrency = \"USD\"\neffective = {{ from = \"{from}\", to = \"{to}\" }}\nmeasure = \"units\"\nperiod = \"month\"\nrate = {{ per_unit = \"10.00\" }}\n{more}+++\n\n## 1 Purpose\n\n1.1 Sell more.\n"
        );
        self.texts.insert((program.into(), number), text);
    }

    /// Replaces words of a file.
    pub fn change(&mut self, program: &str, number: u32, what: &str, by: &str) {
        let text = self.texts.get_mut(&(program.into(), number)).expect("a file");
        assert!(text.contains(what), "{what} is not in {text}");
        *text = text.replace(what, by);
    }

    /// As [`Files::change`] for program `p`, version 1, in one expression.
    pub fn with(mut self, what: &str, by: &str) -> Self {
        self.change("p", 1, what, by);
        self
    }

    /// Changes terms after the file was read, for what its reader would refuse.
    pub fn terms(&mut self, program: &str, number: u32, tweak: impl Fn(&mut Terms) + 'static) {
        self.tweaks.push((program.into(), number, Box::new(tweak)));
    }

    /// The company with the programs of the files, as they are read.
    pub fn company(&self) -> Company {
        let mut company = self.world.company();
        company.as_of = day("2026-06-30");
        for ((program, number), text) in &self.texts {
            let file = format!("programs/{program}/v{number}.md");
            let (mut version, _) = parse(&file, text).unwrap_or_else(|e| panic!("{e:?}"));
            for (_, _, tweak) in self.tweaks.iter().filter(|(p, n, _)| p == program && n == number) {
                tweak(&mut version.terms);
            }
            match company.programs.last_mut() {
                Some(last) if last.id == *program => last.versions.push(version),
                _ => company.programs.push(Program { id: program.clone(), versions: vec![version] }),
            }
        }
        company
    }

    /// Everything the lint finds on 2026-07-01.
    pub fn lint(&self) -> Vec<LintFinding> {
        let company = self.company();
        lint(&company, company.today())
    }
}

/// Exactly one finding of a code, at `PROGRAM/vN.md:LINE`, whose message says something.
pub fn fires(files: &Files, code: LintCode, at: &str, says: &str) {
    let all: Vec<LintFinding> = files.lint().into_iter().filter(|f| f.code == code).collect();
    assert_eq!(all.len(), 1, "{all:#?}");
    let place = format!("{}:{}", all[0].file, all[0].line.unwrap_or(0));
    assert_eq!(place, format!("programs/{at}"), "{all:#?}");
    assert!(all[0].message.contains(says), "{:?} lacks {says:?}", all[0].message);
    assert!(!all[0].hint.is_empty());
}

/// No finding of a code.
pub fn silent(files: &Files, code: LintCode) {
    let all: Vec<LintFinding> = files.lint().into_iter().filter(|f| f.code == code).collect();
    assert_eq!(all, [], "{all:#?}");
}
