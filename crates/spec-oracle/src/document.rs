//! `oracle document`: every model of a document, held against the document by values that are made of it.
//!
//! Writes the crate that asks, and reads what it answers; the asking itself is in the library.

use crate::children;
use crate::harness::{self, Harness, Module};
use crate::known::{self, Known};
use crate::ours::{self, Planned, Reading};
use crate::table::table;
use serde::Deserialize;
use serde_json::{Value, json};
use spec_codegen::plan::{Definition, Plan};
use spec_contract::{Side, sides};
use spec_document::Place;
use std::path::PathBuf;

/// The number of instances, where nobody says.
pub const INSTANCES: u64 = 100_000;

/// Where the models stand in the crate.
const MODULE: &str = "document/all";

/// The options of the command.
pub struct Options {
    /// The document.
    pub document: PathBuf,
    /// The number of instances, of all models together.
    pub instances: u64,
    /// Values that every model is asked about, too.
    pub values: Vec<Value>,
    /// The seed of random ones.
    pub seed: u64,
    /// A file of disagreements that are known.
    pub known: Option<PathBuf>,
    /// The folder to work in.
    pub keep: Option<PathBuf>,
}

/// The findings of a model.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Found {
    model: String,
    instances: usize,
    valid: usize,
    /// Disagreements, by oracle.
    wrong: [usize; 3],
    /// Those that are not known.
    unknown: usize,
    /// The first of these.
    shown: Vec<String>,
    /// The number of times that each known one was met.
    known: Vec<(usize, usize)>,
}

/// Asks all models of a document; the text of the report, and whether all that is wrong is known.
///
/// # Errors
///
/// When a file can't be read or written, or a program not started or compiled.
pub fn run(options: &Options) -> Result<(String, bool), String> {
    let known = options.known.as_deref().map(known::read).transpose()?.unwrap_or_default();
    let folder = options.keep.clone().unwrap_or_else(|| harness::target().join("oracle").join("document"));
    let library = harness::root().join("crates/spec-oracle");
    let dependencies = vec![format!("spec-oracle = {{ path = {library:?}, default-features = false }}")];
    let main = include_str!("../harness/document.rs");
    let row = "(&'static str, &'static str, bool, usize, fn() -> serde_json::Value, fn(&[u8]) -> \
               Result<serde_json::Value, String>)";
    let harness =
        Harness { folder, name: "oracle-document", main, release: true, crates: &[], dependencies, row };
    harness.clear()?;
    let Planned { api, .. } = ours::plan(&options.document)?;
    let module = harness.folder.join("src").join(MODULE);
    let plan = ours::models(&options.document, Reading::Meant, "super::models", &module, &[])?;
    harness::write(&module.join("mod.rs"), "pub mod models;\n")?;
    let (rows, count) = rows(&plan);
    harness::progress(&format!("{count} models; compiling"));
    let built = harness.build(&[Module { name: MODULE.to_owned(), rows, weight: 1 }])?;
    if let Some(error) = built.failed.values().next() {
        return Err(format!("the models of {} do not compile: {error}", options.document.display()));
    }
    let job = harness.folder.join("job.json");
    // As it is, and as requests and responses have to keep it.
    let of = |side| sides::of(&api, side).unwrap_or_else(|| api.json.clone());
    let mut documents = Vec::new();
    for (name, json) in
        [("document", &api.json), ("requests", &of(Side::Request)), ("responses", &of(Side::Response))]
    {
        let path = harness.folder.join(name).with_extension("json");
        harness::write(&path, &json.to_string())?;
        documents.push(path);
    }
    let known_here: Vec<Value> =
        known.iter().map(|known| json!({ "model": known.model, "text": known.text })).collect();
    let work = json!({
        "documents": documents,
        "share": options.instances.div_ceil(count.max(1) as u64),
        "seed": options.seed,
        "values": options.values,
        "known": known_here,
    });
    harness::write(&job, &work.to_string())?;
    let broken = |why: &str| json!({ "unknown": 1, "shown": [why] });
    let mut said = |done: usize| {
        if done.is_multiple_of(50) {
            harness::progress(&format!("{done} of {count} models"));
        }
    };
    let answers = children::answers(&built.program, &job, count, &broken, &mut said)?;
    let mut found = Vec::new();
    for (answer, ty) in answers.into_iter().zip(&plan.types) {
        let mut one: Found = serde_json::from_value(answer)
            .map_err(|error| format!("{}: {error}", built.program.display()))?;
        one.model.clone_from(&ty.name);
        found.push(one);
    }
    Ok(report(&found, &known))
}

/// A row for each model: its type and where its schema stands.
fn rows(plan: &Plan) -> (String, usize) {
    let mut rows = String::new();
    for ty in &plan.types {
        let pointer = match &ty.location.place {
            Place::Pointer { pointer, .. } => pointer.as_str(),
            _ => "",
        };
        let is_alias = matches!(ty.definition, Definition::Alias(_));
        let side = match ty.side {
            None => 0,
            Some(Side::Request) => 1,
            Some(Side::Response) => 2,
        };
        let name = &ty.name;
        let path = format!("crate::rows::{}::models::{name}", MODULE.replace('/', "::"));
        rows.push_str(&format!(
            "    ({name:?}, {pointer:?}, {is_alias}, {side}, crate::strict::schema::<{path}>, \
             crate::strict::again::<{path}>),\n"
        ));
    }
    (rows, plan.types.len())
}

fn report(found: &[Found], known: &[Known]) -> (String, bool) {
    let sum = |count: &dyn Fn(&Found) -> usize| found.iter().map(count).sum::<usize>();
    let unknown = sum(&|found| found.unknown);
    let counts = [
        ("models", found.len()),
        ("instances", sum(&|found| found.instances)),
        ("valid", sum(&|found| found.valid)),
        ("disagreements: decode", sum(&|found| found.wrong[0])),
        ("disagreements: round trip", sum(&|found| found.wrong[1])),
        ("disagreements: schema", sum(&|found| found.wrong[2])),
        ("not known", unknown),
    ];
    let rows: Vec<Vec<String>> =
        counts.iter().map(|(name, count)| vec![(*name).to_owned(), count.to_string()]).collect();
    let mut text = table(&rows);
    for one in found.iter().filter(|found| found.unknown > 0) {
        text.push_str(&format!("\n{}: {}\n", one.model, one.unknown));
        one.shown.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    let met = |entry: usize| found.iter().flat_map(|found| &found.known).any(|(index, _)| *index == entry);
    let stale: Vec<&Known> =
        known.iter().enumerate().filter(|(entry, _)| !met(*entry)).map(|(_, known)| known).collect();
    for Known { model, text: words, reason } in &stale {
        text.push_str(&format!(
            "\n{model} no longer disagrees by {words:?}, take it off the list: {reason}\n"
        ));
    }
    (text, unknown == 0 && stale.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Found, report};
    use crate::known::Known;

    fn found(unknown: usize, known: Vec<(usize, usize)>) -> Found {
        let shown = vec!["schema: is taken".to_owned()];
        Found { model: "Pet".to_owned(), instances: 9, valid: 4, wrong: [0, 0, 2], unknown, shown, known }
    }

    fn known() -> Known {
        Known { model: "Pet".to_owned(), text: "is taken".to_owned(), reason: "why".to_owned() }
    }

    #[test]
    fn what_is_known_is_well() {
        let (text, is_well) = report(&[found(0, vec![(0, 2)])], &[known()]);
        assert!(is_well, "{text}");
        assert!(text.contains("disagreements: schema      2\n"), "{text}");
        assert!(!text.contains("Pet"), "{text}");
    }

    #[test]
    fn what_is_not_known_is_shown() {
        let (text, is_well) = report(&[found(2, vec![])], &[]);
        assert!(!is_well && text.ends_with("\nPet: 2\n  schema: is taken\n"), "{text}");
    }

    #[test]
    fn what_is_known_and_gone_is_an_error() {
        let (text, is_well) = report(&[found(0, vec![])], &[known()]);
        assert!(!is_well && text.contains("Pet no longer disagrees by \"is taken\""), "{text}");
    }
}
