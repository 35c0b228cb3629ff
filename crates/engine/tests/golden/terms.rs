//! The programs of an example: its blocks laid over those of its page, read by the
//! product's own reader of program files, and the changes of a scenario over them.

use spiffcast_engine::calendar::Span;
use spiffcast_engine::company::Company;
use spiffcast_engine::finding::SourceFinding;
use spiffcast_engine::programs::{ProgramVersion, RuleBook, Terms, assemble, front_matter};

use crate::company::day;
use crate::page::Example;

/// One version and the keys it was read from.
pub struct Version {
    keys: toml::Table,
    read: ProgramVersion,
}

/// The versions of an example, in the order of the page.
///
/// # Errors
/// What the reader of program files finds.
pub fn versions(defaults: &toml::Table, example: &Example) -> Result<Vec<Version>, String> {
    let none = [toml::Table::new()];
    let blocks: &[_] = if example.programs.is_empty() { &none } else { &example.programs };
    let read = |block: &toml::Table| {
        let keys = over(defaults, block);
        Ok(Version { read: parse(&keys)?, keys })
    };
    blocks.iter().map(read).collect()
}

impl Version {
    /// The terms.
    pub fn terms(&self) -> &Terms {
        &self.read.terms
    }

    /// The program.
    pub fn program(&self) -> &str {
        &self.read.program
    }
}

/// The keys of `upper`, and of `lower` where it has none.
fn over(lower: &toml::Table, upper: &toml::Table) -> toml::Table {
    let mut keys = lower.clone();
    keys.extend(upper.clone());
    keys
}

/// Through the reader of program files, as the file it would stand in.
fn parse(keys: &toml::Table) -> Result<ProgramVersion, String> {
    let id = keys.get("id").and_then(toml::Value::as_str).unwrap_or("unnamed");
    let version = keys.get("version").and_then(toml::Value::as_integer).unwrap_or(1);
    let front = toml::to_string(keys).map_err(|e| e.to_string())?;
    let text = format!("+++\n{front}+++\n\n## 1 Terms\n\n**1.1** As above.\n");
    let (read, findings) =
        front_matter::parse(&format!("programs/{id}/v{version}.md"), &text).map_err(tell)?;
    if findings.is_empty() { Ok(read) } else { Err(tell(findings)) }
}

fn tell(findings: Vec<SourceFinding>) -> String {
    let all: Vec<String> = findings
        .iter()
        .map(|f| format!("{} {}: {}", f.file, f.column.as_deref().unwrap_or_default(), f.message))
        .collect();
    all.join("; ")
}

/// Puts the programs into the company and gives the rules with all changes laid over.
///
/// # Errors
/// Versions that do not fit together, or a change that cannot be read.
pub fn rules(versions: &[Version], example: &Example, company: &mut Company) -> Result<RuleBook, String> {
    let read = versions.iter().map(|v| v.read.clone()).collect();
    company.programs = assemble::assemble(read, company.calendar).map_err(tell)?;
    let mut book = RuleBook::of(&company.programs);
    for lever in &example.levers {
        lay_over(&mut book, versions, lever.clone(), company)?;
    }
    Ok(book)
}

/// A change holds from `from` to `to`, for `partners` or everybody; its other keys
/// replace those of the versions, and `pause = true` stops pay.
fn lay_over(
    book: &mut RuleBook,
    versions: &[Version],
    mut lever: toml::Table,
    company: &Company,
) -> Result<(), String> {
    let text = |value: Option<toml::Value>, key: &str| match value {
        Some(toml::Value::String(text)) => Ok(text),
        _ => Err(format!("a lever needs `{key}` as text")),
    };
    let program =
        lever.remove("program").map_or(Ok(versions[0].program().to_owned()), |p| text(Some(p), "program"))?;
    let (from, to) = (text(lever.remove("from"), "from")?, text(lever.remove("to"), "to")?);
    let audience = lever.remove("partners").map(|list| audience(&list, company)).transpose()?;
    let pause = lever.remove("pause").and_then(|p| p.as_bool()).unwrap_or(false);
    let changed = |v: &Version| Ok((v.terms().effective, parse(&over(&v.keys, &lever))?.terms));
    let of_program = versions.iter().filter(|v| v.program() == program);
    let changed: Vec<(Span, Terms)> = of_program.map(changed).collect::<Result<_, String>>()?;
    let rules = book.program_mut(&program).ok_or_else(|| format!("no program is named `{program}`"))?;
    rules.overlay(Span::new(day(&from)?, day(&to)?), audience.as_deref(), |terms| {
        let of_version = changed.iter().find(|(span, _)| !pause && *span == terms.effective);
        of_version.map(|(_, terms)| terms.clone())
    });
    Ok(())
}

fn audience(list: &toml::Value, company: &Company) -> Result<Vec<bool>, String> {
    let mut audience = vec![false; company.catalog.partners.len()];
    for id in list.as_array().into_iter().flatten().filter_map(toml::Value::as_str) {
        audience[company.catalog.partner(id).ok_or_else(|| format!("no partner is named `{id}`"))?] = true;
    }
    Ok(audience)
}
