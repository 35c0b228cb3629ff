//! People: added, disabled, given a new password or another role by somebody who may.
//! Nobody is ever deleted: the trail names logins, and a login is never somebody else's.

use std::collections::BTreeMap;

use spiffcast_engine::company::Company;

use super::{Accounts, IdentityError, Result, row};
use crate::auth::{Role, Who, password, token};
use crate::store::{UserChange, UserRow};

/// Most characters of a login.
const LOGIN_CHARS_MAX: usize = 80;
/// Most characters of a name.
const NAME_CHARS_MAX: usize = 100;

/// Somebody to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// What the person signs in with.
    pub login: String,
    /// Name on pages; the login where empty.
    pub name: String,
    /// What the person is here for.
    pub role: Role,
    /// Partner of role partner.
    pub partner: Option<String>,
    /// Regions that a manager is limited to.
    pub regions: Vec<String>,
}

/// Somebody as lists show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What the person signs in with.
    pub login: String,
    /// Name on pages.
    pub name: String,
    /// What the person is here for.
    pub role: Role,
    /// Partner of role partner.
    pub partner: Option<String>,
    /// Regions that a manager is limited to.
    pub regions: Vec<String>,
    /// Whether the person may not come in.
    pub disabled: bool,
    /// Whether a new password is due at the next sign-in.
    pub must_change: bool,
}

/// What people are called on pages.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The name of who signs in with a login; with the login where several have the name,
    /// and the login alone where there is none.
    pub fn of(&self, login: &str) -> String {
        let Some(name) = self.0.get(login) else { return login.to_owned() };
        let shared = self.0.values().filter(|other| *other == name).count() > 1;
        if shared { format!("{name} ({login})") } else { name.clone() }
    }
}

/// A first password.
#[derive(Clone)]
pub enum FirstPassword {
    /// Chosen by the person, or by who adds it.
    Chosen(String),
    /// Made here, given back once, and to be changed at the first sign-in.
    OneTime,
}

impl Accounts {
    /// Adds somebody; gives back the password that was made, to be shown once.
    ///
    /// # Errors
    /// [`IdentityError::Unfit`] with what is wrong.
    pub async fn add_user(&self, by: &Who, new: NewUser, first: FirstPassword) -> Result<Option<String>> {
        let login = login(&new.login)?;
        let name = if new.name.trim().is_empty() { login.clone() } else { new.name.trim().to_owned() };
        if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            return unfit(format!("A name may have {NAME_CHARS_MAX} characters, without line breaks."));
        }
        belongs(&new)?;
        let (chosen, made) = first_password(first, &login)?;
        let user = UserRow {
            id: 0,
            name,
            role: new.role.as_str().to_owned(),
            partner: new.partner.clone(),
            regions: json(&new.regions)?,
            password: Some(self.passwords.hash(&chosen).await?),
            must_change: made.is_some(),
            persona: false,
            disabled: false,
            created_at: self.now(),
            login: login.clone(),
        };
        let told = serde_json::json!({ "role": user.role, "partner": new.partner, "regions": new.regions });
        let told = told.to_string();
        let added =
            self.store.add_user(&user, &row(&self.at(), &by.login, "user_added", &login, &told)).await?;
        match added {
            Some(_) => Ok(made),
            None => unfit(format!("There is somebody with the login {login} already. Choose another.")),
        }
    }

    /// Everybody, by login.
    pub async fn people(&self) -> Result<Vec<Person>> {
        self.store.users().await?.into_iter().map(person).collect()
    }

    /// What people are called on pages, by login.
    pub async fn names(&self) -> Result<Names> {
        let names = self.store.user_names().await?;
        Ok(Names(names.into_iter().filter(|(_, name)| !name.trim().is_empty()).collect()))
    }

    /// Keeps somebody out, or lets them in again. All their sessions end; their keys do
    /// not work while they are out.
    pub async fn set_disabled(&self, by: &Who, login: &str, disabled: bool) -> Result<()> {
        let user = self.somebody(login).await?;
        if disabled && user.id == by.user {
            return unfit("You cannot disable yourself; let another administrator do it.".to_owned());
        }
        let action = if disabled { "user_disabled" } else { "user_enabled" };
        let at = self.at();
        let told = &row(&at, &by.login, action, &user.login, "{}");
        Ok(self.store.change_user(user.id, &UserChange::Disabled(disabled), told).await?)
    }

    /// Gives somebody another role. All their sessions end; keys keep only what the new
    /// role may do.
    pub async fn set_role(&self, by: &Who, login: &str, new: &NewUser) -> Result<()> {
        let user = self.somebody(login).await?;
        if user.id == by.user {
            return unfit("You cannot change your own role; let another administrator do it.".to_owned());
        }
        belongs(new)?;
        let change = UserChange::Role {
            role: new.role.as_str().to_owned(),
            partner: new.partner.clone(),
            regions: json(&new.regions)?,
        };
        let had: serde_json::Value = serde_json::from_str(&user.regions).unwrap_or_default();
        let told = serde_json::json!({
            "from": { "role": user.role, "partner": user.partner, "regions": had },
            "to": { "role": new.role.as_str(), "partner": new.partner, "regions": new.regions },
        });
        let told = told.to_string();
        let at = self.at();
        let told = &row(&at, &by.login, "user_changed", &user.login, &told);
        Ok(self.store.change_user(user.id, &change, told).await?)
    }

    /// Gives somebody a new password; gives back the one that was made, to be shown
    /// once. All their sessions end.
    pub async fn set_password(&self, by: &Who, login: &str, first: FirstPassword) -> Result<Option<String>> {
        let user = self.somebody(login).await?;
        let (chosen, made) = first_password(first, &user.login)?;
        let hash = self.passwords.hash(&chosen).await?;
        let change = UserChange::Password { hash, must_change: made.is_some(), keep: None };
        let at = self.at();
        let told = &row(&at, &by.login, "password_reset", &user.login, "{}");
        self.store.change_user(user.id, &change, told).await?;
        Ok(made)
    }

    pub(super) async fn somebody(&self, login: &str) -> Result<UserRow> {
        let found = self.store.user(&login.trim().to_lowercase()).await?.filter(|u| !u.persona);
        found.ok_or_else(|| IdentityError::NotFound(format!("There is nobody with the login {login}.")))
    }
}

/// Whether the company knows the partner and the regions of somebody.
///
/// # Errors
/// [`IdentityError::Unfit`] with what is not known.
pub fn is_known(new: &NewUser, company: &Company) -> Result<()> {
    if let Some(partner) = &new.partner
        && company.catalog.partner(partner).is_none()
    {
        return unfit(format!("{partner:?} is no partner of the data that serves, such as P-0042."));
    }
    let regions = company.catalog.regions();
    match new.regions.iter().find(|r| !regions.contains(&r.as_str())) {
        Some(region) => unfit(format!("{region:?} is no region; there are {}.", regions.join(", "))),
        None => Ok(()),
    }
}

fn unfit<T>(text: String) -> Result<T> {
    Err(IdentityError::Unfit(text))
}

fn login(typed: &str) -> Result<String> {
    let login = typed.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if login.is_empty() || login.len() > LOGIN_CHARS_MAX || !login.chars().all(plain) {
        return unfit(format!(
            "A login is up to {LOGIN_CHARS_MAX} letters, digits and . - _ @ +, such as ana or ana@example.com."
        ));
    }
    if login.starts_with("demo-") || ["terminal", "unknown"].contains(&login.as_str()) {
        return unfit(format!("{login} is taken by Spiffcast itself. Choose another login."));
    }
    Ok(login)
}

/// A partner has a partner, a manager may have regions, and nobody else has either.
fn belongs(new: &NewUser) -> Result<()> {
    let is_partner = new.role == Role::Partner;
    if is_partner && new.partner.is_none() {
        return unfit("Say which partner: somebody of role partner sees its own earnings.".to_owned());
    }
    if !is_partner && new.partner.is_some() {
        return unfit("Only somebody of role partner belongs to a partner.".to_owned());
    }
    if new.role != Role::Manager && !new.regions.is_empty() {
        return unfit("Only a manager can be limited to regions.".to_owned());
    }
    Ok(())
}

/// The password to hash, and the one to show.
fn first_password(first: FirstPassword, login: &str) -> Result<(String, Option<String>)> {
    match first {
        FirstPassword::Chosen(chosen) => {
            password::check(&chosen, login)?;
            Ok((chosen, None))
        }
        FirstPassword::OneTime => {
            let made = token::one_time_password()?;
            Ok((made.clone(), Some(made)))
        }
    }
}

fn json(regions: &[String]) -> Result<String> {
    serde_json::to_string(regions).map_err(|e| IdentityError::Internal(e.to_string()))
}

fn person(user: UserRow) -> Result<Person> {
    let who = super::who(user.clone(), crate::auth::Via::Terminal)?;
    Ok(Person {
        login: who.login,
        name: who.name,
        role: who.role,
        partner: who.partner,
        regions: who.regions,
        disabled: user.disabled,
        must_change: user.must_change,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_called_by_their_name_and_told_apart() {
        let names = [("ana", "Ana Ruiz"), ("bo", "Bo"), ("bo2", "Bo")];
        let names = Names(names.map(|(login, name)| (login.to_owned(), name.to_owned())).into());
        assert_eq!(names.of("ana"), "Ana Ruiz");
        assert_eq!([names.of("bo"), names.of("bo2")], ["Bo (bo)", "Bo (bo2)"]);
        assert_eq!(names.of("gone"), "gone");
    }
}
