//! `corpus`: what becomes of a folder of OpenAPI documents.
//!
//! Every document is generated in a process of its own, within limits of time and memory; what comes of it is
//! counted apart from the generator, and may be compiled. Here: arguments, which documents are due, and
//! output. Nothing that is generated depends on this crate.

mod against;
mod alike;
mod child;
mod compile;
mod count;
mod documents;
mod generate;
mod growth;
mod inventory;
mod lost;
mod report;
mod requests;
mod sharing;
mod summary;
mod written_out;

use documents::{Content, Document, hex};
use generate::Limits;
use report::{Compiler, Entry, Generator, Report, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};
use summary::Summary;

/// Is that of the program `spec`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Tries a folder of OpenAPI documents: which generate, which compile, and whether an operation is lost \
    on the way.

Usage: cargo xtask corpus DIR [OPTIONS]
       cargo xtask corpus --growth [OPTIONS]

DIR holds documents (*.json, *.yaml, *.yml), and folders with an openapi.yaml or openapi.json and the \
    files that it refers to.

  --filter TEXT      only documents whose name contains TEXT; may be said several times
  --compile          check the generated crates with cargo, too
  --written-out      instead: write every reference of a schema out, as bundlers do, and say whether \
                         that changes a type
  --growth           instead, without DIR: generate documents of 100 to 50,000 operations that are made
                     for it, and say whether one takes as much time and memory in the last as in the second
  --operations N     with --growth: documents of other sizes; may be said several times
  --json FILE        write the report there, as it is made; what it says already of the same \
                         documents by the same generator
                     is not done again
  --fresh            do everything again
  --against FILE     say what changed since this report
  --markdown FILE    write tables of names and numbers there
  --inventory FILE   classes of documents, for the tables: CSV with the columns name, kind and validator
  --out DIR          where the crates are made; target/corpus if not said
  --jobs N           documents at the same time; 1 if not said, so that times mean something
  --timeout SECONDS  what a document may take; 60 if not said
  --memory MIB       the address space that it may use; 2048 if not said
  --help             this text

Exits with 0 when all is well; with 1 when the generator panics, crashes or needs too much for a \
    document, when an operation is
lost, or when generated code does not compile; with 2 when something could not be done. A \
    document that is refused with errors
is no failure.
";

struct Options {
    folder: PathBuf,
    filters: Vec<String>,
    compile: bool,
    written_out: bool,
    growth: bool,
    operations: Vec<usize>,
    json: Option<PathBuf>,
    fresh: bool,
    against: Option<PathBuf>,
    markdown: Option<PathBuf>,
    inventory: Option<PathBuf>,
    out: PathBuf,
    jobs: usize,
    limits: Limits,
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    // A child is asked for one document.
    if let Some(task) = arguments.split_first().filter(|(first, _)| *first == child::COMMAND) {
        let result = child::Task::read(task.1)
            .ok_or("this is no command for people".to_owned())
            .and_then(|task| task.run());
        return match result {
            Ok(line) => print(&format!("{line}\n"), ExitCode::SUCCESS),
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(2)
            }
        };
    }
    if let Some((_, arguments)) = arguments.split_first().filter(|(first, _)| *first == sharing::COMMAND) {
        return match sharing::run_one(arguments) {
            Ok(line) => print(&format!("{line}\n"), ExitCode::SUCCESS),
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(2)
            }
        };
    }
    match options(arguments) {
        Ok(None) => print(HELP, ExitCode::SUCCESS),
        Ok(Some(options)) => match run(&options) {
            Ok((text, true)) => print(&text, ExitCode::SUCCESS),
            Ok((text, false)) => print(&text, ExitCode::FAILURE),
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(2)
            }
        },
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn options(arguments: Vec<OsString>) -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut folder = None;
    let mut options = Options {
        folder: PathBuf::new(),
        filters: Vec::new(),
        compile: false,
        written_out: false,
        growth: false,
        operations: Vec::new(),
        json: None,
        fresh: false,
        against: None,
        markdown: None,
        inventory: None,
        out: target().join("corpus"),
        jobs: 1,
        limits: Limits { timeout: Duration::from_secs(60), memory: 2048 << 20 },
    };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(value) if folder.is_none() => folder = Some(PathBuf::from(value)),
            Long("filter") => options.filters.push(parser.value()?.string()?),
            Long("compile") => options.compile = true,
            Long("written-out") => options.written_out = true,
            Long("growth") => options.growth = true,
            Long("operations") => options.operations.push(parser.value()?.parse::<usize>()?.max(1)),
            Long("json") => options.json = Some(parser.value()?.into()),
            Long("fresh") => options.fresh = true,
            Long("against") => options.against = Some(parser.value()?.into()),
            Long("markdown") => options.markdown = Some(parser.value()?.into()),
            Long("inventory") => options.inventory = Some(parser.value()?.into()),
            Long("out") => options.out = parser.value()?.into(),
            Long("jobs") => options.jobs = parser.value()?.parse::<usize>()?.max(1),
            Long("timeout") => {
                let seconds = parser.value()?.parse()?;
                options.limits.timeout =
                    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
            }
            Long("memory") => {
                let mebibytes: u64 = parser.value()?.parse()?;
                options.limits.memory =
                    mebibytes.checked_mul(1 << 20).ok_or("this is more memory than there can be")?;
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if !options.growth && !options.operations.is_empty() {
        return Err("--operations goes with --growth".into());
    }
    match folder {
        Some(_) if options.growth => Err("--growth makes its own documents, and takes no folder".into()),
        None if !options.growth => Ok(None),
        folder => Ok(Some(Options { folder: folder.unwrap_or_default(), ..options })),
    }
}

/// Tries the documents that are asked for. Returns the text to print at the end, and whether all is well.
fn run(options: &Options) -> Result<(String, bool), String> {
    if options.growth {
        let out = made(&options.out)?;
        let sizes = if options.operations.is_empty() { &growth::SIZES[..] } else { &options.operations };
        return growth::run(sizes, options.limits, &out, options.markdown.as_deref());
    }
    let all = documents::find(&options.folder)?;
    let is_asked = |document: &&Document| {
        options.filters.is_empty()
            || options.filters.iter().any(|filter| document.name.contains(filter.as_str()))
    };
    let asked: Vec<&Document> = all.iter().filter(is_asked).collect();
    if asked.is_empty() {
        return Err(format!("no document has `{}` in its name", options.filters.join("` or `")));
    }
    if options.written_out {
        return sharing::run(&asked, options.limits, options.jobs, options.markdown.as_deref());
    }
    let classes = options.inventory.as_deref().map(inventory::read).transpose()?.unwrap_or_default();
    let before = match &options.against {
        Some(path) => Some(Report::read(path)?.ok_or_else(|| format!("{} does not exist", path.display()))?),
        None => None,
    };
    let out = made(&options.out)?;
    let start = Instant::now();
    let mut run = Run::start(options, &all, &asked, &out)?;
    run.generate(&asked)?;
    if options.compile {
        run.compile(&asked)?;
    }
    let report = run.report;
    let names: BTreeSet<&str> = asked.iter().map(|document| document.name.as_str()).collect();
    let summary = Summary::new(&report, &names, &classes);
    if let Some(path) = &options.markdown {
        report::write(path, &summary.markdown())?;
    }
    let mut text = summary.text();
    if let Some(before) = &before {
        let known = all.iter().map(|document| document.name.as_str()).collect();
        text.push_str(&format!("\nChanges\n{}", against::changes(before, &report, &names, &known)));
    }
    progress(&format!("{} documents in {:.0} s\n", asked.len(), start.elapsed().as_secs_f64()));
    Ok((text, summary.is_well()))
}

/// Makes a folder, and returns it as it is found from elsewhere, too.
fn made(folder: &Path) -> Result<PathBuf, String> {
    let said = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).and_then(|()| fs::canonicalize(folder)).map_err(said)
}

/// A run: the report as far as it goes, and the documents that it is about.
struct Run<'a> {
    options: &'a Options,
    out: &'a Path,
    contents: BTreeMap<&'a str, Content>,
    report: Report,
}

impl<'a> Run<'a> {
    /// Takes from an earlier report what still holds.
    fn start(
        options: &'a Options,
        all: &'a [Document],
        asked: &[&Document],
        out: &'a Path,
    ) -> Result<Self, String> {
        let generator = Generator {
            executable: executable()?,
            timeout: options.limits.timeout.as_secs_f64(),
            memory: options.limits.memory,
        };
        let earlier = match &options.json {
            Some(path) => match Report::read(path) {
                Ok(earlier) => earlier.filter(|earlier| earlier.generator == generator),
                Err(_) if options.fresh => None,
                Err(error) => return Err(format!("{error}; --fresh writes a new one")),
            },
            None => None,
        };
        let fingerprint = options.compile.then(compile::fingerprint).transpose()?;
        let mut compiler = earlier.as_ref().and_then(|earlier| earlier.compiler.clone());
        let mut holds = true;
        if let Some(fingerprint) = fingerprint {
            holds = compiler.as_ref().is_some_and(|compiler| compiler.fingerprint == fingerprint);
            if !holds {
                compiler = Some(Compiler { fingerprint, seconds: 0.0 });
            }
        }
        let mut contents = BTreeMap::new();
        let mut kept = BTreeMap::new();
        let mut entries = earlier.map(|earlier| earlier.documents).unwrap_or_default();
        let asked: BTreeSet<&str> = asked.iter().map(|document| document.name.as_str()).collect();
        for document in all {
            let content = document.content()?;
            let is_asked = asked.contains(document.name.as_str());
            let mut entry = entries.remove(&document.name).filter(|entry| entry.is_about(&content));
            if let Some(entry) = entry.as_mut().filter(|_| !holds) {
                entry.compiled = None;
            }
            let entry = entry.filter(|entry| {
                let is_due = options.compile
                    && entry.compiled.is_none()
                    && !generate::is_on_disk(document, entry, out);
                !is_asked || !(options.fresh || is_due)
            });
            kept.extend(entry.map(|entry| (document.name.clone(), entry)));
            contents.insert(document.name.as_str(), content);
        }
        Ok(Run { options, out, contents, report: Report { generator, compiler, documents: kept } })
    }

    /// Generates what is due.
    fn generate(&mut self, asked: &[&'a Document]) -> Result<(), String> {
        // Each document would write it.
        compile::write_workspace(self.out, &[])?;
        let due: Vec<&Document> = asked
            .iter()
            .copied()
            .filter(|document| !self.report.documents.contains_key(&document.name))
            .collect();
        let (next, stop) = (AtomicUsize::new(0), Mutex::new(None));
        let (sender, results) = channel::<(String, Entry)>();
        let (contents, out, limits) = (std::mem::take(&mut self.contents), self.out, self.options.limits);
        let work = |sender: std::sync::mpsc::Sender<(String, Entry)>| {
            while let Some(document) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
                let content = &contents[document.name.as_str()];
                match generate::run(document, content, limits, out) {
                    Ok(entry) => {
                        if sender.send((document.name.clone(), entry)).is_err() {
                            // The report can't be written.
                            break;
                        }
                    }
                    Err(error) => {
                        next.store(due.len(), Ordering::Relaxed);
                        if let Ok(mut stop) = stop.lock() {
                            stop.get_or_insert(error);
                        }
                    }
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.options.jobs {
                let sender = sender.clone();
                let work = &work;
                scope.spawn(move || work(sender));
            }
            drop(sender);
            for (index, (name, entry)) in results.into_iter().enumerate() {
                progress(&format!("{}/{} {name}: {}", index + 1, due.len(), entry.status.name()));
                self.report.documents.insert(name, entry);
                self.save()?;
            }
            Ok::<(), String>(())
        })?;
        match stop.into_inner() {
            Ok(Some(error)) => Err(error),
            _ => self.save(),
        }
    }

    /// Compiles what is due.
    fn compile(&mut self, asked: &[&'a Document]) -> Result<(), String> {
        let mut due = Vec::new();
        for document in asked {
            let Some(entry) = self.report.documents.get(&document.name) else { continue };
            if entry.status == Status::Generated && entry.compiled.is_none() {
                due.push((*document, entry.code.as_ref().map_or(0, |code| code.all_lines())));
            }
        }
        let mut done = 0;
        for group in compile::groups(&due) {
            let start = Instant::now();
            progress(&format!("compiling {}/{}", done + group.len(), due.len()));
            for (name, compiled) in compile::run(self.out, &group)? {
                if let Some(entry) = self.report.documents.get_mut(&name) {
                    entry.compiled = Some(compiled);
                }
            }
            done += group.len();
            if let Some(compiler) = &mut self.report.compiler {
                compiler.seconds += start.elapsed().as_secs_f64();
            }
            self.save()?;
        }
        Ok(())
    }

    fn save(&self) -> Result<(), String> {
        self.options.json.as_ref().map_or(Ok(()), |path| self.report.write(path))
    }
}

/// Returns a number that changes with this program.
fn executable() -> Result<String, String> {
    let bytes = std::env::current_exe()
        .and_then(fs::read)
        .map_err(|error| format!("this program can't find itself: {error}"))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    Ok(hex(&hasher))
}

/// Returns the folder of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Returns the folder that cargo builds into: the one that this program was built into.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let mut folders = program.ancestors().skip(1);
    match (folders.next(), folders.next()) {
        (Some(profile), Some(target)) if profile.join("deps").is_dir() => target.to_owned(),
        _ => root().join("target"),
    }
}

/// Shows progress on a terminal: one line, which the next one replaces.
fn progress(text: &str) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let _ = write!(out, "\r\u{1b}[K{text}");
        let _ = out.flush();
    }
}

/// Prints a text; a reader that has gone away is no error.
fn print(text: &str, code: ExitCode) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    code
}
