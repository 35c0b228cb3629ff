//! Users, for administrators: added with a password that is shown once, kept out,
//! let in again, given another role or a new password.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::identity::IdentityError;
use crate::app::identity::people::{self, FirstPassword, NewUser, Person};
use crate::auth::Role;
use crate::web::errors::{Failure, failed_page, page};
use crate::web::layout::Layout;
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    layout: Layout,
    people: Vec<PersonLine>,
    roles: Vec<(&'static str, &'static str)>,
    regions: Vec<String>,
    problem: String,
    /// Login and password that were made, shown this once.
    made: Option<(String, String)>,
    typed: Typed,
    demo: bool,
}

struct PersonLine {
    login: String,
    name: String,
    role: &'static str,
    title: &'static str,
    limits: String,
    state: &'static str,
    disabled: bool,
    myself: bool,
}

/// The form of a new user, or of another role.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    login: String,
    name: String,
    role: String,
    partner: String,
    /// With commas.
    regions: String,
}

impl Typed {
    fn user(&self, login: &str) -> Result<NewUser, IdentityError> {
        let role: Role = self.role.parse().map_err(|_| IdentityError::Unfit("Choose a role.".to_owned()))?;
        let partner = Some(self.partner.trim().to_owned()).filter(|p| !p.is_empty());
        let regions = self.regions.split([',', ';']).map(str::trim).filter(|r| !r.is_empty());
        let regions = regions.map(ToOwned::to_owned).collect();
        Ok(NewUser { login: login.to_owned(), name: self.name.clone(), role, partner, regions })
    }
}

/// `GET /users`
pub async fn list(app: Here) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &users_page(&app, String::new(), None, Typed::default()).await?))
}

async fn users_page(
    app: &Here,
    problem: String,
    made: Option<(String, String)>,
    typed: Typed,
) -> Result<UsersPage, Failure> {
    let line = |person: Person| PersonLine {
        myself: person.login == app.who().login,
        limits: match &person.partner {
            Some(partner) => partner.clone(),
            None => person.regions.join(", "),
        },
        role: person.role.as_str(),
        title: person.role.title(),
        state: match (person.disabled, person.must_change) {
            (true, _) => "disabled",
            (_, true) => "has a one-time password",
            _ => "can sign in",
        },
        disabled: person.disabled,
        login: person.login,
        name: person.name,
    };
    Ok(UsersPage {
        layout: Layout::new(app, "Users", "users"),
        people: app.accounts.people().await?.into_iter().map(line).collect(),
        roles: Role::ALL.map(|role| (role.as_str(), role.title())).to_vec(),
        regions: app.copilot.company().catalog.regions().into_iter().map(ToOwned::to_owned).collect(),
        problem,
        made,
        typed,
        demo: app.accounts.is_demo(),
    })
}

type Fields = Result<Form<Typed>, FormRejection>;

fn typed(fields: Fields) -> Result<Typed, Failure> {
    let Form(typed) = fields.map_err(|rejection| {
        Failure::new(rejection.status(), "This form could not be read", "Go back and try again.")
    })?;
    Ok(typed)
}

/// The page with what was made, or again with what is wrong.
async fn ended(
    app: &Here,
    made: Result<Option<(String, String)>, IdentityError>,
    typed: Typed,
) -> Result<Response, Failure> {
    match made {
        Ok(Some(made)) => {
            Ok(page(StatusCode::OK, &users_page(app, String::new(), Some(made), Typed::default()).await?))
        }
        Ok(None) => Ok(Redirect::to("/users").into_response()),
        Err(IdentityError::Unfit(problem)) => {
            let again = users_page(app, problem, None, typed).await?;
            Ok(failed_page(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /users`
pub async fn add(app: Here, fields: Fields) -> Result<Response, Failure> {
    let typed = typed(fields)?;
    let made = async {
        let new = typed.user(&typed.login)?;
        people::is_known(&new, &app.copilot.company())?;
        let login = new.login.trim().to_lowercase();
        let made = app.accounts.add_user(app.who(), new, FirstPassword::OneTime).await?;
        Ok(made.map(|password| (login, password)))
    };
    let made = made.await;
    ended(&app, made, typed).await
}

/// Whether somebody is to be kept out.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Out {
    disabled: String,
}

/// `POST /users/{login}/disabled`: `disabled` is 1 or 0.
pub async fn disable(
    app: Here,
    Path(login): Path<String>,
    fields: Result<Form<Out>, FormRejection>,
) -> Result<Response, Failure> {
    let out = fields.map(|Form(out)| out).unwrap_or_default();
    let done = match out.disabled.as_str() {
        "1" => app.accounts.set_disabled(app.who(), &login, true).await,
        "0" => app.accounts.set_disabled(app.who(), &login, false).await,
        _ => Err(IdentityError::Unfit("Say whether the person is kept out or let in.".to_owned())),
    };
    ended(&app, done.map(|()| None), Typed::default()).await
}

/// `POST /users/{login}/password`: a new one, shown once.
pub async fn reset(app: Here, Path(login): Path<String>) -> Result<Response, Failure> {
    let made = app.accounts.set_password(app.who(), &login, FirstPassword::OneTime).await;
    ended(&app, made.map(|made| made.map(|password| (login, password))), Typed::default()).await
}

/// `POST /users/{login}/role`
pub async fn role(app: Here, Path(login): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let typed = typed(fields)?;
    let done = async {
        let new = typed.user(&login)?;
        people::is_known(&new, &app.copilot.company())?;
        app.accounts.set_role(app.who(), &login, &new).await
    };
    let done = done.await;
    ended(&app, done.map(|()| None), Typed::default()).await
}
