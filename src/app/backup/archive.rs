//! The archive of a backup: packed and unpacked, by names alone. What the files hold is
//! looked at by those who asked for them.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{ABOUT, About, BackupError, DATABASE, FORMAT, POINTER, Result, failed, new_file};

/// Most files of a backup.
const FILES_MAX: usize = 20_000;
/// Largest description of itself, in bytes.
const ABOUT_BYTES_MAX: u64 = 64 << 10;

/// Whether a name leads nowhere but below the folder it is joined to, and is none of the
/// hidden or of the key.
fn is_plain(name: &Path) -> bool {
    let mut parts = name.components();
    let plain = |part: Component<'_>| {
        let Component::Normal(part) = part else { return false };
        part.to_str()
            .is_some_and(|p| !p.starts_with('.') && !p.contains('\\') && !p.chars().any(char::is_control))
    };
    !name.as_os_str().is_empty() && parts.all(plain) && name != Path::new(crate::config::AUDIT_KEY_FILE)
}

/// Whether a file of this name belongs into a backup: the database, the data, settings,
/// what the user knows, a logo.
pub(super) fn belongs(name: &Path) -> bool {
    let parts: Option<Vec<&str>> = name.components().map(|part| part.as_os_str().to_str()).collect();
    is_plain(name)
        && match parts.unwrap_or_default().as_slice() {
            [single] => {
                let logo = ["svg", "png", "SVG", "PNG"].iter().any(|e| single.ends_with(&format!(".{e}")));
                logo || [DATABASE, POINTER, "spiffcast.toml", "priors.toml"].contains(single)
            }
            ["sets", set, _, ..] => set.len() == 64 && set.bytes().all(|b| b.is_ascii_hexdigit()),
            [_, single] => [".svg", ".png"].iter().any(|e| single.to_ascii_lowercase().ends_with(e)),
            _ => false,
        }
}

/// Packs the database and files of a folder.
pub(super) fn pack(
    out: File,
    file: &Path,
    about: &About,
    database: &Path,
    folder: &Path,
    names: &[PathBuf],
) -> Result<()> {
    let to = || failed(file);
    let mut zip = ZipWriter::new(out);
    // Parquet is packed already.
    let packed = SimpleFileOptions::default().large_file(true);
    let stored = packed.compression_method(CompressionMethod::Stored);
    let other = |e: zip::result::ZipError| BackupError::File(file.display().to_string(), io::Error::other(e));
    zip.start_file(ABOUT, packed).map_err(other)?;
    serde_json::to_writer_pretty(&mut zip, about).map_err(|e| to()(e.into()))?;
    let mut put = |name: &str, from: &Path| -> Result<()> {
        let options = if name.ends_with(".parquet") { stored } else { packed };
        zip.start_file(name, options).map_err(other)?;
        let mut reader = File::open(from).map_err(failed(from))?;
        io::copy(&mut reader, &mut zip).map_err(to())?;
        Ok(())
    };
    put(DATABASE, database)?;
    for name in names {
        let parts: Vec<_> = name.components().map(|p| p.as_os_str().to_string_lossy()).collect();
        put(&parts.join("/"), &folder.join(name))?;
    }
    zip.finish().map_err(other)?.sync_all().map_err(to())
}

/// Unpacks a backup into an empty folder.
pub(super) fn unpack(file: &Path, folder: &Path) -> Result<About> {
    let shown = file.display().to_string();
    let wrong = |what: String| BackupError::NotABackup(shown.clone(), what);
    let input = BufReader::new(File::open(file).map_err(failed(file))?);
    let mut zip = ZipArchive::new(input).map_err(|e| wrong(format!("it is no archive of a backup ({e})")))?;
    if zip.len() > FILES_MAX {
        return Err(wrong(format!("it holds more than {FILES_MAX} files")));
    }
    let mut about = None;
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).map_err(|e| wrong(e.to_string()))?;
        let name = part.name().map_err(|e| wrong(e.to_string()))?.into_owned();
        if name == ABOUT {
            let text = io::read_to_string(part.by_ref().take(ABOUT_BYTES_MAX));
            let text = text.map_err(|e| wrong(format!("{ABOUT}: {e}")))?;
            about = Some(serde_json::from_str::<About>(&text).map_err(|e| wrong(format!("{ABOUT}: {e}")))?);
            continue;
        }
        if !part.is_file() || !belongs(Path::new(&name)) {
            return Err(wrong(format!("{name:?} does not belong into a backup")));
        }
        let place = folder.join(&name);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        let mut out = if name == DATABASE {
            new_file(&place)?
        } else {
            File::create_new(&place).map_err(failed(&place))?
        };
        // A checksum that is wrong is an error of reading.
        io::copy(&mut part, &mut out)
            .and_then(|_| out.sync_all())
            .map_err(|e| wrong(format!("{name}: {e}")))?;
    }
    let about = about.ok_or_else(|| wrong(format!("it has no {ABOUT}")))?;
    if about.format != FORMAT {
        let made = format!("Spiffcast {} made it in a layout that this version does not know", about.version);
        return Err(wrong(made));
    }
    Ok(about)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_belongs_into_a_backup_is_unpacked() {
        let set = "a".repeat(64);
        for good in [
            "spiffcast.db",
            "current.json",
            "priors.toml",
            "logo.svg",
            &format!("sets/{set}/programs/p/v1.md"),
        ] {
            assert!(belongs(Path::new(good)), "{good}");
        }
        for bad in [
            "../spiffcast.db",
            "/spiffcast.db",
            "audit.key",
            "x/audit.key",
            "sets/x/partners.parquet",
            &format!("sets/{set}/../../audit.key"),
            &format!("sets/{set}"),
            "restoring.json",
            "in-use.lock",
            ".spiffcast.db",
            "a\\..\\spiffcast.db",
            "",
        ] {
            assert!(!belongs(Path::new(bad)), "{bad}");
        }
    }
}
