//! People, keys and passwords from the terminal of the machine that holds the data:
//! the first administrator comes from here. Passwords and keys alone go to standard
//! output, where they were made here.

use std::io::{BufRead, Write};

use anyhow::{Context as _, anyhow};
use console::Term;

use super::{Ended, Failure, settings};
use crate::app::company;
use crate::app::identity::keys::NewKey;
use crate::app::identity::people::{self, FirstPassword, NewUser};
use crate::app::identity::{Accounts, IdentityError};
use crate::auth::Who;
use crate::cli::Outcome;
use crate::cli::arguments::{Arguments, PasswordFrom, User};

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        let outcome = match &error {
            IdentityError::Unfit(_) => Outcome::Findings,
            IdentityError::NotFound(_) => Outcome::NotFound,
            _ => Outcome::Broken,
        };
        Self { error: error.into(), outcome }
    }
}

/// Runs `user …`.
pub async fn user(arguments: &Arguments, command: User) -> Ended {
    let settings = settings(arguments)?;
    let accounts = Accounts::open(&settings).await?;
    let by = Who::terminal();
    match command {
        User::Add { login, role, name, partner, regions, password } => {
            let name = name.unwrap_or_default();
            let new = NewUser { login, name, role, partner, regions };
            if new.partner.is_some() || !new.regions.is_empty() {
                let company = company::load(&settings).map_err(anyhow::Error::from)?;
                people::is_known(&new, &company)?;
            }
            let login = new.login.trim().to_lowercase();
            let made = accounts.add_user(&by, new, first(password)?).await?;
            eprintln!("{login} can sign in as {role}.");
            tell(made.as_deref());
        }
        User::List => list(&accounts).await?,
        User::Disable { login } => {
            accounts.set_disabled(&by, &login, true).await?;
            eprintln!("{login} is kept out; every session is ended, and no key works.");
        }
        User::Enable { login } => {
            accounts.set_disabled(&by, &login, false).await?;
            eprintln!("{login} can sign in again.");
        }
        User::Password { login, password } => {
            let made = accounts.set_password(&by, &login, first(password)?).await?;
            eprintln!("{login} has a new password; every session is ended.");
            tell(made.as_deref());
        }
        User::Key { login, scopes, name, expires } => {
            let key = accounts.add_key(&by, &login, NewKey { name, scopes, days: expires }).await?;
            eprintln!("A key of {login}, for {expires} days; it is shown this once:");
            print(&key);
        }
    }
    Ok(Outcome::Done)
}

async fn list(accounts: &Accounts) -> Result<(), Failure> {
    let people = accounts.people().await?;
    if people.is_empty() {
        eprintln!("There is nobody yet: spiffcast user add LOGIN --role ROLE");
    }
    for person in people {
        let limits = person.partner.unwrap_or_else(|| person.regions.join(","));
        let state = match (person.disabled, person.must_change) {
            (true, _) => "disabled",
            (_, true) => "one-time password",
            _ => "",
        };
        let line = format!(
            "{:<24} {:<14} {:<24} {limits:<12} {state}",
            person.login,
            person.role.as_str(),
            person.name
        );
        print(line.trim_end());
    }
    Ok(())
}

/// The password of the flags: from standard input, made here, or asked for.
fn first(from: PasswordFrom) -> Result<FirstPassword, Failure> {
    if from.one_time {
        return Ok(FirstPassword::OneTime);
    }
    if from.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("the password cannot be read")?;
        return Ok(FirstPassword::Chosen(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let terminal = Term::stderr();
    if !terminal.is_term() {
        let error =
            anyhow!("there is no terminal to ask for a password at; use --one-time or --password-stdin");
        return Err(Failure { error, outcome: Outcome::Broken });
    }
    let ask = |words: &str| -> Result<String, Failure> {
        terminal.write_str(words).context("the terminal cannot be written to")?;
        Ok(terminal.read_secure_line().context("the password cannot be read")?)
    };
    let password = ask("Password (12 characters or more, not shown): ")?;
    if ask("Again: ")? != password {
        let error = anyhow!("the password was typed in two ways");
        return Err(Failure { error, outcome: Outcome::Findings });
    }
    Ok(FirstPassword::Chosen(password))
}

fn tell(made: Option<&str>) {
    if let Some(password) = made {
        eprintln!("The one-time password, shown this once; the first sign-in asks for another:");
        print(password);
    }
}

fn print(line: &str) {
    // A reader that closed the pipe has read enough.
    let _ = writeln!(std::io::stdout(), "{line}");
}
