//! The one table of who may do what. What is not in [`Role::permissions`] is denied.

use std::fmt;
use std::str::FromStr;

/// What somebody is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Runs the channel: asks, keeps, reports.
    Manager,
    /// Designs programs: asks, keeps, reports.
    Designer,
    /// Sells under the programs: sees its own earnings.
    Partner,
    /// Watches what programs cost.
    Finance,
    /// Reads everything, changes nothing.
    Auditor,
    /// Manages users, keys and data.
    Administrator,
}

impl Role {
    /// Every role, in the order of pages.
    pub const ALL: [Self; 6] =
        [Self::Manager, Self::Designer, Self::Partner, Self::Finance, Self::Auditor, Self::Administrator];

    /// The word of the database, the terminal and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Designer => "designer",
            Self::Partner => "partner",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The name on pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Manager => "Channel manager",
            Self::Designer => "Program designer",
            Self::Partner => "Partner",
            Self::Finance => "Finance",
            Self::Auditor => "Auditor",
            Self::Administrator => "Administrator",
        }
    }

    /// Everything that the role may do.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::*;
        match self {
            Self::Manager | Self::Designer => &[
                Ask,
                AnswersRead,
                AnswersAnnotate,
                ReportsExport,
                ProgramsRead,
                AccuracyRead,
                AccuracyCompute,
                EarningsAny,
                DisputesRead,
                DataRead,
                DraftsRead,
                DraftsWrite,
                ApiDescribe,
                OwnAccount,
            ],
            Self::Partner => &[EarningsOwn, DisputesOwn, OwnAccount],
            Self::Finance => &[
                AnswersRead,
                ReportsExport,
                ProgramsRead,
                AccuracyRead,
                EarningsAny,
                DisputesRead,
                DisputesAnswer,
                DataRead,
                DraftsRead,
                DraftsDecide,
                ApiDescribe,
                OwnAccount,
            ],
            Self::Auditor => &[
                AnswersRead,
                ReportsExport,
                ProgramsRead,
                AccuracyRead,
                EarningsAny,
                DisputesRead,
                DataRead,
                DraftsRead,
                AuditRead,
                ApiDescribe,
                OwnAccount,
            ],
            Self::Administrator => &[UsersManage, AuditRead, DataRead, DataImport, ApiDescribe, OwnAccount],
        }
    }

    /// Whether the role may do it.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role or no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no {kind}; there are {known}")]
pub struct UnknownWord {
    word: String,
    kind: &'static str,
    known: String,
}

fn unknown(word: &str, kind: &'static str, known: impl Iterator<Item = &'static str>) -> UnknownWord {
    UnknownWord { word: word.to_owned(), kind, known: known.collect::<Vec<_>>().join(", ") }
}

impl FromStr for Role {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == word.trim());
        found.ok_or_else(|| unknown(word, "role", Self::ALL.into_iter().map(Self::as_str)))
    }
}

/// Something that can be done here. Every route names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Ask what-if questions, simulate scenarios, answer again, compare.
    Ask,
    /// Read answers and scenarios of everyone.
    AnswersRead,
    /// Write notes and tags on answers, put them away.
    AnswersAnnotate,
    /// Take answers away as files.
    ReportsExport,
    /// Read programs, their terms and clauses.
    ProgramsRead,
    /// Read how good forecasts have been.
    AccuracyRead,
    /// Have the track record computed.
    AccuracyCompute,
    /// See what one's own company has earned.
    EarningsOwn,
    /// See what any partner has earned.
    EarningsAny,
    /// Dispute lines of one's own statement, and say more there.
    DisputesOwn,
    /// Read the disputes of all partners.
    DisputesRead,
    /// Answer and close disputes.
    DisputesAnswer,
    /// Read the description of the API.
    ApiDescribe,
    /// Change one's own password, sessions and keys.
    OwnAccount,
    /// Add and disable users, reset passwords.
    UsersManage,
    /// See what data serves and how whole it is.
    DataRead,
    /// Bring in data.
    DataImport,
    /// Read the audit trail.
    AuditRead,
    /// Read drafts of program versions and what was decided about them.
    DraftsRead,
    /// Make, edit, submit and withdraw drafts of program versions.
    DraftsWrite,
    /// Approve and reject drafts that somebody else made.
    DraftsDecide,
}

impl Permission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 21] = [
        Self::Ask,
        Self::AnswersRead,
        Self::AnswersAnnotate,
        Self::ReportsExport,
        Self::ProgramsRead,
        Self::AccuracyRead,
        Self::AccuracyCompute,
        Self::EarningsOwn,
        Self::EarningsAny,
        Self::DisputesOwn,
        Self::DisputesRead,
        Self::DisputesAnswer,
        Self::ApiDescribe,
        Self::OwnAccount,
        Self::UsersManage,
        Self::DataRead,
        Self::DataImport,
        Self::AuditRead,
        Self::DraftsRead,
        Self::DraftsWrite,
        Self::DraftsDecide,
    ];

    /// The word of the table, of scopes and of refusals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::AnswersRead => "answers-read",
            Self::AnswersAnnotate => "answers-annotate",
            Self::ReportsExport => "reports-export",
            Self::ProgramsRead => "programs-read",
            Self::AccuracyRead => "accuracy-read",
            Self::AccuracyCompute => "accuracy-compute",
            Self::EarningsOwn => "earnings-own",
            Self::EarningsAny => "earnings-any",
            Self::DisputesOwn => "disputes-own",
            Self::DisputesRead => "disputes-read",
            Self::DisputesAnswer => "disputes-answer",
            Self::ApiDescribe => "api-describe",
            Self::OwnAccount => "own-account",
            Self::UsersManage => "users-manage",
            Self::DataRead => "data-read",
            Self::DataImport => "data-import",
            Self::AuditRead => "audit-read",
            Self::DraftsRead => "drafts-read",
            Self::DraftsWrite => "drafts-write",
            Self::DraftsDecide => "drafts-decide",
        }
    }

    /// What it lets somebody do, for pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ask => "ask what-if questions",
            Self::AnswersRead => "read answers and scenarios",
            Self::AnswersAnnotate => "write notes and tags",
            Self::ReportsExport => "take reports away as files",
            Self::ProgramsRead => "read programs and what they cost",
            Self::AccuracyRead => "read how good forecasts were",
            Self::AccuracyCompute => "have past changes forecast again",
            Self::EarningsOwn => "see what the own company has earned",
            Self::EarningsAny => "see what any partner has earned",
            Self::DisputesOwn => "dispute lines of the own statement",
            Self::DisputesRead => "read disputes",
            Self::DisputesAnswer => "answer disputes",
            Self::ApiDescribe => "read the description of the API",
            Self::OwnAccount => "change the own account",
            Self::UsersManage => "manage people and their roles",
            Self::DataRead => "see what data serves",
            Self::DataImport => "bring in data",
            Self::AuditRead => "read the audit trail",
            Self::DraftsRead => "read drafts of changes and what was decided",
            Self::DraftsWrite => "draft changes and hand them in",
            Self::DraftsDecide => "approve or reject what others drafted",
        }
    }

    /// Whether an API key can carry it. A key never manages people, passwords or
    /// other keys: whoever finds one could make itself at home. Nor does it decide: an
    /// approval is somebody's word. Disputes are between people, and have no operation.
    pub fn can_be_scope(self) -> bool {
        let people = [Self::DisputesOwn, Self::DisputesRead, Self::DisputesAnswer];
        !matches!(self, Self::OwnAccount | Self::UsersManage | Self::DraftsDecide) && !people.contains(&self)
    }

    /// What a key of this role may carry.
    pub fn scopes_of(role: Role) -> impl Iterator<Item = Self> {
        role.permissions().iter().copied().filter(|p| p.can_be_scope())
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|permission| permission.as_str() == word.trim());
        found.ok_or_else(|| unknown(word, "permission", Self::ALL.into_iter().map(Self::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_what_they_name() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(permission));
        }
        let error = "root".parse::<Role>().expect_err("no role");
        assert!(error.to_string().contains("manager, designer, partner"), "{error}");
    }

    #[test]
    fn an_auditor_changes_nothing_and_a_partner_sees_its_own_alone() {
        use Permission::*;
        let changes = [
            Ask,
            AnswersAnnotate,
            AccuracyCompute,
            DisputesOwn,
            DisputesAnswer,
            UsersManage,
            DataImport,
            DraftsWrite,
            DraftsDecide,
        ];
        assert!(changes.into_iter().all(|p| !Role::Auditor.may(p)));
        assert_eq!(Role::Partner.permissions(), [EarningsOwn, DisputesOwn, OwnAccount]);
        assert!(Role::ALL.into_iter().filter(|r| r.may(DisputesAnswer)).eq([Role::Finance]));
        assert!(Role::ALL.into_iter().filter(|r| r.may(UsersManage)).eq([Role::Administrator]));
        let both = |r: &Role| r.may(DraftsWrite) && r.may(DraftsDecide);
        assert_eq!(Role::ALL.into_iter().find(both), None, "who drafts does not decide");
    }
}
