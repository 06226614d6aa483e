//! Cargo projects that hold generated modules: written, built, and built again without the modules that do
//! not compile. What is generated is divided among several crates, so that cargo builds some at a time and
//! none takes all of the memory.
//!
//! Knows cargo and what it says. Must not know what the modules are.

use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use toml::de::{DeTable, DeValue};

/// The number of times that a project is built without what failed before. The compiler looks for some errors
/// only where there are no others.
const ROUNDS: usize = 20;

/// The weight of one crate, as modules say of themselves. One operation takes the compiler some 13 MiB.
const WEIGHT: usize = 100;

/// A project to be.
pub struct Harness {
    /// Its folder.
    pub folder: PathBuf,
    /// The beginning of the name of its package.
    pub name: &'static str,
    /// `main.rs`.
    pub main: &'static str,
    /// True if it has to be fast.
    pub release: bool,
    /// Crates beside those of all projects: the name, whether with default features, and features.
    pub crates: &'static [(&'static str, bool, &'static str)],
    /// Lines for the dependencies on crates of this workspace.
    pub dependencies: Vec<String>,
    /// The type of a row of the table that `main.rs` goes through.
    pub row: &'static str,
}

/// A generated module: `src/<name>/mod.rs` and files beside it.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its path, with slashes: `ours/g001`.
    pub name: String,
    /// Its rows of the table, commas included.
    pub rows: String,
    /// Its weight: the number of operations to compile.
    pub weight: usize,
}

/// A project that was built.
pub struct Built {
    /// The executable.
    pub program: PathBuf,
    /// Modules that do not compile, each with the first error.
    pub failed: BTreeMap<String, String>,
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The folder that cargo builds into: that which this program was built into.
pub fn target() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let mut folders = program.ancestors().skip(1);
    match (folders.next(), folders.next()) {
        (Some(profile), Some(target)) if profile.join("deps").is_dir() => target.to_owned(),
        _ => root().join("target"),
    }
}

/// Writes a file, and the folders that it stands in; one that says the same already is left alone.
///
/// # Errors
///
/// Why it can't be written.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Reads a file.
///
/// # Errors
///
/// Why it can't be read.
pub fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Tells whoever is waiting.
pub fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprintln!("{text}");
    }
}

impl Harness {
    /// Empties the folder of what an earlier run generated.
    ///
    /// # Errors
    ///
    /// Why that can't be done.
    pub fn clear(&self) -> Result<(), String> {
        let folder = self.folder.join("src");
        match fs::remove_dir_all(&folder) {
            Err(error) if folder.exists() => Err(format!("{}: {error}", folder.display())),
            _ => Ok(()),
        }
    }

    /// Writes the project around modules that stand in `src` already, and builds it. Their rows are what
    /// `rows::all` of `main.rs` goes through.
    ///
    /// # Errors
    ///
    /// Why a file can't be written; or what the compiler said, where no module is to blame.
    pub fn build(&self, modules: &[Module]) -> Result<Built, String> {
        let source = self.folder.join("src");
        let parts = divided(modules);
        write(&self.folder.join("Cargo.lock"), &read(&root().join("Cargo.lock"))?)?;
        write(&source.join("main.rs"), self.main)?;
        write(&source.join("strict.rs"), include_str!("../harness/strict.rs"))?;
        let dependencies = self.dependencies()?;
        write(&self.folder.join("Cargo.toml"), &self.manifest(&dependencies, parts.len()))?;
        let all: String = (0..parts.len()).map(|part| format!("    p{part:02}::rows::ROWS,\n")).collect();
        let row = self.row;
        let rows = format!(
            "const ROWS: &[&[{row}]] = &[\n{all}];\n\n\
             pub fn all() -> impl Iterator<Item = &'static {row}> {{\n    ROWS.iter().copied().flatten()\n\
             }}\n"
        );
        write(&source.join("rows.rs"), &rows)?;
        for part in 0..parts.len() {
            write(
                &self.folder.join(format!("p{part:02}/Cargo.toml")),
                &self.manifest_of_part(&dependencies, part),
            )?;
            // As the `lib.rs` of a document says whose models are nested deeply.
            let text = format!(
                "#![allow(warnings)]\n#![recursion_limit = \"4096\"]\n\n#[path = \"rows{part:02}.rs\"]\n\
                 pub mod rows;\nmod strict;\n"
            );
            write(&source.join(format!("p{part:02}.rs")), &text)?;
        }
        let mut failed = BTreeMap::new();
        for _ in 0..ROUNDS {
            for (part, modules) in parts.iter().enumerate() {
                let left: Vec<&Module> =
                    modules.iter().copied().filter(|own| !failed.contains_key(&own.name)).collect();
                let rows: String = left.iter().map(|module| module.rows.as_str()).collect();
                let text = format!("{}\npub const ROWS: &[{row}] = &[\n{rows}];\n", declarations(&left));
                write(&source.join(format!("rows{part:02}.rs")), &text)?;
            }
            let messages = self.cargo()?;
            if let Some(program) = messages.iter().find_map(executable) {
                return Ok(Built { program, failed });
            }
            let before = failed.len();
            for (file, error) in messages.iter().flat_map(errors) {
                let is_of = |module: &&Module| file.contains(&format!("src/{}/", module.name));
                if let Some(module) = modules.iter().find(is_of).filter(|own| !failed.contains_key(&own.name))
                {
                    failed.insert(module.name.clone(), error);
                }
            }
            if failed.len() == before {
                let said: Vec<String> = messages.iter().filter_map(rendered).collect();
                return Err(format!("{} does not compile:\n{}", self.folder.display(), said.concat()));
            }
        }
        Err(format!("{} does not compile, however many modules are left out", self.folder.display()))
    }

    /// The name of the package: one for each folder, because cargo takes packages of one name in one target
    /// folder for the same.
    fn package(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.folder.hash(&mut hasher);
        format!("{}-{:08x}", self.name, hasher.finish() as u32)
    }

    fn cargo(&self) -> Result<Vec<Value>, String> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(["build", "--quiet", "--keep-going", "--message-format=json", "--manifest-path"])
            .arg(self.folder.join("Cargo.toml"));
        command.arg("--target-dir").arg(target()).current_dir(&self.folder);
        if self.release {
            command.arg("--release");
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("cargo: {error}"))?;
        let lines =
            child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok);
        let messages = lines.filter_map(|line| serde_json::from_str(&line).ok()).collect();
        child.wait().map_err(|error| format!("cargo: {error}"))?;
        Ok(messages)
    }

    /// The lines of a manifest for what generated code needs. Versions are those of the workspace, so that
    /// its lock file holds for the project.
    fn dependencies(&self) -> Result<String, String> {
        let path = root().join("Cargo.toml");
        let text = read(&path)?;
        let manifest = DeTable::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let all = manifest.get_ref().get("workspace").and_then(|table| table.get_ref().get("dependencies"));
        let version = |name: &str| match all
            .and_then(|all| all.get_ref().get(name))
            .map(|value| value.get_ref())
        {
            Some(DeValue::String(version)) => Ok(version.to_string()),
            Some(other) => {
                let version = other.get("version").and_then(|version| version.get_ref().as_str());
                version.map(str::to_owned).ok_or_else(|| format!("{}: {name} has no version", path.display()))
            }
            None => Err(format!("{}: there is no {name} among the dependencies", path.display())),
        };
        let mut lines = Vec::new();
        let crates = [
            ("bytes", true, ""),
            ("chrono", false, "\"serde\""),
            ("indexmap", true, "\"serde\""),
            ("jsonschema", false, ""),
            ("regress", true, ""),
            ("schemars", false, "\"chrono04\", \"derive\", \"indexmap2\", \"preserve_order\", \"uuid1\""),
            ("serde", true, "\"derive\""),
            ("serde_json", true, "\"preserve_order\""),
            ("uuid", false, "\"serde\""),
        ];
        for (name, defaults, features) in crates.iter().chain(self.crates) {
            let version = version(name)?;
            lines.push(format!(
                "{name} = {{ version = {version:?}, default-features = {defaults}, features = [{features}] }}"
            ));
        }
        lines.push(format!(
            "spec-runtime = {{ path = {:?}, features = [\"validation\"] }}",
            root().join("crates/spec-runtime")
        ));
        lines.extend(self.dependencies.iter().cloned());
        lines.sort();
        Ok(lines.join("\n"))
    }

    fn manifest(&self, dependencies: &str, parts: usize) -> String {
        let name = self.package();
        let (mut own, mut profiles, mut members) = (String::new(), String::new(), Vec::new());
        for part in 0..parts {
            own.push_str(&format!(
                "p{part:02} = {{ path = \"p{part:02}\", package = \"{name}-p{part:02}\" }}\n"
            ));
            members.push(format!("\"p{part:02}\""));
        }
        for package in
            std::iter::once(name.clone()).chain((0..parts).map(|part| format!("{name}-p{part:02}")))
        {
            profiles.push_str(&format!("[profile.dev.package.{package}]\ndebug = false\n\n"));
            profiles.push_str(&format!("[profile.release.package.{package}]\nopt-level = 1\n\n"));
        }
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\n{own}{dependencies}\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n\n\
             {profiles}[workspace]\nmembers = [{}]\n",
            members.join(", ")
        )
    }

    fn manifest_of_part(&self, dependencies: &str, part: usize) -> String {
        format!(
            "[package]\nname = \"{}-p{part:02}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             publish = false\n\n\
             [lib]\nname = \"p{part:02}\"\npath = \"../src/p{part:02}.rs\"\ntest = false\ndoctest = false\n\n\
             [dependencies]\n{dependencies}\n",
            self.package()
        )
    }
}

/// Modules by the crate that they stand in.
fn divided(modules: &[Module]) -> Vec<Vec<&Module>> {
    let (mut parts, mut weight): (Vec<Vec<&Module>>, usize) = (Vec::new(), 0);
    for module in modules {
        match parts.last_mut() {
            Some(last) if weight + module.weight <= WEIGHT => last.push(module),
            _ => {
                parts.push(vec![module]);
                weight = 0;
            }
        }
        weight += module.weight;
    }
    parts
}

/// `pub mod` for every module and the folders that they stand in.
fn declarations(modules: &[&Module]) -> String {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for module in modules {
        let (folder, name) = module.name.split_once('/').unwrap_or(("", &module.name));
        folders.entry(folder).or_default().push(name);
    }
    let mut text = String::new();
    for (folder, names) in folders {
        let inner: String = names
            .iter()
            .map(|name| format!("    #[path = \"{name}/mod.rs\"]\n    pub mod {name};\n"))
            .collect();
        text.push_str(&format!("#[path = \"{folder}\"]\npub mod {folder} {{\n{inner}}}\n"));
    }
    text
}

fn executable(message: &Value) -> Option<PathBuf> {
    message["executable"].as_str().map(PathBuf::from)
}

fn rendered(message: &Value) -> Option<String> {
    let message = message.get("message").filter(|message| message["level"] == "error")?;
    message["rendered"].as_str().map(str::to_owned)
}

/// The files of an error, macros that are expanded there included, and its text.
fn errors(message: &Value) -> Vec<(String, String)> {
    let Some(message) = message.get("message").filter(|message| message["level"] == "error") else {
        return Vec::new();
    };
    let text = message["message"].as_str().unwrap_or_default();
    let code = message["code"]["code"].as_str().map(|code| format!("[{code}] ")).unwrap_or_default();
    let mut files = Vec::new();
    for span in message["spans"].as_array().into_iter().flatten() {
        let mut span = Some(span);
        while let Some(at) = span {
            files.extend(
                at["file_name"].as_str().map(|name| (name.replace('\\', "/"), format!("{code}{text}"))),
            );
            span = at.get("expansion").and_then(|expansion| expansion.get("span"));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::{Module, WEIGHT, declarations, divided, errors};
    use serde_json::json;

    #[test]
    fn errors_are_in_the_files_that_macros_stand_in() {
        let message = json!({ "reason": "compiler-message", "message": {
            "level": "error", "message": "no such trait", "code": { "code": "E0277" },
            "spans": [{
                "file_name": "/elsewhere/lib.rs",
                "expansion": { "span": { "file_name": "src/ours/g1/models.rs" } },
            }],
        }});
        let found = errors(&message);
        assert_eq!(found[1], ("src/ours/g1/models.rs".to_owned(), "[E0277] no such trait".to_owned()));
        assert!(
            errors(&json!({ "message": { "level": "warning", "spans": [{ "file_name": "x" }] } })).is_empty()
        );
    }

    #[test]
    fn modules_are_declared_by_folder() {
        let modules =
            ["ours/b", "ours/a"].map(|name| Module { name: name.to_owned(), rows: String::new(), weight: 1 });
        let text = declarations(&modules.iter().collect::<Vec<_>>());
        assert!(
            text.starts_with(
                "#[path = \"ours\"]\npub mod ours {\n    #[path = \"b/mod.rs\"]\n    pub mod b;"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_crate_holds_no_more_than_it_should() {
        let module = |weight| Module { name: String::new(), rows: String::new(), weight };
        let modules = [WEIGHT / 2, WEIGHT / 2, 1, 2 * WEIGHT, 1].map(module);
        let counts: Vec<usize> = divided(&modules).iter().map(Vec::len).collect();
        assert_eq!(counts, [2, 1, 1, 1]);
    }
}
