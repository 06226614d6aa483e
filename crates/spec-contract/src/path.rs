//! Paths → operations.
//!
//! Knows path templates (OpenAPI 3.1, 4.8.2 and 4.8.8.2). Must not know what the values in a path mean.

use percent_encoding::percent_decode_str;
use spec_api::{Api, Operation};

/// A path template, taken apart.
#[derive(Debug)]
pub(crate) struct Template {
    segments: Vec<Segment>,
}

#[derive(Debug)]
struct Segment {
    /// Texts around the parameters: one more than there are names.
    texts: Vec<String>,
    names: Vec<String>,
}

/// The values of a path: names, and texts as they stand there.
pub(crate) type Values = Vec<(String, String)>;

impl Template {
    pub(crate) fn new(path: &str) -> Template {
        Template { segments: path.split('/').map(Segment::new).collect() }
    }

    fn matches(&self, path: &str) -> Option<Values> {
        let given: Vec<&str> = path.split('/').collect();
        if given.len() != self.segments.len() {
            return None;
        }
        let mut values = Values::new();
        for (segment, text) in self.segments.iter().zip(given) {
            segment.matches(text, &mut values)?;
        }
        Some(values)
    }

    /// How concrete each segment is; smaller is more concrete, and earlier segments count more.
    fn rank(&self) -> Vec<u8> {
        let rank = |segment: &Segment| match segment.names.is_empty() {
            true => 0,
            false if segment.texts.iter().any(|text| !text.is_empty()) => 1,
            false => 2,
        };
        self.segments.iter().map(rank).collect()
    }
}

impl Segment {
    fn new(text: &str) -> Segment {
        let (mut texts, mut names) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            texts.push(before.to_owned());
            names.push(name.to_owned());
            rest = after;
        }
        texts.push(rest.to_owned());
        Segment { texts, names }
    }

    /// Adds the values in a segment of a path; each is at least one character, and as short as the text after it allows.
    fn matches(&self, text: &str, values: &mut Values) -> Option<()> {
        let [first, others @ ..] = self.texts.as_slice() else { return None };
        if self.names.is_empty() {
            return (first == text || percent_decode_str(text).eq(percent_decode_str(first))).then_some(());
        }
        let mut rest = text.strip_prefix(first.as_str())?;
        for (index, (name, after)) in self.names.iter().zip(others).enumerate() {
            let end = if index + 1 == others.len() {
                rest.strip_suffix(after.as_str())?.len()
            } else {
                rest.char_indices().skip(1).map(|(at, _)| at).find(|at| rest[*at..].starts_with(after.as_str()))?
            };
            if end == 0 {
                return None;
            }
            values.push((name.clone(), rest[..end].to_owned()));
            rest = &rest[end + after.len()..];
        }
        Some(())
    }
}

/// What a path leads to.
pub(crate) enum Found<'a> {
    /// An operation, and the values of its path.
    Operation(&'a Operation, Values),
    /// A path of the document that has other methods.
    Path(&'a str),
    Nothing,
}

/// The operation that answers; the templates are those of the Api's operations. Concrete paths win over templated ones
/// (OpenAPI 3.1, 4.8.8.2), and only then does the method count.
pub(crate) fn find<'a>(api: &'a Api, templates: &[Template], method: &http::Method, path: &str) -> Found<'a> {
    let matching = api.operations.iter().zip(templates);
    let matching: Vec<_> =
        matching.filter_map(|(operation, template)| Some((template.rank(), operation, template.matches(path)?))).collect();
    let Some(best) = matching.iter().map(|(rank, ..)| rank).min().cloned() else { return Found::Nothing };
    let mut other = None;
    for (rank, operation, values) in matching {
        if rank != best {
            continue;
        }
        if operation.method.key().eq_ignore_ascii_case(method.as_str()) {
            return Found::Operation(operation, values);
        }
        other.get_or_insert(operation.path.as_str());
    }
    other.map_or(Found::Nothing, Found::Path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_take_paths_apart() {
        let values = |template: &str, path: &str| {
            let values = Template::new(template).matches(path)?;
            Some(values.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "))
        };
        for (template, path, expected) in [
            ("/pets", "/pets", Some("")),
            ("/pets", "/pets/", None),
            ("/pets/{id}", "/pets/7", Some("id=7")),
            ("/pets/{id}", "/pets/", None),
            ("/pets/{id}", "/pets/7/8", None),
            ("/pets/{id}", "/pets/a%2Fb", Some("id=a%2Fb")),
            ("/a b", "/a%20b", Some("")),
            ("/{a}.{b}", "/x.y.z", Some("a=x b=y.z")),
            ("/{a}.{b}", "/.y", None),
            ("/{a}{b}", "/xy", Some("a=x b=y")),
            ("/v{n}:run", "/v12:run", Some("n=12")),
            ("/v{n}:run", "/v:run", None),
            ("/é{n}é", "/ééé", Some("n=é")),
        ] {
            assert_eq!(values(template, path).as_deref(), expected, "{path} in {template}");
        }
    }
}
