//! The snapshot that partners' outlooks are made from: published once for a data set and
//! its rules, kept beside them, and read from then on, whatever else is learned anew.
//! What is published about one partner comes from the same data set.
//!
//! ```text
//! <data folder>/published/<sha256 of data and rules>.bin
//! ```

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::{OwnBooks, Published, Shared};
use spiffcast_engine::model::Model;

use crate::config::Settings;
use crate::history::Digests;

/// What the bytes of a snapshot mean; another one is made where it changes.
const FORMAT: u32 = 1;

/// What was published of a data set. Cheap to clone.
#[derive(Clone)]
pub struct Publication {
    /// The effects that all partners share.
    pub shared: Arc<Shared>,
    company: Arc<Company>,
}

impl Publication {
    /// Reads what was published of a data set, or publishes it now.
    pub fn of(settings: &Settings, digests: &Digests, model: &Model) -> Self {
        let folder = settings.data_dir.join("published");
        let name = format!("{FORMAT};{};{}", digests.data, digests.rules);
        let path = folder.join(format!("{:x}.bin", Sha256::digest(name)));
        let company = Arc::clone(&model.company);
        if let Some(shared) = read(&path) {
            return Self { shared: Arc::new(shared), company };
        }
        let shared = Shared::of(model);
        // Without it the next start makes the same from the same model.
        if let Err(error) = keep(&folder, &path, &shared) {
            tracing::warn!("the snapshot could not be kept in {}: {error}", folder.display());
        }
        Self { shared: Arc::new(shared), company }
    }

    /// A partner's own books in some company, in the light of what was published about
    /// it; `None` where there is no such partner.
    pub fn books(&self, company: &Company, partner: &str) -> Option<OwnBooks> {
        OwnBooks::of(company, &Published::of(&self.company, partner)?)
    }
}

fn read(path: &Path) -> Option<Shared> {
    let bytes = fs::read(path).ok()?;
    match postcard::from_bytes(&bytes) {
        Ok(shared) => Some(shared),
        Err(error) => {
            tracing::warn!("{} cannot be read ({error}); publishing again", path.display());
            None
        }
    }
}

/// Written beside its place, flushed and renamed, so that a half file never has the name.
fn keep(folder: &Path, path: &Path, shared: &Shared) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let bytes = postcard::to_allocvec(shared).map_err(std::io::Error::other)?;
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = File::create(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
