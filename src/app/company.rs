//! The company alone, for use cases that neither learn from it nor search it.

use std::path::Path;

use spiffcast_engine::company::Company;

use crate::config::Settings;
use crate::history;
use crate::state::{self, StartError};

/// The company of the settings' folder, or the demo company.
///
/// # Errors
/// Where nothing can be loaded; says what to do.
pub fn load(settings: &Settings) -> Result<Company, StartError> {
    Ok(state::load(settings)?.1.company)
}

/// A company that is not imported: read and checked as an import would, with every
/// finding where that fails, and nothing stored.
///
/// # Errors
/// Every finding of the files.
pub fn examine(settings: &Settings, folder: &Path) -> Result<Company, StartError> {
    Ok(history::examine(folder, settings.calendar)?)
}
