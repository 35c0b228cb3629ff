//! What the typesetter may see: one of our templates, the data, charts and the logo by name,
//! and the fonts of the binary. No disk, no network, no packages, no clock.

use std::collections::HashMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::fonts::FONTS;

const MAIN: &str = "report.typ";

/// The world of one document.
pub struct Paper {
    library: LazyHash<Library>,
    main: Source,
    files: HashMap<String, Bytes>,
}

impl Paper {
    /// A template with files by name next to it. `None` where the template's own name
    /// is no path, which cannot be.
    pub fn new(template: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Option<Self> {
        let path = VirtualPath::new(MAIN).ok()?;
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        Some(Self {
            library: LazyHash::new(Library::default()),
            main: Source::new(id, template.to_owned()),
            files: files.into_iter().map(|(name, bytes)| (name, Bytes::new(bytes))).collect(),
        })
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::NotSource) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get();
        let name = path.vpath().get_without_slash();
        let own = matches!(path.root(), VirtualRoot::Project).then(|| self.files.get(name)).flatten();
        own.cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
