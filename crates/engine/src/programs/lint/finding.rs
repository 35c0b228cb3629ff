//! What the lint found: plain data, the same in JSON, in text and in tests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Severity;
use crate::programs::terms::ProgramVersion;

/// One thing about the programs that somebody should change or know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LintFinding {
    /// How bad. Errors are wrong whatever was meant; warnings are probably not meant.
    pub severity: Severity,
    /// Which check.
    pub code: LintCode,
    /// Program.
    pub program: String,
    /// Version whose file it stands in.
    pub version: u32,
    /// File of that version, relative to the data folder.
    pub file: String,
    /// Line in the file, from 1, where known.
    pub line: Option<usize>,
    /// Number of the clause, where the finding is about the text.
    pub clause: Option<String>,
    /// What is wrong, with the figures.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// The checks, by the name that programs can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LintCode {
    /// Two versions hold the same day.
    VersionsOverlap,
    /// Days between versions belong to none.
    VersionsGapped,
    /// Versions of one fiscal period count differently.
    PeriodShared,
    /// A version takes effect before one with a lower number.
    VersionsOutOfOrder,
    /// `effective.from` is after `effective.to`.
    DatesReversed,
    /// No version holds today.
    NotInForce,
    /// A currency other than the company's.
    CurrencyForeign,
    /// A tier that does not begin above the one before.
    TiersNotAscending,
    /// A tier that pays less than the one before.
    TierRateFalls,
    /// A tier that never changes what is paid.
    TierWithoutEffect,
    /// A tier that no partner ever reached.
    TierNeverReached,
    /// A minimum below which nothing is paid anyway.
    MinimumWithoutEffect,
    /// A cap or budget that cuts the first unit.
    CapBelowOneUnit,
    /// A cap that another one always undercuts.
    CapWithoutEffect,
    /// A budget that one period uses up.
    BudgetBelowOnePeriod,
    /// A target that (nearly) everybody reaches.
    TargetAlwaysReached,
    /// A target that (nearly) nobody reaches.
    TargetNeverReached,
    /// A target that nothing depends on.
    TargetWithoutEffect,
    /// An accelerator that no partner has a target for.
    AcceleratorWithoutTarget,
    /// Most reports come in after the claims deadline.
    ClaimsMostlyLate,
    /// A tier that no partner holds or held.
    TierUnknown,
    /// A region without partners.
    RegionUnknown,
    /// A partner type without partners.
    PartnerTypeUnknown,
    /// A SKU that is not in the products.
    SkuUnknown,
    /// A family without products.
    FamilyUnknown,
    /// A SKU of the bundle that the program does not cover.
    BundleSkuNotCovered,
    /// An override, but no parents among those concerned.
    OverrideWithoutParents,
    /// Members of a stacking group that disagree or tie.
    StackingUnclear,
    /// What the programs in force pay on a unit exceeds its margin.
    StacksBeyondMargin,
    /// The text has a figure, a day or a name that the terms do not have.
    ClauseContradictsTerms,
}

impl LintFinding {
    /// A finding about a key of a version's terms; the line is that of the key, or
    /// of the table around it.
    pub(super) fn at(
        code: LintCode,
        severity: Severity,
        version: &ProgramVersion,
        key: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code,
            program: version.program.clone(),
            version: version.version,
            file: version.file.clone(),
            line: version.lines.key(key),
            clause: None,
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl LintCode {
    /// The name as JSON has it.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => format!("{self:?}"),
        }
    }
}
