//! The people of the demo: one of each role, entered with one click. They have no
//! password, and outside of the demo they do not exist.

use spiffcast_engine::company::Company;

use super::sign_in::{Begun, CameFrom};
use super::{Accounts, IdentityError, Result, row};
use crate::auth::Role;
use crate::store::{UserChange, UserRow};

impl Accounts {
    /// Comes in as one of the demo's people.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] outside of the demo.
    pub async fn enter_as(&self, role: Role, company: &Company, came: &CameFrom) -> Result<Begun> {
        if !self.is_demo() {
            return Err(IdentityError::NotFound("There are no personas outside of the demo.".to_owned()));
        }
        let partner =
            match role {
                Role::Partner => Some(partner(company).ok_or_else(|| {
                    IdentityError::NotFound("This company has no partner to be.".to_owned())
                })?),
                _ => None,
            };
        let (id, name) = match partner {
            Some((id, name)) => (Some(id), name),
            None => (None, format!("Demo {}", role.title().to_lowercase())),
        };
        let login = format!("demo-{role}");
        let at = self.at();
        let kept = match self.store.user(&login).await? {
            Some(user) => Some(user),
            None => {
                let user = persona(&login, name, role, id.clone(), self.now());
                self.store
                    .add_user(&user, &row(&at, "", "user_added", &login, r#"{"persona":true}"#))
                    .await?;
                self.store.user(&login).await?
            }
        };
        let mut user = kept
            .filter(|u| u.persona)
            .ok_or_else(|| IdentityError::Internal(format!("{login} is somebody else's login")))?;
        if user.partner != id {
            let (role, regions) = (role.as_str().to_owned(), "[]".to_owned());
            let change = UserChange::Role { role, partner: id.clone(), regions };
            self.store.change_user(user.id, &change, &row(&at, "", "user_changed", &login, "{}")).await?;
            user.partner = id;
        }
        self.begin(user, "sign_in", came).await
    }
}

/// The partner of the demo's partner persona: the first one that sells.
fn partner(company: &Company) -> Option<(String, String)> {
    let partners = &company.catalog.partners;
    let found = partners.iter().find(|p| p.active).or(partners.first())?;
    Some((found.id.clone(), found.name.clone()))
}

fn persona(login: &str, name: String, role: Role, partner: Option<String>, now: i64) -> UserRow {
    UserRow {
        id: 0,
        login: login.to_owned(),
        name,
        role: role.as_str().to_owned(),
        partner,
        regions: "[]".to_owned(),
        password: None,
        must_change: false,
        persona: true,
        disabled: false,
        created_at: now,
    }
}
