//! The files of the page, beside its HTML.
//!
//! Knows their names and bytes. Must not know the document, nor who asks for them.

use flate2::read::GzDecoder;
use std::borrow::Cow;
use std::io::Read;

/// The version of Swagger UI in `vendor`.
#[cfg(test)]
const SWAGGER_UI: &str = "5.35.0";

/// A file of the page.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its bytes, compressed by gzip where `is_gzip`.
    pub(crate) bytes: &'static [u8],
    /// True if it is kept compressed.
    pub(crate) is_gzip: bool,
}

/// The files, in the order in which the page names them.
pub(crate) static ASSETS: [Asset; 5] = [
    Asset { name: "swagger-ui.css", bytes: include_bytes!("../vendor/swagger-ui.css.gz"), is_gzip: true },
    Asset { name: "page.css", bytes: include_bytes!("../page/page.css"), is_gzip: false },
    Asset {
        name: "swagger-ui-bundle.js",
        bytes: include_bytes!("../vendor/swagger-ui-bundle.js.gz"),
        is_gzip: true,
    },
    Asset { name: "samples.js", bytes: include_bytes!("../page/samples.js"), is_gzip: false },
    Asset { name: "init.js", bytes: include_bytes!("../page/init.js"), is_gzip: false },
];

impl Asset {
    /// Returns the bytes as they are before they are compressed.
    pub(crate) fn plain(&self) -> Cow<'static, [u8]> {
        if !self.is_gzip {
            return Cow::Borrowed(self.bytes);
        }
        let mut plain = Vec::new();
        // A test reads each of them, so that this is no error that anybody sees.
        match GzDecoder::new(self.bytes).read_to_end(&mut plain) {
            Ok(_) => Cow::Owned(plain),
            Err(_) => Cow::Borrowed(&[]),
        }
    }

    /// Returns a short text that is another one for other bytes.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint(self.bytes)
    }
}

/// Returns a short text that is another one for other bytes: FNV-1a of 64 bits.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix))
}

#[cfg(test)]
mod tests {
    use super::{ASSETS, SWAGGER_UI};

    #[test]
    fn files_are_there() {
        for asset in &ASSETS {
            assert!(asset.plain().len() > 100, "{}", asset.name);
            assert!(std::str::from_utf8(&asset.plain()).is_ok(), "{}", asset.name);
        }
        let bundle = ASSETS.iter().find(|asset| asset.name == "swagger-ui-bundle.js").unwrap().plain();
        let bundle = std::str::from_utf8(&bundle).unwrap();
        assert!(bundle.contains(&format!("\"{SWAGGER_UI}\"")), "the bundle is of another version");
        assert!(include_str!("../vendor/README.md").contains(&format!("| version | {SWAGGER_UI} |")));
    }

    /// Nothing of ours is written into a page but as text, and nothing is asked of another host.
    #[test]
    fn our_scripts_are_harmless() {
        for asset in ASSETS.iter().filter(|asset| !asset.is_gzip) {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            for word in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http:", "https:"]
            {
                assert!(!text.contains(word), "{} has {word}", asset.name);
            }
        }
    }
}
