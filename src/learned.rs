//! What was learned from a data set, kept beside it: fitted once, when it is imported
//! or first used, then read. A file a digest of everything that the fit depends on, so
//! that a stale one is never read; a damaged or missing one is made again.
//!
//! ```text
//! <data folder>/learned/<sha256 of data, rules, priors, settings, engine source>.bin
//! ```

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use spiffcast_engine::company::Company;
use spiffcast_engine::model::{Learned, Model};
use spiffcast_engine::panel::Panel;

use crate::config::Settings;
use crate::history::Digests;
use crate::priors::Known;

/// Files kept: the data set that serves, the one before it, and one to spare.
const KEPT_MAX: usize = 3;

/// The model of a data set: read where it was learned before, else learned and kept.
/// `progress` is told the share of the learning that is done.
pub fn model(
    settings: &Settings,
    digests: &Digests,
    known: &Known,
    company: Arc<Company>,
    panel: Panel,
    progress: &dyn Fn(f64),
) -> Model {
    let folder = settings.data_dir.join("learned");
    let path = folder.join(format!("{}.bin", key(settings, digests, known)));
    let (company, panel) = match read(&path) {
        None => (company, panel),
        Some(learned) => match Model::of_learned(company, panel, learned) {
            Ok(model) => return model,
            Err(unfit) => *unfit,
        },
    };
    let model = Model::fit_with(company, panel, &known.priors, progress);
    // A folder that cannot be written to costs time at the next start, nothing else.
    if let Err(error) = keep(&folder, &path, &model) {
        tracing::warn!("what was learned could not be kept in {}: {error}", folder.display());
    }
    model
}

/// Everything that the fit depends on.
fn key(settings: &Settings, digests: &Digests, known: &Known) -> String {
    let text = format!(
        "{};{};{};fiscal_first_month={};{}",
        digests.data,
        digests.rules,
        known.digest(),
        settings.calendar.first_month,
        spiffcast_engine::SOURCE
    );
    format!("{:x}", Sha256::digest(text))
}

fn read(path: &Path) -> Option<Learned<'static>> {
    let bytes = fs::read(path).ok()?;
    match postcard::from_bytes(&bytes) {
        Ok(learned) => Some(learned),
        Err(error) => {
            tracing::warn!("{} cannot be read ({error}); learning again", path.display());
            None
        }
    }
}

/// Written beside its place, flushed and renamed, so that a half file never has the name.
fn keep(folder: &Path, path: &Path, model: &Model) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let bytes = postcard::to_allocvec(&model.learned()).map_err(std::io::Error::other)?;
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = File::create(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    forget_old(folder)
}

/// Keeps the newest files only.
fn forget_old(folder: &Path) -> std::io::Result<()> {
    let mut files: Vec<(std::time::SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    files.sort_by(|a, b| b.cmp(a));
    for (_, path) in files.into_iter().skip(KEPT_MAX) {
        // Another process may have been faster.
        let _ = fs::remove_file(path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{self, Place};

    fn learn(settings: &Settings) -> (Vec<u8>, bool) {
        let data = history::load(&Place::Demo, settings.calendar).expect("the demo company");
        let fitted = std::cell::Cell::new(false);
        let progress = |_| fitted.set(true);
        let (company, known) = (Arc::new(data.company), Known::default());
        let model = model(settings, &data.digests, &known, company, data.panel, &progress);
        (postcard::to_allocvec(&model.learned()).expect("bytes"), fitted.get())
    }

    #[test]
    fn is_learned_once_read_bit_by_bit_and_learned_again_when_damaged() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::load(Some(folder.path().to_owned()), |_| None).expect("settings");
        let (first, fitted) = learn(&settings);
        assert!(fitted);
        let (second, fitted) = learn(&settings);
        assert!(!fitted && first == second);
        let file = fs::read_dir(folder.path().join("learned")).expect("kept").next().expect("a file");
        let file = file.expect("an entry").path();
        let whole = fs::read(&file).expect("bytes");
        fs::write(&file, &whole[..whole.len() / 2]).expect("damaged");
        let (third, fitted) = learn(&settings);
        assert!(fitted && first == third);
        assert_eq!(fs::read(&file).expect("bytes").len(), whole.len());
    }
}
