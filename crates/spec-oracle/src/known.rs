//! Disagreements that are known: a file that names each with its reason.
//!
//! ```toml
//! [[known]]
//! model = "Pet"                            # the model
//! text = "comes back as"                   # what the message contains
//! reason = "keys of other variants are not kept"
//! ```

use std::path::Path;
use toml::de::{DeTable, DeValue};

/// A disagreement that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The model.
    pub model: String,
    /// A part of the message.
    pub text: String,
    /// Why it is tolerated.
    pub reason: String,
}

/// Reads a file of them.
///
/// # Errors
///
/// Why it can't be read, or what it lacks.
pub fn read(path: &Path) -> Result<Vec<Known>, String> {
    parse(&crate::harness::read(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Result<Vec<Known>, String> {
    let table = DeTable::parse(text).map_err(|error| error.to_string())?;
    let mut known = Vec::new();
    for (key, value) in table.get_ref() {
        let DeValue::Array(entries) = value.get_ref() else {
            return Err(format!("`{}` is no list of tables", key.get_ref()));
        };
        if key.get_ref() != "known" {
            return Err(format!("there is no setting `{}`, only `[[known]]`", key.get_ref()));
        }
        for (number, entry) in entries.iter().enumerate() {
            let get = |key: &str| {
                let value = entry.get_ref().get(key).and_then(|value| value.get_ref().as_str());
                value
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
                    .ok_or_else(|| format!("entry {} has no `{key}`", number + 1))
            };
            known.push(Known { model: get("model")?, text: get("text")?, reason: get("reason")? });
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::{Known, parse};

    #[test]
    fn every_entry_has_a_reason() {
        let entry = "[[known]]\nmodel = \"Pet\"\ntext = \"comes back\"\n";
        let known =
            Known { model: "Pet".to_owned(), text: "comes back".to_owned(), reason: "why".to_owned() };
        assert_eq!(parse(&format!("{entry}reason = \"why\"\n")), Ok(vec![known]));
        assert_eq!(parse(entry), Err("entry 1 has no `reason`".to_owned()));
        assert_eq!(parse("[[knwon]]\n"), Err("there is no setting `knwon`, only `[[known]]`".to_owned()));
        assert_eq!(parse(""), Ok(vec![]));
    }
}
