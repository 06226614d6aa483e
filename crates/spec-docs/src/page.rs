//! The HTML of the page, and what it allows browsers to do.
//!
//! Knows HTML and Content-Security-Policy. Must not know who serves it, nor anything of a request.

use crate::assets::ASSETS;
use crate::document::Docs;
use std::fmt::Write;

/// The number of operations from which each tag is closed at first.
const MANY: usize = 100;

/// Where a page finds what it is made of.
pub(crate) struct Places<'a> {
    /// The path before the names of its files.
    pub(crate) assets: &'a str,
    /// The URL of the document.
    pub(crate) document: &'a str,
    /// True if requests can be tried, because the service is where the page is.
    pub(crate) tries: bool,
    /// True if the policy stands in the page, because no header says it.
    pub(crate) carries_policy: bool,
}

/// Returns the policy of the page (Content Security Policy Level 3). In a page itself, `frame-ancestors`
/// means nothing (3.3).
pub(crate) fn policy(docs: &Docs, is_header: bool) -> String {
    let origins: String = docs.origins.iter().fold(String::new(), |all, origin| all + " " + origin);
    let frames = if is_header { "; frame-ancestors 'none'" } else { "" };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{origins}; font-src 'self'; base-uri 'none'; form-action 'none'{frames}"
    )
}

/// Returns the HTML of the page.
pub(crate) fn html(docs: &Docs, places: &Places<'_>) -> String {
    let title = escaped(docs.title());
    let (assets, document) = (escaped(places.assets), escaped(places.document));
    let mut head = String::new();
    if places.carries_policy {
        let policy = escaped(&policy(docs, false));
        _ = writeln!(head, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
    }
    for asset in &ASSETS {
        let url = format!("{assets}{}?v={}", asset.name, asset.fingerprint());
        _ = match asset.name.ends_with(".css") {
            true => writeln!(head, "<link rel=\"stylesheet\" href=\"{url}\">"),
            false => writeln!(head, "<script src=\"{url}\" defer></script>"),
        };
    }
    let tries = if places.tries { "yes" } else { "no" };
    let expands = if docs.operations() > MANY { "none" } else { "list" };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n{head}</head>\n<body>\n\
         <main id=\"page\" data-document=\"{document}\" data-tries=\"{tries}\" data-expands=\"{expands}\">\
         </main>\n<noscript>This page needs JavaScript. The document itself is \
         <a href=\"{document}\">here</a>.</noscript>\n</body>\n</html>\n"
    )
}

/// Writes a text as HTML that means nothing but the text, between tags and in quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{Places, html};
    use crate::document::Docs;
    use serde_json::json;

    #[test]
    fn a_title_is_a_text() {
        let title = "</title><script>alert(\"1\")</script> & 'Pets'";
        let document = json!({"openapi": "3.1.0", "info": {"title": title, "version": "1"}});
        let docs = Docs::from_value(document).unwrap();
        let places = Places { assets: "docs/", document: "openapi.json", tries: true, carries_policy: true };
        let html = html(&docs, &places);
        let expected = "<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; \
                        &#39;Pets&#39;</title>";
        assert!(html.contains(expected), "{html}");
        assert!(!html.contains("<script>"));
    }
}
