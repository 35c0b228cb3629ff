//! Who is asking. Made from a session, a key or the terminal; never from what a
//! request says about itself.

use super::roles::{Permission, Role};

/// How somebody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// The command line of the machine that holds the data.
    Terminal,
    /// A browser session: the name of the session, which is not its token.
    Session(String),
    /// An API key.
    Key {
        /// Name of the key in lists and in the trail; not the key.
        id: String,
        /// What the key may do at most.
        scopes: Vec<Permission>,
    },
}

/// Somebody who asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Identifier of the user; 0 at the terminal.
    pub user: i64,
    /// What the person signs in with.
    pub login: String,
    /// Name on pages.
    pub name: String,
    /// What the person is here for.
    pub role: Role,
    /// The partner that a [`Role::Partner`] belongs to.
    pub partner: Option<String>,
    /// Regions that a manager is limited to; empty for all.
    pub regions: Vec<String>,
    /// How the person came in.
    pub via: Via,
    /// Whether a new password has to be chosen before anything else.
    pub must_change: bool,
}

impl Who {
    /// Whoever sits at the terminal: who can read the data folder can do anything
    /// with it.
    pub fn terminal() -> Self {
        Self {
            user: 0,
            login: "terminal".to_owned(),
            name: "Terminal".to_owned(),
            role: Role::Administrator,
            partner: None,
            regions: Vec::new(),
            via: Via::Terminal,
            must_change: false,
        }
    }

    /// The regions that this one is limited to; `None`: sees the whole company. Whoever has
    /// some is limited, whatever else is said of them.
    pub fn limited_to(&self) -> Option<&[String]> {
        (!self.regions.is_empty()).then_some(self.regions.as_slice())
    }

    /// Whether this one may do it: by the role, and by the scopes of the key where
    /// one is used. The terminal is not asked.
    pub fn may(&self, permission: Permission) -> bool {
        let by_key = match &self.via {
            Via::Key { scopes, .. } => scopes.contains(&permission) && permission.can_be_scope(),
            Via::Session(_) | Via::Terminal => true,
        };
        by_key && self.role.may(permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_narrows_and_never_widens() {
        let scopes = vec![Permission::Ask, Permission::OwnAccount, Permission::UsersManage];
        let by_key =
            |role| Who { role, via: Via::Key { id: "k".into(), scopes: scopes.clone() }, ..Who::terminal() };
        assert!(by_key(Role::Manager).may(Permission::Ask));
        assert!(!by_key(Role::Manager).may(Permission::AnswersRead), "not in the key's scopes");
        assert!(!by_key(Role::Auditor).may(Permission::Ask), "not in the role");
        assert!(!by_key(Role::Manager).may(Permission::OwnAccount), "no key manages accounts");
        assert!(!by_key(Role::Administrator).may(Permission::UsersManage), "nor users");
    }
}
