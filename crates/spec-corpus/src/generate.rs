//! One document → what became of it: the child is asked, watched and judged, and what it wrote is counted.
//!
//! Knows how processes end and what that means. Must not know other documents.

use crate::child::{self, Outcome, Task};
use crate::count::{self, Counted};
use crate::documents::{Content, Document, hex};
use crate::lost;
use crate::report::{Entry, GeneratedCode, Status};
use crate::requests;
use spec_codegen::{CrateKind, GENERATED, MODULES};
use spec_oracle::children::{self, Ended};
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// The stack of the thread that parses generated code: its types may nest as deeply as the document.
const STACK: usize = 256 << 20;

/// The length of what is kept of a process's last words, in characters.
const MAX_CHARACTERS: usize = 2000;

/// The limits that a document is generated within.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest time that it may take.
    pub timeout: Duration,
    /// The address space that it may use, in bytes.
    pub memory: u64,
}

/// Generates the crates of a document, anew.
///
/// # Errors
///
/// When something fails other than the document: folders that can't be written, processes that can't be
/// started.
pub fn run(document: &Document, content: &Content, limits: Limits, out: &Path) -> Result<Entry, String> {
    for kind in CrateKind::ALL {
        let folder = child::folder(out, &document.krate, kind);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
    }
    let task = Task {
        path: document.path.clone(),
        krate: document.krate.clone(),
        out: out.to_owned(),
        memory: limits.memory,
    };
    let (start, mut peak) = (Instant::now(), None);
    let ended = children::run(&mut task.command()?, limits.timeout, &mut |process| {
        peak = child::peak(process).max(peak)
    })?;
    let elapsed = start.elapsed().as_secs_f64();
    let (status, said) = status_of(&ended).map_err(|error| format!("{}: {error}", document.name))?;
    let counted = on_large_stack(|| count::document(&document.path))?;
    let is_well = matches!(status, Status::Generated | Status::Errors);
    let ending = ended.complaint.trim().chars().take(MAX_CHARACTERS).collect::<String>();
    let mut entry = Entry {
        bytes: content.bytes,
        hash: content.hash.clone(),
        status,
        ending: (!is_well && !ending.is_empty()).then_some(ending),
        seconds: elapsed,
        memory: peak,
        errors: Default::default(),
        warnings: Default::default(),
        shown: Vec::new(),
        document: counted.as_ref().map(|counted| counted.counts.clone()),
        code: None,
        lost: Vec::new(),
        compiled: None,
    };
    let Some(said) = said else { return Ok(entry) };
    let Outcome { generated: _, errors, warnings, shown, places, seconds, memory, lines } = said;
    (entry.errors, entry.warnings, entry.shown) = (errors, warnings, shown);
    (entry.seconds, entry.memory) = (seconds, memory);
    if status != Status::Generated {
        return Ok(entry);
    }
    let places: Vec<String> = places.into_iter().collect();
    let [models, client, server] = CrateKind::ALL.map(|kind| text(out, document, kind));
    let texts = [models?, client?, server?];
    (entry.code, entry.lost) = count_code(&texts, counted.as_ref(), &places, lines)?;
    Ok(entry)
}

/// Counts what the texts of the three crates have, and lists what they lack of the document. `places` are the
/// pointers of diagnostics.
fn count_code(
    texts: &[String; 3],
    counted: Option<&Counted>,
    places: &[String],
    lines: BTreeMap<String, usize>,
) -> Result<(Option<GeneratedCode>, Vec<String>), String> {
    let [models, client, server] = texts;
    let (models, client, server) =
        on_large_stack(|| (requests::models(models), requests::client(client), requests::server(server)))?;
    let (client, server) = (client.unwrap_or_default(), server.unwrap_or_default());
    let mut lost = Vec::new();
    for (word, requests) in [("client", &client), ("server", &server)] {
        let operations = counted.iter().flat_map(|counted| lost::operations(counted, requests, places));
        lost.extend(operations.map(|request| format!("{word}: {request}")));
    }
    let received = counted.and_then(|counted| lost::received(counted, &server, places));
    lost.extend(received.map(|lost| format!("server: {lost}")));
    let code = GeneratedCode {
        hash: hash_of(&texts.each_ref()),
        client: client.methods,
        server: server.methods,
        received: server.received,
        models: models.unwrap_or_default(),
        lines,
    };
    Ok((Some(code), lost))
}

/// Tells how a process ended, and returns what it said.
fn status_of(ended: &Ended) -> Result<(Status, Option<Outcome>), String> {
    let Some(status) = ended.status else { return Ok((Status::Timeout, None)) };
    if status.success() {
        let said: Outcome =
            serde_json::from_str(&ended.out).map_err(|error| format!("the process said nothing: {error}"))?;
        let status = match (said.generated, said.errors.is_empty()) {
            (true, _) => Status::Generated,
            (false, false) => Status::Errors,
            // A panic of a thread is a result that is missing.
            (false, true) if child::lacked_memory(&ended.complaint) => Status::Memory,
            (false, true) => Status::Panic,
        };
        return Ok((status, Some(said)));
    }
    if child::lacked_memory(&ended.complaint) {
        return Ok((Status::Memory, None));
    }
    match status.code() {
        Some(101) => Ok((Status::Panic, None)),
        Some(_) => Err(ended.complaint.trim().to_owned()),
        None => Ok((Status::Crashed, None)),
    }
}

/// Returns whether the crates of a document are those that the entry speaks of.
pub fn is_on_disk(document: &Document, entry: &Entry, out: &Path) -> bool {
    let Some(code) = &entry.code else { return true };
    let texts = CrateKind::ALL.map(|kind| text(out, document, kind));
    let [Ok(models), Ok(client), Ok(server)] = &texts else { return false };
    let is_whole = |kind: &CrateKind| child::folder(out, &document.krate, *kind).join("Cargo.toml").is_file();
    hash_of(&[models, client, server]) == code.hash && CrateKind::ALL.iter().all(is_whole)
}

/// Reads the text of a generated crate: that of its first file, and in modules those of the files beside it.
fn text(out: &Path, document: &Document, kind: CrateKind) -> Result<String, String> {
    let folder = child::folder(out, &document.krate, kind);
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let mut text = read(&folder.join(GENERATED))?;
    let modules = fs::read_dir(folder.join(MODULES)).into_iter().flatten();
    let mut modules: Vec<_> = modules.filter_map(|entry| Some(entry.ok()?.path())).collect();
    modules.sort();
    for (index, path) in modules.iter().enumerate() {
        text.push_str(&format!("mod file_{index} {{\n{}\n}}\n", read(path)?));
    }
    Ok(text)
}

fn hash_of(texts: &[&String]) -> String {
    let mut hasher = DefaultHasher::new();
    texts.hash(&mut hasher);
    hex(&hasher)
}

/// Runs something on a large stack of its own.
fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| format!("there is no thread to count in: {error}"))?;
        thread.join().map_err(|_| "counting failed".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::status_of;
    use crate::report::Status;
    use spec_oracle::children;
    use std::process::Command;
    use std::time::Duration;

    /// Returns the status of a process that says and does what a script says and does.
    fn status(script: &str) -> Result<Status, String> {
        let mut command = Command::new("sh");
        let ended = children::run(command.args(["-c", script]), Duration::from_secs(60), &mut |_| {})
            .expect("a shell");
        status_of(&ended).map(|(status, _)| status)
    }

    #[test]
    fn endings_are_told_on_large_stack() {
        let said = |generated, errors: &str| {
            let rest = "\"warnings\":{},\"shown\":[],\"places\":[],\"seconds\":0.1,\"memory\":1,\"lines\":{}";
            format!("echo '{{\"generated\":{generated},\"errors\":{errors},{rest}}}'")
        };
        assert_eq!(status(&said(true, "{}")), Ok(Status::Generated));
        assert_eq!(status(&said(false, "{\"unsupported\":1}")), Ok(Status::Errors));
        assert_eq!(status(&format!("echo 'lib.rs:7: no' >&2; {}", said(false, "{}"))), Ok(Status::Panic));
        assert_eq!(
            status(&format!("echo 'failed to spawn thread' >&2; {}", said(false, "{}"))),
            Ok(Status::Memory)
        );
        assert_eq!(status("echo 'lib.rs:7: no' >&2; exit 101"), Ok(Status::Panic));
        assert_eq!(
            status("echo 'memory allocation of 7 bytes failed' >&2; kill -ABRT $$"),
            Ok(Status::Memory)
        );
        assert_eq!(status("kill -SEGV $$"), Ok(Status::Crashed));
        assert_eq!(status("echo 'no space left' >&2; exit 2"), Err("no space left".to_owned()));
    }
}
