//! One's own account: password, sessions, API keys. A new key is shown once, on the
//! page that answers the form.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::identity::IdentityError;
use crate::app::identity::keys::{DAYS_DEFAULT, DAYS_MAX, NewKey};
use crate::auth::{Permission, Via, password};
use crate::reports::format;
use crate::web::errors::{Failure, failed_page, page};
use crate::web::layout::Layout;
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    layout: Layout,
    login: String,
    /// The partner or the regions that this one is limited to.
    limits: String,
    persona: bool,
    must_change: bool,
    /// What went wrong, or well.
    said: Said,
    password_min: usize,
    sessions: Vec<SessionLine>,
    keys: Vec<KeyLine>,
    /// Name and what it lets a key do.
    scopes: Vec<(&'static str, &'static str)>,
    days: u32,
    days_max: u32,
}

/// What the page says about the form that was sent.
#[derive(Default)]
struct Said {
    problem: String,
    done: &'static str,
    /// A key that was made, shown this once.
    key: String,
}

struct SessionLine {
    agent: String,
    since: String,
    used: String,
    current: bool,
}

struct KeyLine {
    id: String,
    name: String,
    scopes: String,
    until: String,
    used: String,
    in_force: bool,
}

/// `GET /account`
pub async fn show(app: Here) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &account_page(&app, Said::default()).await?))
}

async fn account_page(app: &Here, said: Said) -> Result<AccountPage, Failure> {
    let who = app.who();
    let current = if let Via::Session(id) = &who.via { id.as_str() } else { "" };
    let moment = |seconds: i64| {
        chrono::DateTime::from_timestamp(seconds, 0)
            .map(|at| format::moment(&at.to_rfc3339()))
            .unwrap_or_default()
    };
    let sessions = app.accounts.sessions(who).await?.into_iter().map(|s| SessionLine {
        current: s.id == current,
        agent: browser(&s.agent),
        since: moment(s.created_at),
        used: moment(s.used_at),
    });
    let keys = app.accounts.keys(who).await?.into_iter().map(|(k, in_force)| KeyLine {
        id: k.id,
        name: k.name,
        scopes: scope_titles(&k.scopes),
        until: match (k.revoked_at, k.expires_at) {
            (Some(at), _) => format!("revoked {}", moment(at)),
            (None, Some(at)) => moment(at),
            (None, None) => "for good".to_owned(),
        },
        used: k.used_at.map_or_else(|| "never".to_owned(), moment),
        in_force,
    });
    let limits = match &who.partner {
        Some(partner) => format!("Partner {partner}"),
        None if !who.regions.is_empty() => format!("Regions: {}", who.regions.join(", ")),
        None => String::new(),
    };
    Ok(AccountPage {
        layout: Layout::new(app, "Account", ""),
        login: who.login.clone(),
        limits,
        persona: who.login.starts_with("demo-"),
        must_change: who.must_change,
        said,
        password_min: password::CHARS_MIN,
        sessions: sessions.collect(),
        keys: keys.collect(),
        scopes: Permission::scopes_of(who.role).map(|p| (p.as_str(), p.title())).collect(),
        days: DAYS_DEFAULT,
        days_max: DAYS_MAX,
    })
}

/// The scopes of a key, in words.
fn scope_titles(scopes: &str) -> String {
    let title =
        |word: &str| word.parse::<Permission>().map_or_else(|_| word.to_owned(), |p| p.title().to_owned());
    scopes.split_whitespace().map(title).collect::<Vec<_>>().join(", ")
}

/// A browser in two words, of the many that it says of itself; the order counts, as
/// each names those before it too.
fn browser(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let name = first(&[("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "a Mac"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        _ => "A browser".to_owned(),
    }
}

/// The page again with what is wrong, where somebody can put it right.
async fn refused(app: &Here, error: IdentityError) -> Result<Response, Failure> {
    let ours =
        matches!(error, IdentityError::Store(_) | IdentityError::Internal(_) | IdentityError::NotFound(_));
    let refused = matches!(error, IdentityError::Refused);
    let failure = Failure::from(error);
    if ours {
        return Err(failure);
    }
    let (status, problem) = match refused {
        true => (StatusCode::UNPROCESSABLE_ENTITY, "The old password is not right.".to_owned()),
        false => (failure.status, failure.detail),
    };
    let said = Said { problem, ..Said::default() };
    Ok(failed_page(status, &account_page(app, said).await?))
}

fn form<T>(fields: Result<Form<T>, FormRejection>) -> Result<T, Failure> {
    let Form(fields) = fields.map_err(|rejection| {
        Failure::new(rejection.status(), "This form could not be read", "Go back and try again.")
    })?;
    Ok(fields)
}

/// The form of a new password.
#[derive(Deserialize)]
pub struct Change {
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// `POST /account/password`
pub async fn password(app: Here, fields: Result<Form<Change>, FormRejection>) -> Result<Response, Failure> {
    let change = form(fields)?;
    if change.new != change.again {
        let error = IdentityError::Unfit("The new password was typed in two ways.".to_owned());
        return refused(&app, error).await;
    }
    if let Err(error) = app.accounts.change_password(app.who(), &change.old, &change.new).await {
        return refused(&app, error).await;
    }
    if app.who().must_change {
        return Ok(Redirect::to(app.home(app.who())).into_response());
    }
    let done = "The password is changed. Every other browser is signed out.";
    let said = Said { done, ..Said::default() };
    Ok(page(StatusCode::OK, &account_page(&app, said).await?))
}

/// `POST /account/keys`: `name`, `days`, and `scope` as often as needed.
pub async fn add_key(
    app: Here,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Failure> {
    let fields = form(fields)?;
    let value = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let scopes: Result<Vec<Permission>, _> =
        fields.iter().filter(|(name, _)| name == "scope").map(|(_, word)| word.parse()).collect();
    let new = scopes.map_err(|error| IdentityError::Unfit(error.to_string())).map(|scopes| NewKey {
        name: value("name"),
        scopes,
        // What is no number is out of bounds, and said so.
        days: value("days").parse().unwrap_or(0),
    });
    let made = match new {
        Ok(new) => app.accounts.add_key(app.who(), &app.who().login, new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(key) => Ok(page(StatusCode::OK, &account_page(&app, Said { key, ..Said::default() }).await?)),
        Err(error) => refused(&app, error).await,
    }
}

/// `POST /account/keys/{id}/revoke`
pub async fn revoke_key(app: Here, Path(id): Path<String>) -> Result<Redirect, Failure> {
    app.accounts.revoke_key(app.who(), &id).await?;
    Ok(Redirect::to("/account#keys"))
}

/// `POST /account/sign-out-everywhere`
pub async fn sign_out_everywhere(app: Here) -> Result<Response, Failure> {
    app.accounts.sign_out_everywhere(app.who()).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    app.cookies().end(&mut response);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36 Edg/120";
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) AppleWebKit/605 Version/17 Safari/604";
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(browser(phone), "Safari on an iPhone");
        assert_eq!(browser("<script>"), "A browser");
    }
}
