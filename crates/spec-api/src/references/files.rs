//! A document and what its references lead to → one document of several files.
//!
//! Knows where references stand and which file each means (OpenAPI 3.1, 4.6; RFC 3986, 5). Must not read
//! files: whoever asks gives their texts. What can't be had is remembered, and said by whoever follows the
//! reference.

use super::dynamic;
use super::identity::is_metaschema;
use super::keys::Keys;
use super::uri::{is_rooted, resolve};
use indexmap::IndexMap;
use spec_document::{
    Code, Diagnostic, Diagnostics, Document, Loaded, Missing, Node, Pointer, Severity, Sources,
};
use std::collections::{HashSet, VecDeque};

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The name of the file in diagnostics.
    pub name: String,
    /// The text of the file.
    pub text: String,
}

/// Adds the files that references lead to, directly or through each other, to a document.
///
/// `base` is the absolute URI of the document, without a fragment, which its references are relative to;
/// `load` gives the text of a file by such a URI, normalized (RFC 3986, 6.2.2), and is asked once for each.
/// Files come in the order in which they are first needed, level by level. Dynamic references become plain
/// ones, each for the places that it is reached from. A document that has neither comes back as it is.
#[must_use]
pub fn gather(
    document: &Document,
    base: &str,
    sources: &mut Sources,
    load: &mut dyn FnMut(&str) -> Result<Text, Missing>,
) -> Document {
    let Some(base) = resolve(base, base) else { return dynamic::bind(document.clone(), sources) };
    let mut scan = ReferenceScan::default();
    scan.walk(document.root(), &base, Keys::Words);
    let mut files: IndexMap<String, Loaded> = IndexMap::new();
    let mut wanted: VecDeque<String> = scan.wanted.drain(..).collect();
    let mut walked: HashSet<(String, Pointer)> = HashSet::new();
    if wanted.is_empty() {
        return dynamic::bind(document.clone(), sources);
    }
    loop {
        while let Some(uri) = wanted.pop_front() {
            if uri == base || files.contains_key(&uri) || scan.named.contains(&uri) {
                continue;
            }
            let loaded = load(&uri).and_then(|text| parse(text, sources));
            if let Ok((file, _)) = &loaded {
                scan.walk(file.root(), &uri, Keys::of_file(file.root()));
                wanted.extend(scan.wanted.drain(..));
            }
            files.insert(uri, loaded);
        }
        // What is referred to is no data, whatever its name is.
        for (uri, pointer) in std::mem::take(&mut scan.targets) {
            let (root, keys) = match files.get(&uri) {
                Some(Ok((file, _))) => (file.root(), Keys::of_file(file.root())),
                None if uri == base => (document.root(), Keys::Words),
                Some(Err(_)) | None => continue,
            };
            if let Some(node) = root.at(&pointer)
                && !keys.lead_to(root, &pointer)
                && walked.insert((uri.clone(), pointer))
            {
                scan.walk(node, &uri, Keys::Words);
            }
        }
        wanted.extend(scan.wanted.drain(..));
        if wanted.is_empty() && scan.targets.is_empty() {
            break;
        }
    }
    dynamic::bind(sources.compose(document, base, files.into_iter().collect()), sources)
}

fn parse(text: Text, sources: &mut Sources) -> Loaded {
    let source = sources.add(text.name, text.text);
    let mut diagnostics = Diagnostics::new();
    let parsed = sources.parse(source, None, &mut diagnostics);
    let found: Vec<Diagnostic> = diagnostics.into_iter().collect();
    parsed.map(|document| (document, found.clone())).ok_or_else(|| {
        let first = found.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
        Missing {
            code: Code::UnreadableFile,
            message: format!("nothing of {} can be used before its own text is right", sources.name(source)),
            help: match first.map(|first| sources.line_column(&first.location)) {
                Some(position) => format!("correct {}:{position} first", sources.name(source)),
                None => format!("correct {} first", sources.name(source)),
            },
            found,
        }
    })
}

/// The references and URIs that were found in files.
#[derive(Default)]
struct ReferenceScan {
    /// URIs that schemas give themselves.
    named: HashSet<String>,
    /// URIs that references mean, in the order of the document, other than that of their own file.
    wanted: Vec<String>,
    /// The targets of references, by file.
    targets: Vec<(String, Pointer)>,
}

impl ReferenceScan {
    fn walk(&mut self, node: &Node, base: &str, keys: Keys) {
        for item in node.as_array().unwrap_or_default() {
            self.walk(item, base, Keys::Words);
        }
        let Some(object) = node.as_object() else { return };
        let text = |key: &str| object.get(key).and_then(Node::as_str).filter(|_| keys == Keys::Words);
        let own = text("$id").and_then(|id| resolve(id, base));
        let base = match &own {
            Some(own) => {
                self.named.insert(own.clone());
                own
            }
            None => base,
        };
        let references = [text("$ref"), text("$dynamicRef")].into_iter().flatten();
        for (reference, uri) in
            references.filter_map(|reference| Some((reference, resolve(reference, base)?)))
        {
            let fragment = reference.find('#').map_or("#", |start| &reference[start..]);
            self.targets.extend(Pointer::from_fragment(fragment).map(|pointer| (uri.clone(), pointer)));
            if !reference.is_empty()
                && !reference.starts_with('#')
                && !is_rooted(reference, base)
                && !is_metaschema(reference)
            {
                self.wanted.push(uri);
            }
        }
        for (key, member) in object.iter() {
            if let Some(keys) = keys.within(key, member) {
                self.walk(member, base, keys);
            }
        }
    }
}

/// Returns why a URI that is not the address of a file can't be had.
#[must_use]
pub fn not_a_file(uri: &str) -> Missing {
    Missing {
        code: Code::ExternalReference,
        message: format!("{uri:?} is outside of the files of this document, and nothing is ever fetched"),
        help: "refer to a file by a path that is relative to this one".to_owned(),
        found: Vec::new(),
    }
}
