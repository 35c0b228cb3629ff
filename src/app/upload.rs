//! Files that somebody sends to be imported: put in a folder of their own under the
//! data folder, zip archives unpacked, everything else where the import looks for it.
//! It decides by name alone; what the files hold is checked by the import.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use uuid::Uuid;
use zip::ZipArchive;

/// Largest upload, in bytes.
pub const UPLOAD_BYTES_MAX: u64 = 2 << 30;
/// Most bytes that the archives of one upload may unpack to.
const UNPACKED_BYTES_MAX: u64 = 8 << 30;
/// An archive may unpack to so many times its size: tables pack to a tenth or so, and only
/// what was made to fill a disk packs to a thousandth.
const UNPACKED_TIMES_MAX: u64 = 100;
/// Bytes that any archive may unpack to, however small it is.
const UNPACKED_FREE: u64 = 64 << 20;
/// Most files of one upload, those of archives included.
const FILES_MAX: usize = 10_000;
/// Folder of uploads under the data folder.
const FOLDER: &str = "uploads";

/// What is wrong with files that were sent, each with what to do.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Too much.
    #[error("{0}")]
    TooMuch(String),
    /// A name that is neither a table nor a program.
    #[error(
        "{0:?} is neither a table nor a program file. Send tables as <table>.csv, .parquet or .xlsx, and programs as programs/<id>/v<N>.md, in a folder or a zip"
    )]
    Name(String),
    /// Two files for one place.
    #[error("{0:?} was sent twice; send it once")]
    Twice(String),
    /// An archive that cannot be unpacked.
    #[error("{name:?} cannot be unpacked: {what}")]
    Archive {
        /// Its name.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// Nothing came.
    #[error("no file was sent; choose the tables, a folder or a zip of them")]
    Nothing,
    /// The file system refused.
    #[error("the files could not be kept: {0}")]
    Io(#[from] io::Error),
}

/// A folder for files on their way in; gone when dropped.
#[derive(Debug)]
pub struct Upload {
    folder: PathBuf,
    files: usize,
    unpacked: u64,
}

impl Drop for Upload {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Upload {
    /// An empty one.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn begin(data_dir: &Path) -> io::Result<Self> {
        let folder = data_dir.join(FOLDER).join(Uuid::now_v7().to_string());
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, files: 0, unpacked: 0 })
    }

    /// Removes what uploads that broke off have left behind.
    pub fn clear(data_dir: &Path) {
        let _ = fs::remove_dir_all(data_dir.join(FOLDER));
    }

    /// Where the files are, as an import wants them.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether nothing came yet.
    pub fn is_empty(&self) -> bool {
        self.files == 0
    }

    /// An empty file for what comes under `name`; [`Upload::finish`] it when all of it is
    /// written. `None` for what systems add unasked, which is left out.
    ///
    /// # Errors
    /// [`UploadError`] for a name that is not wanted, a second file of that name, or one
    /// too many.
    pub fn file(&mut self, name: &str) -> Result<Option<(File, PathBuf)>, UploadError> {
        if is_litter(name) {
            return Ok(None);
        }
        let place = match is_archive(name) {
            true => format!(".archive-{}.zip", self.files),
            false => place(name).ok_or_else(|| UploadError::Name(shown(name)))?,
        };
        self.create(&place, name).map(Some)
    }

    /// What came under `name` is complete: an archive is unpacked.
    ///
    /// # Errors
    /// [`UploadError`] where the archive is damaged, too large, or holds what is not wanted.
    pub fn finish(&mut self, name: &str, path: &Path) -> Result<(), UploadError> {
        if !is_archive(name) {
            return Ok(());
        }
        let unpacked = self.unpack(name, path);
        fs::remove_file(path)?;
        unpacked
    }

    fn create(&mut self, place: &str, name: &str) -> Result<(File, PathBuf), UploadError> {
        if self.files == FILES_MAX {
            return Err(UploadError::TooMuch(format!("more than {FILES_MAX} files; send fewer at once")));
        }
        let path = self.folder.join(place);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = File::create_new(&path).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => UploadError::Twice(shown(name)),
            _ => e.into(),
        })?;
        self.files += 1;
        Ok((file, path))
    }

    fn unpack(&mut self, name: &str, path: &Path) -> Result<(), UploadError> {
        let damaged = |what: String| UploadError::Archive { name: shown(name), what };
        let packed = File::open(path)?;
        let fits = packed.metadata()?.len().saturating_mul(UNPACKED_TIMES_MAX).max(UNPACKED_FREE);
        let mut archive = ZipArchive::new(packed).map_err(|e| damaged(e.to_string()))?;
        if archive.len() > 2 * FILES_MAX {
            return Err(UploadError::TooMuch(format!("more than {FILES_MAX} files; send fewer at once")));
        }
        let mut unpacked = 0;
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).map_err(|e| damaged(e.to_string()))?;
            let inside = part.name().map_err(|e| damaged(e.to_string()))?.into_owned();
            if !part.is_file() || is_litter(&inside) {
                continue;
            }
            let place = place(&inside).ok_or_else(|| UploadError::Name(shown(&inside)))?;
            let (mut file, _) = self.create(&place, &inside)?;
            let left = (UNPACKED_BYTES_MAX - self.unpacked).min(fits - unpacked);
            let copied = io::copy(&mut part.by_ref().take(left + 1), &mut file)
                .map_err(|e| damaged(format!("{}: {e}", shown(&inside))))?;
            if copied > left {
                let most = UNPACKED_BYTES_MAX >> 30;
                return Err(UploadError::TooMuch(format!(
                    "{:?} unpacks to more than {most} GB, or to more than {UNPACKED_TIMES_MAX} times its size; import it \
                     from the terminal",
                    shown(name)
                )));
            }
            self.unpacked += copied;
            unpacked += copied;
        }
        Ok(())
    }
}

fn is_archive(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".zip")
}

/// What systems put into archives and folders unasked, and what says what a set is.
fn is_litter(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let lower = file.to_ascii_lowercase();
    name.starts_with("__MACOSX/")
        || file.starts_with('.')
        || lower == "thumbs.db"
        || lower == "manifest.json"
        || lower.starts_with("readme")
}

/// Where a file stands relative to the folder of a data set, whatever folders it came
/// in; `None` for names that are not wanted there or lead out of it.
fn place(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    let parts: Vec<&str> = Path::new(&name)
        .components()
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    if parts.iter().any(|p| p.starts_with('.') || p.chars().any(char::is_control)) {
        return None;
    }
    match parts.as_slice() {
        [.., "programs", id, version] if version.starts_with('v') && version.ends_with(".md") => {
            Some(format!("programs/{id}/{version}"))
        }
        [.., file] => {
            let (table, extension) = file.rsplit_once('.')?;
            let known = ["csv", "parquet", "xlsx"].iter().find(|e| extension.eq_ignore_ascii_case(e))?;
            let table = table.to_ascii_lowercase();
            crate::history::is_table(&table).then(|| format!("{table}.{known}"))
        }
        [] => None,
    }
}

/// A name as errors show it.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        let of = |name: &str| place(name);
        assert_eq!(of("partners.csv").as_deref(), Some("partners.csv"));
        assert_eq!(of("export\\2026\\Partners.XLSX").as_deref(), Some("partners.xlsx"));
        assert_eq!(of("acme/programs/spiff-x/v2.md").as_deref(), Some("programs/spiff-x/v2.md"));
        for bad in [
            "../partners.csv",
            "/etc/passwd",
            "a/../../partners.csv",
            "notes.txt",
            "secrets.csv",
            "",
            "programs/../v1.md",
            "programs/.ssh/v1.md",
            "programs/x/w1.md",
            "C:\\..\\partners.csv\\..",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, text) in files {
            zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            zip.write_all(text.as_bytes()).expect("written");
        }
        zip.finish().expect("an archive").into_inner()
    }

    fn sent(upload: &mut Upload, name: &str, bytes: &[u8]) -> Result<(), UploadError> {
        let (mut file, path) = upload.file(name)?.expect("wanted");
        file.write_all(bytes)?;
        upload.finish(name, &path)
    }

    #[test]
    fn archives_are_unpacked_and_strangers_refused() {
        let home = tempfile::tempdir().expect("a folder");
        let mut upload = Upload::begin(home.path()).expect("begun");
        let good = zipped(&[
            ("set/partners.csv", "a"),
            ("set/programs/p/v1.md", "b"),
            ("__MACOSX/x", ""),
            ("set/README.txt", ""),
        ]);
        sent(&mut upload, "all.zip", &good).expect("unpacked");
        assert_eq!(fs::read_to_string(upload.folder().join("programs/p/v1.md")).expect("there"), "b");
        assert!(matches!(sent(&mut upload, "partners.csv", b"again"), Err(UploadError::Twice(_))));
        let evil = zipped(&[("../../partners.csv", "out")]);
        assert!(matches!(sent(&mut upload, "evil.zip", &evil), Err(UploadError::Name(_))));
        assert!(matches!(sent(&mut upload, "bad.zip", b"PK no"), Err(UploadError::Archive { .. })));
        let folder = upload.folder().to_owned();
        drop(upload);
        assert!(!folder.exists());
    }

    #[test]
    fn an_archive_that_swells_is_stopped_before_the_disk_is_full() {
        let home = tempfile::tempdir().expect("a folder");
        let mut upload = Upload::begin(home.path()).expect("begun");
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        let nothing = vec![b' '; 1 << 20];
        zip.start_file("transactions.csv", SimpleFileOptions::default()).expect("an entry");
        for _ in 0..200 {
            zip.write_all(&nothing).expect("written");
        }
        let bomb = zip.finish().expect("an archive").into_inner();
        assert!(bomb.len() < 1 << 20, "{}", bomb.len());
        let refused = sent(&mut upload, "bomb.zip", &bomb).expect_err("it swells");
        assert!(
            matches!(&refused, UploadError::TooMuch(said) if said.contains("times its size")),
            "{refused}"
        );
        let kept = fs::metadata(upload.folder().join("transactions.csv")).expect("what came").len();
        assert!(kept <= UNPACKED_FREE + 1, "{kept}");
        let many: Vec<(String, &str)> = (0..2 * FILES_MAX + 1).map(|n| (format!(".{n}"), "")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        assert!(matches!(sent(&mut upload, "many.zip", &zipped(&many)), Err(UploadError::TooMuch(_))));
        let nested = zipped(&[("inner.zip", "PK")]);
        assert!(matches!(sent(&mut upload, "nested.zip", &nested), Err(UploadError::Name(_))));
    }
}
