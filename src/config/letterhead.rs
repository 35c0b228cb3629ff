//! Whose documents they are: the company's name and its logo, read when the settings
//! are, so that a wrong file is said at the start and not in front of a director.

use std::path::{Path, PathBuf};

use super::{ConfigError, SettingsFile, range};

/// Largest logo, in bytes.
const LOGO_BYTES_MAX: u64 = 1_000_000;
/// Longest name, in characters.
const NAME_LENGTH_MAX: usize = 120;
/// First bytes of every PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What stands on documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterheadSettings {
    /// Name of the company.
    pub company_name: Option<String>,
    /// Its logo.
    pub logo: Option<LogoFile>,
}

/// A logo.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoFile {
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether it is an SVG; otherwise a PNG.
    pub svg: bool,
    /// Where it is, as the settings say it: from the data folder.
    pub path: PathBuf,
}

impl std::fmt::Debug for LogoFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} bytes", if self.svg { "SVG" } else { "PNG" }, self.bytes.len())
    }
}

/// The letterhead of a settings file; the logo's path counts from the data folder.
pub(super) fn letterhead(data_dir: &Path, file: &SettingsFile) -> Result<LetterheadSettings, ConfigError> {
    let name = file.company_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = name.filter(|name| name.chars().count() > NAME_LENGTH_MAX) {
        return Err(range("company_name", name, "at most 120 characters"));
    }
    let logo = file.logo.as_deref().map(|path| logo(data_dir, path)).transpose()?;
    Ok(LetterheadSettings { company_name: name.map(ToOwned::to_owned), logo })
}

fn logo(data_dir: &Path, named: &Path) -> Result<LogoFile, ConfigError> {
    let path = &data_dir.join(named);
    let shown = path.display().to_string();
    let read = |source| ConfigError::Read { path: shown.clone(), source };
    // Looked at before it is read, so that a wrong path cannot fill the memory.
    if std::fs::metadata(path).map_err(read)?.len() > LOGO_BYTES_MAX {
        return Err(range("logo", &shown, "a file of at most 1 MB"));
    }
    let bytes = std::fs::read(path).map_err(read)?;
    let svg = std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
    if !svg && !bytes.starts_with(PNG) {
        return Err(range("logo", &shown, "an SVG or a PNG"));
    }
    Ok(LogoFile { bytes, svg, path: named.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(folder: &Path, logo: &str) -> Result<LetterheadSettings, ConfigError> {
        let file = SettingsFile {
            company_name: Some("  Contoso  ".to_owned()),
            logo: Some(logo.into()),
            ..SettingsFile::default()
        };
        letterhead(folder, &file)
    }

    #[test]
    fn a_logo_is_a_small_svg_or_png_next_to_the_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let write =
            |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
        write("logo.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        write("logo.gif", b"GIF89a");
        write("large.png", &vec![0; 1_000_001]);
        let letterhead = set(folder.path(), "logo.svg").expect("an SVG");
        assert_eq!(letterhead.company_name.as_deref(), Some("Contoso"));
        assert!(letterhead.logo.expect("a logo").svg);
        let said = |name: &str| set(folder.path(), name).expect_err("refused").to_string();
        assert!(said("logo.gif").contains("it must be an SVG or a PNG"), "{}", said("logo.gif"));
        assert!(said("large.png").contains("at most 1 MB"), "{}", said("large.png"));
        assert!(said("none.png").contains("cannot read"), "{}", said("none.png"));
    }
}
