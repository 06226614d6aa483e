//! What the README and the pages say beside Rust holds: settings, YAML, links, and paths of this repository.
//!
//! Knows Markdown. Examples of Rust are tests of documentation.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use spec_codegen::settings::{Key, Settings};
use spec_document::{Code, Diagnostics, Renderer, Sources};
use std::fs;
use std::path::{Path, PathBuf};

/// What all that is linked from every page is called in modules.
const LINKS: &str = include_str!("../links.md");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every text: its path and what it says.
fn texts() -> Vec<(PathBuf, String)> {
    let mut paths = vec![root().join("README.md"), root().join(".github/CONTRIBUTING.md")];
    paths.extend(
        fs::read_dir(root().join("crates/spec-guide/pages")).unwrap().map(|entry| entry.unwrap().path()),
    );
    let read = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    let texts: Vec<(PathBuf, String)> = paths.into_iter().map(read).collect();
    assert!(texts.len() > 10);
    texts
}

/// Blocks of code: the language, and the text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let CodeBlockKind::Fenced(language) = kind else { panic!("a block of code has no fence") };
                open = Some((language.to_string(), String::new()));
            }
            Event::Text(piece) => {
                if let Some((_, block)) = &mut open {
                    block.push_str(&piece);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

/// All blocks of one language.
fn blocks_in(language: &str) -> Vec<(PathBuf, String)> {
    let of = |(path, text): (PathBuf, String)| {
        blocks(&text).into_iter().map(move |(language, block)| (path.clone(), language, block))
    };
    let all = texts()
        .into_iter()
        .flat_map(of)
        .filter(|(_, own, _)| own == language)
        .map(|(path, _, block)| (path, block));
    let all: Vec<(PathBuf, String)> = all.collect();
    assert!(!all.is_empty(), "there is no block of {language}");
    all
}

/// Where links lead to.
fn links(text: &str) -> Vec<String> {
    let target = |event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    Parser::new(text).filter_map(target).collect()
}

#[test]
fn every_setting_is_in_the_guide() {
    let page = include_str!("../pages/settings.md");
    let row = |key: &Key| format!("| `{}` | {} | {} |\n", key.as_str(), key.default(), key.explain());
    let table: String = Key::ALL.iter().map(row).collect();
    let expected = format!(
        "<!-- settings -->\n| key | default | what it does |\n|---|---|---|\n{table}<!-- /settings -->"
    );
    assert!(page.contains(&expected), "put this into crates/spec-guide/pages/settings.md:\n\n{expected}\n");
}

/// A default that is written as TOML is the default: said or not, the settings are the same.
#[test]
fn defaults_are_what_the_guide_says() {
    let settings = |line: &str| {
        let (settings, complaints) =
            parse(&format!("[apis.NAME]\ndocument = \"d.yaml\"\n{line}\n").replace("NAME", "pets"));
        assert_eq!(complaints, "", "{line}");
        let mut api = settings.apis.into_iter().next().unwrap();
        api.location = None;
        format!("{api:?}")
    };
    let mut tested = 0;
    for key in Key::ALL {
        let Some(default) = key.default().strip_prefix('`').and_then(|rest| rest.split('`').next()) else {
            continue;
        };
        // Defaults of these depend on the document; and formats are kept as they are said.
        if !matches!(key, Key::Files | Key::Formats) {
            assert_eq!(settings(&format!("{} = {default}", key.as_str())), settings(""), "{}", key.as_str());
            tested += 1;
        }
    }
    assert!(tested > 5);
}

fn parse(text: &str) -> (Settings, String) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("codegen.toml", text);
    let settings = Settings::parse(&sources, source, &mut diagnostics);
    (settings, Renderer::new(&sources).render_all(&diagnostics))
}

#[test]
fn settings_can_be_read() {
    for (path, block) in blocks_in("toml") {
        if block.starts_with("[build-dependencies]") {
            assert!(toml::de::DeTable::parse(&block).is_ok(), "{}:\n{block}", path.display());
            continue;
        }
        if block.starts_with("[[ignore]]") {
            assert!(spec_diff::Ignore::read(&block).is_ok(), "{}:\n{block}", path.display());
            continue;
        }
        if block.starts_with("[[finding]]") {
            assert!(spec_suite::Baseline::read(&block).is_ok(), "{}:\n{block}", path.display());
            continue;
        }
        let is_whole = block.starts_with("[apis.");
        let text =
            if is_whole { block } else { format!("[apis.petstore]\ndocument = \"petstore.yaml\"\n{block}") };
        let (settings, complaints) = parse(&text);
        assert!(complaints.is_empty() && settings.apis.len() == 1, "{}:\n{complaints}", path.display());
    }
}

#[test]
fn yaml_can_be_read() {
    for (path, block) in blocks_in("yaml") {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("block.yaml", block);
        let document = sources.parse(source, None, &mut diagnostics);
        assert!(
            document.is_some() && diagnostics.is_empty(),
            "{}:\n{}",
            path.display(),
            Renderer::new(&sources).render_all(&diagnostics)
        );
    }
}

/// Blocks are of languages that are tested, or only to be read; no Rust is left out (`ignore`).
#[test]
fn examples_are_tested() {
    for (path, text) in texts() {
        for (language, block) in blocks(&text) {
            let known = ["rust", "rust,no_run", "rust,standalone_crate", "toml", "yaml", "sh", "text"];
            let is_known = known.contains(&language.as_str());
            assert!(is_known, "{}: a block of {language:?}:\n{block}", path.display());
        }
    }
}

/// Commands name crates that there are.
#[test]
fn commands_name_crates() {
    for (path, block) in blocks_in("sh") {
        for (_, rest) in block.split("-p ").skip(1).map(|rest| ("", rest)) {
            let name = rest.split_whitespace().next().unwrap();
            assert!(
                root().join("crates").join(name).is_dir(),
                "{}: there is no crate {name}",
                path.display()
            );
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for (path, text) in texts() {
        for target in links(&text).iter().filter(|target| !target.starts_with("http")) {
            let file = path.parent().unwrap().join(target.split('#').next().unwrap());
            assert!(file.exists(), "{}: {target} is not there", path.display());
        }
    }
}

/// A page is a module, and its links lead to modules there.
#[test]
fn pages_are_modules() {
    let library = include_str!("../src/lib.rs");
    for (path, text) in texts().into_iter().filter(|(path, _)| path.parent().unwrap().ends_with("pages")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let word = name.strip_suffix(".md").unwrap().replace('-', "_");
        let module = if name == "README.md" { String::new() } else { format!("\npub mod {word} {{}}") };
        let expected = format!("[doc = include_str!(\"../pages/{name}\")]{module}\n");
        assert!(library.contains(&expected), "put this into src/lib.rs:\n\n{expected}");
        let as_module = links(&format!("{LINKS}\n{text}"));
        assert_eq!(as_module.len(), links(&text).len());
        for (file, module) in links(&text).iter().zip(as_module).filter(|(file, _)| !file.starts_with("http"))
        {
            let expected = format!("crate::{}", file.strip_suffix(".md").unwrap().replace('-', "_"));
            assert_eq!(module, expected, "{name}: say it in links.md, too");
        }
    }
}

/// What is called as a path of this repository is one.
#[test]
fn paths_exist() {
    let mut seen = 0;
    for (path, text) in texts() {
        for event in Parser::new(&text) {
            let Event::Code(code) = event else { continue };
            let is_path = ["crates/", "openapi/", "xtask/", ".ci/", ".github/"]
                .iter()
                .any(|folder| code.starts_with(folder));
            if is_path && !code.contains(['*', '{', 'N', ' ']) {
                assert!(root().join(&*code).exists(), "{}: there is no {code}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 10);
}

/// Figures of the README are those of the reports.
#[test]
fn figures_are_those_of_the_reports() {
    let report = |path: &str| words(&fs::read_to_string(root().join("crates").join(path)).unwrap());
    let (corpus, grid) = ("spec-corpus/REPORT.md", "spec-oracle/GRID.md");
    let (models, time) = ("spec-oracle/BENCHMARKS.md", "spec-codegen/BENCHMARKS.md");
    let figures = [
        ("Of 285 others, 277 generate", corpus, "285 documents: 277 generated, 8 errors"),
        ("277 generate and compile without a warning", corpus, "277 without an error, 277 without a warning"),
        ("with all 869 tests", models, "| total | 869 | 869 | 424 |"),
        ("(plain typify: 424)", models, "| total | 869 | 869 | 424 |"),
        ("0.45 s, beside 0.74 s", time, "0.74 s for our three crates, 0.45 s for progenitor's client"),
        ("its server took three of them", time, "Ours takes all ten; openapi-to-rust takes three of them"),
        ("12,015 combinations finds none wrong", grid, "| all | | 12015 | 11939 | 76 | 0 |"),
    ];
    let readme = words(include_str!("../../../README.md"));
    for (claim, path, figure) in figures {
        assert!(readme.contains(claim), "the README no longer says {claim:?}: say here what it says");
        assert!(
            report(path).contains(figure),
            "crates/{path} no longer says {figure:?}: correct {claim:?} in the README"
        );
    }
    // Sets of documents: how many were drawn, exchanges, and documents with faults.
    let exercised = fs::read_to_string(root().join("crates/spec-oracle/EXERCISED.md")).unwrap();
    let sets = exercised.split("## Sets drawn at random").nth(1).unwrap();
    let rows: Vec<Vec<&str>> =
        sets.lines().map(|line| line.split(" | ").collect()).filter(|row: &Vec<_>| row.len() == 13).collect();
    let sum = |column: usize| -> u32 {
        rows.iter().filter_map(|row| row[column].trim_end_matches(['|', ' ']).parse::<u32>().ok()).sum()
    };
    let said = "Of 1,900 drawn at random (of at most 24 operations each), all generate and compile. Their \
                clients called their servers in 115,414 exchanges: 22 documents showed a fault";
    assert!(readme.contains(said), "the README no longer says {said:?}: say here what it says");
    assert_eq!(
        [1, 3, 4, 9, 12].map(sum),
        [1900, 1900, 1900, 115_414, 22],
        "correct the figures of {said:?} in the README"
    );
}

/// A text whose lines are joined.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

#[test]
fn the_readme_is_short() {
    let text = include_str!("../../../README.md");
    assert!(text.len() <= 9 * 1024, "the README has {} bytes: what is more belongs into a page", text.len());
}

/// What a message calls a code is in the list of codes.
#[test]
fn codes_in_examples_are_codes() {
    for (path, block) in blocks_in("text") {
        for rest in block.split("error[").skip(1) {
            let code = rest.split(']').next().unwrap();
            let is_code = Code::ALL.iter().any(|known| known.as_str() == code);
            assert!(is_code || spec_diff::known_level(code).is_some(), "{}: {code}", path.display());
        }
    }
}
