//! What a reconciliation says: plain data in the shape of the JSON contract.
//! Decimals are strings with all digits of the minor unit; days are ISO.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::programs::cite::Cited;
use crate::sales::PayoutRole;

/// Recorded payouts against what the rules give.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Reconciliation {
    /// Last day of the data.
    pub as_of: NaiveDate,
    /// Currency of every amount.
    pub currency: String,
    /// Payout lines compared: every line that the rules give and that is not nothing,
    /// booked or not, and every booked row that is not nothing and belongs to none of
    /// them. Lines that the data cannot judge ([`Reconciliation::not_covered`]) are
    /// not among them.
    pub lines: usize,
    /// The part of `lines` whose recorded amount, rounded to the minor unit, is the
    /// one that the rules give; null when nothing was compared.
    pub share_reproduced: Option<f64>,
    /// Sums over `lines`, funds apart.
    pub payouts: Sums,
    /// Sums over `lines` of programs of kind `mdf`.
    pub funds: Sums,
    /// Every line compared that differs, by period, program, partner and role.
    pub differences: Vec<Difference>,
    /// Rows with the right amount under a wrong key; they count as reproduced.
    pub misfiled: Vec<Misfiled>,
    /// Lines that were not compared, by why.
    pub not_covered: Vec<NotCovered>,
}

/// Sums of one kind of money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sums {
    /// By the rules.
    #[schemars(with = "String")]
    pub expected: Decimal,
    /// In the books.
    #[schemars(with = "String")]
    pub recorded: Decimal,
    /// Recorded less expected.
    #[schemars(with = "String")]
    pub difference: Decimal,
}

/// A line whose recorded amount is not the one that the rules give.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// Row of the books; null where there is none.
    pub payout_id: Option<String>,
    /// Program.
    pub program_id: String,
    /// Version that the rules pay under; of a row that should not be, its own.
    pub program_version: u32,
    /// Payee.
    pub partner_id: String,
    /// Role by the rules; of a row that should not be, its own.
    pub role: PayoutRole,
    /// First day, as of a payout line.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// For period `transaction`.
    pub transaction_id: Option<String>,
    /// What the rules give.
    #[schemars(with = "String")]
    pub expected: Decimal,
    /// What the books hold; nothing for a missing row.
    #[schemars(with = "String")]
    pub recorded: Decimal,
    /// Recorded less expected.
    #[schemars(with = "String")]
    pub difference: Decimal,
    /// The first explanation that gives the recorded amount.
    pub reason: DifferenceReason,
    /// The explanation in a sentence, with its figures.
    pub detail: String,
    /// The clause it rests on.
    pub clause: Option<Cited>,
    /// Transactions that the explanation names.
    pub transactions: Vec<String>,
    /// Other explanations that give the very same amount.
    pub also_fits: Vec<DifferenceReason>,
}

/// A row that is right to the cent and stands in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Misfiled {
    /// The rows.
    pub payout_ids: Vec<String>,
    /// Program.
    pub program_id: String,
    /// Payee.
    pub partner_id: String,
    /// How they are booked and where they belong.
    pub detail: String,
}

/// Lines that were left out of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NotCovered {
    /// Why.
    pub why: NotCoveredWhy,
    /// For [`NotCoveredWhy::ProgramNotBooked`]: which.
    pub program_id: Option<String>,
    /// How many.
    pub lines: usize,
    /// How many of them agree to the cent all the same.
    pub agree: usize,
    /// Recorded less what the rules give on the data at hand.
    #[schemars(with = "String")]
    pub difference: Decimal,
    /// What it means, in a sentence.
    pub detail: String,
}

/// Why a line cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotCoveredWhy {
    /// Its period begins after the data ends.
    AfterAsOf,
    /// Not booked, in a period that is not over, by books that hold no open period of
    /// the program.
    OpenPeriod,
    /// Booked otherwise than the data give, in a period that begins before the data
    /// do, or with growth over a year that does.
    BeforeHistory,
    /// Not booked, in a period before the first or after the last one of the books.
    OutsideBooks,
    /// Not booked, under a program with a dozen lines or more of which the books hold
    /// no row at all.
    ProgramNotBooked,
}

/// What went wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceReason {
    /// Another version's rate or terms were paid.
    WrongVersionRate,
    /// Tier, region, type or status do not qualify.
    IneligiblePartnerPaid,
    /// A cap or the budget was left out.
    CapNotApplied,
    /// Sales reported after the claim window were paid.
    LateReportPaid,
    /// A parent's override, or a child's part of it, was not booked.
    OverrideMissed,
    /// A clawback, or the part of a return in it, was not booked.
    ReturnNotClawedBack,
    /// The same line is booked twice.
    PaidTwice,
    /// Another way of rounding.
    Rounding,
    /// Paid below the minimum.
    MinimumIgnored,
    /// Marginal tiers read as retroactive, or the reverse.
    TierMisread,
    /// Paid as if there were no accelerator.
    AcceleratorMissed,
    /// Paid as if growth did not matter.
    GrowthIgnored,
    /// The target of the terms instead of the partner's own.
    TargetMisread,
    /// Sales were paid that another program of the stacking group pays.
    SupersededProgramPaid,
    /// Paid without an approved deal registration.
    RegistrationMissingPaid,
    /// Paid for a customer who had bought before.
    ExistingCustomerPaid,
    /// Paid for deals that lack a SKU of the bundle.
    IncompleteBundlePaid,
    /// Paid for days outside the version's dates.
    OutsideDatesPaid,
    /// The right amount with the wrong sign.
    WrongSign,
    /// Due, and not booked.
    Missing,
    /// Booked, and nothing is due; no explanation was found.
    Surplus,
    /// Not looked into: there were too many differences.
    NotExamined,
    /// No explanation gives the recorded amount.
    Unknown,
}

impl DifferenceReason {
    /// The word of the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongVersionRate => "wrong_version_rate",
            Self::IneligiblePartnerPaid => "ineligible_partner_paid",
            Self::CapNotApplied => "cap_not_applied",
            Self::LateReportPaid => "late_report_paid",
            Self::OverrideMissed => "override_missed",
            Self::ReturnNotClawedBack => "return_not_clawed_back",
            Self::PaidTwice => "paid_twice",
            Self::Rounding => "rounding",
            Self::MinimumIgnored => "minimum_ignored",
            Self::TierMisread => "tier_misread",
            Self::AcceleratorMissed => "accelerator_missed",
            Self::GrowthIgnored => "growth_ignored",
            Self::TargetMisread => "target_misread",
            Self::SupersededProgramPaid => "superseded_program_paid",
            Self::RegistrationMissingPaid => "registration_missing_paid",
            Self::ExistingCustomerPaid => "existing_customer_paid",
            Self::IncompleteBundlePaid => "incomplete_bundle_paid",
            Self::OutsideDatesPaid => "outside_dates_paid",
            Self::WrongSign => "wrong_sign",
            Self::Missing => "missing",
            Self::Surplus => "surplus",
            Self::NotExamined => "not_examined",
            Self::Unknown => "unknown",
        }
    }
}

/// An amount with all digits of the minor unit, and more only where it has them.
pub(super) fn in_full(amount: Decimal, digits: u32) -> Decimal {
    let mut amount = amount.normalize();
    amount.rescale(amount.scale().max(digits));
    amount
}

/// `1 row`, `2 rows`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
