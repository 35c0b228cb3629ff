//! Writing a generated company to a folder.

use std::path::Path;

use crate::history::{self, HistoryError};

/// Why no company was written.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The folder holds something already.
    #[error("{0} is not empty; name a new folder")]
    NotEmpty(String),
    /// A file cannot be written.
    #[error("cannot write {0}: {1}")]
    Write(String, std::io::Error),
    /// A table cannot be written.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// Generates the demo company of a seed into `out`, and its truth into a file.
pub fn generate(seed: u64, out: &Path, truth: Option<&Path>) -> Result<(), GenerateError> {
    if std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(GenerateError::NotEmpty(out.display().to_string()));
    }
    let world = spiffcast_demo::generate(seed, &spiffcast_demo::Shape::demo());
    history::write_demo(world.files(), out)?;
    if let Some(path) = truth {
        std::fs::write(path, world.truth())
            .map_err(|e| GenerateError::Write(path.display().to_string(), e))?;
    }
    Ok(())
}
