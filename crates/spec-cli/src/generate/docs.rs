//! `docs`: the reference page of each API, as files.

use super::{errors_of, say};
use spec_codegen::samples;
use spec_codegen::workspace::{self, ApiRun, Input};
use spec_docs::Docs;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Writes the page of each API into a folder of its name.
pub(super) fn write(input: &Input, out: &Path) -> ExitCode {
    let run = workspace::run(input);
    if errors_of(&run, false) {
        return ExitCode::from(2);
    }
    for api in &run.apis {
        if let Err(error) = write_api(api, &out.join(&api.name)) {
            eprintln!("error: {}: {error}", api.name);
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn write_api(api: &ApiRun, folder: &Path) -> Result<(), Box<dyn Error>> {
    if let Some((uri, _)) = api.document.files().next() {
        let name = uri.rsplit('/').next().unwrap_or(uri);
        return Err(format!(
            "the document refers to another file, {name}, which a page can't follow: \
             make one document of all files first"
        )
        .into());
    }
    let docs = Docs::from_value(api.document.root().to_json())?.samples(&samples::to_json(&api.samples()))?;
    fs::create_dir_all(folder).map_err(|error| format!("{} can't be made: {error}", folder.display()))?;
    let files = docs.site();
    for file in &files {
        let path = folder.join(file.name);
        fs::write(&path, &file.bytes)
            .map_err(|error| format!("{} can't be written: {error}", path.display()))?;
    }
    let shown = folder.display();
    say(&format!(
        "{}: {} files in {shown}, for any file server: `python3 -m http.server --directory {shown}`",
        api.name,
        files.len()
    ));
    Ok(())
}
