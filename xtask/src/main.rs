//! The commands of this workspace. Those that write files of documents are in `spec-cli`, which `spec` has
//! them from, too; those of the corpus are in `spec-corpus`, which is built only when it is called.

use spec_cli::generate::{self, House};
use spec_codegen::Runtime;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

const MORE: &str = "
`cargo xtask corpus DIR` tries a folder of documents; it builds and runs a program of its own, \
    with its exit code
(cargo run --release -p spec-corpus): see `cargo xtask corpus --help`.
";

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned();
    match words.split_first() {
        Some((command, rest)) if command == "corpus" => corpus(&root, rest),
        _ => {
            let runtime = root.join("crates/spec-runtime").to_string_lossy().into_owned();
            let house = House {
                program: "cargo xtask",
                runtime: Some(Runtime::Path(runtime)),
                memory: std::env::current_exe().ok().map(|path| path.with_extension("fingerprint")),
                more: MORE,
                root,
            };
            generate::run(words, &house)
        }
    }
}

/// The program has more dependencies than this one, and has to be fast: it is not part of it.
fn corpus(root: &Path, arguments: &[OsString]) -> ExitCode {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["run", "--release", "--quiet", "-p", "spec-corpus", "--manifest-path"])
        .arg(root.join("Cargo.toml"));
    match command.arg("--").args(arguments).status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2)),
        Err(error) => {
            eprintln!("error: cargo can't be run: {error}");
            ExitCode::from(2)
        }
    }
}
