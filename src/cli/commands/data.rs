//! Data in: imports and the demo company.

use std::path::Path;

use super::{Ended, Failure, bar, settings};
use crate::app::import::ImportError;
use crate::app::{demo, import};
use crate::auth::Who;
use crate::cli::arguments::Arguments;
use crate::cli::{Outcome, terminal};

pub async fn import_files(arguments: &Arguments, source: &Path) -> Ended {
    let settings = settings(arguments)?;
    let bar = bar();
    let result =
        import::import(&settings, &Who::terminal().login, source, &|step| bar.set_message(step.to_string()))
            .await;
    bar.finish_and_clear();
    match result {
        Ok(report) => {
            terminal::print_import(&report, &settings.data_dir);
            Ok(Outcome::Done)
        }
        Err(ImportError::History(error)) => Err(Failure { error: error.into(), outcome: Outcome::Findings }),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

pub fn generate(seed: u64, out: &Path, truth: Option<&Path>) -> Ended {
    demo::generate(seed, out, truth).map_err(anyhow::Error::from)?;
    eprintln!("The company of seed {seed} is in {}.", out.display());
    Ok(Outcome::Done)
}
