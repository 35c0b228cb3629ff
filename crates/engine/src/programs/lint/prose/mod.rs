use super::finding::LintFinding;
use crate::company::Company;
use crate::programs::terms::ProgramVersion;
pub(super) fn check(_version: &ProgramVersion, _company: &Company, _out: &mut Vec<LintFinding>) {}
