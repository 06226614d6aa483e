//! The page as files, for any file server.
//!
//! Knows their names. Must not know where they are written to.

use crate::assets::ASSETS;
use crate::document::Docs;
use crate::page::{Places, html};
use std::borrow::Cow;

/// A file of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
}

impl Docs {
    /// Returns the page as files of one folder: `index.html`, what it needs, `openapi.json` and
    /// `openapi.yaml`.
    ///
    /// The document has the servers that it names itself, and the page does not offer to call them: its
    /// policy allows no other host. That stands in the page, because a file server sends no header for it;
    /// nobody can say so in a page that it must not be framed.
    #[must_use]
    pub fn site(&self) -> Vec<SiteFile> {
        let places = Places { assets: "", document: "openapi.json", tries: false, carries_policy: true };
        let document = self.written();
        let text = |name, text: String| SiteFile { name, bytes: Cow::Owned(text.into_bytes()) };
        let mut files = vec![
            text("index.html", html(self, &places)),
            text("openapi.json", document.json),
            text("openapi.yaml", document.yaml),
        ];
        files.extend(ASSETS.iter().map(|asset| SiteFile { name: asset.name, bytes: asset.plain() }));
        files
    }
}
