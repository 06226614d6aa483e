//! The command as its user meets it: what it prints, and what it exits with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the command; its exit code, what it said, and what it complained of.
fn xtask(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn this_workspace_is_fresh() {
    let (code, said, complained) = xtask(&["codegen", "--check"]);
    assert_eq!((code, said.as_str()), (0, "generated code is what the documents say\n"), "{complained}");
}

#[test]
fn a_document_from_anywhere() {
    let folder = folder("anywhere");
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/outbound-campaigns.yaml");
    let (document, out) = (document.to_str().unwrap(), folder.join("out"));
    let arguments = ["codegen", "--document", document, "--out", out.to_str().unwrap()];
    let (code, said, complained) = xtask(&arguments);
    assert_eq!(code, 0, "{complained}");
    assert!(
        said.starts_with(
            "outbound-campaigns: 5 operations (4 with progenitor's builder, 1 by our emitter), 11 models"
        ),
        "{said}"
    );
    assert!(said.contains("\n10 files written, 0 unchanged ("), "{said}");
    let (code, said, _) = xtask(&arguments);
    assert!(code == 0 && said.contains("nothing changed: 3 files"), "{said}");
    let folder = out.join("outbound-campaigns-client");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let path = manifest.split("spec-runtime = { path = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(Path::new(path).is_relative() && folder.join(path).join("Cargo.toml").is_file(), "{manifest}");
    let check: Vec<&str> = arguments.iter().copied().chain(["--check"]).collect();
    assert_eq!(xtask(&check).0, 0);
    let models = out.join("outbound-campaigns-models/src/generated.rs");
    let text = fs::read_to_string(&models).unwrap();
    fs::write(&models, text.replace("pub campaign_name: String", "pub campaign_name: u8")).unwrap();
    let (code, _, complained) = xtask(&check);
    assert_eq!(code, 1);
    assert!(
        complained.contains("generated.rs: type OutboundCampaign, type OutboundCampaignInput\n"),
        "{complained}"
    );
    assert!(complained.contains("run `cargo xtask codegen`"), "{complained}");
    assert!(
        fs::read_to_string(&models).unwrap().contains("pub campaign_name: u8"),
        "--check changes nothing"
    );
}

/// The pages are files that need no server of their own.
#[test]
fn reference_pages_are_files() {
    let out = folder("docs");
    let (code, said, complained) = xtask(&["docs", "--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{complained}");
    assert!(said.starts_with("outbound: 8 files in "), "{said}");
    let read = |name: &str| fs::read_to_string(out.join("outbound").join(name)).unwrap();
    assert!(read("index.html").contains("<title>Syllable Outbound Campaigns</title>"));
    assert!(read("openapi.yaml").contains("outbound_client::Client"), "samples are in it");
    let (code, _, complained) = xtask(&["docs", "--check"]);
    assert!(code == 2 && complained.contains("`docs` takes neither --check nor --runtime"), "{complained}");
}

/// New crates are a workspace that cargo can read: what they ask for is there, with its features.
#[test]
fn cargo_finds_all_that_new_crates_need() {
    let out = folder("resolved");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let document = root.join("openapi/outbound-campaigns.yaml");
    let (code, _, complained) =
        xtask(&["codegen", "--document", document.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{complained}");
    // The versions that this workspace has need no network.
    fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let output = cargo
        .args(["tree", "--offline", "--workspace", "--depth", "1", "--prefix", "none", "--no-dedupe"])
        .current_dir(&out)
        .output()
        .unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complained}");
    // Names only: each crate, and what it asks for.
    let needed = said.split("\n\n").map(|krate| {
        let words = krate.lines().map(|line| line.split([' ', '(']).next().unwrap_or_default());
        words.collect::<Vec<_>>().join(" ")
    });
    assert_eq!(
        needed.collect::<Vec<_>>(),
        [
            "outbound-campaigns-client outbound-campaigns-models spec-runtime",
            "outbound-campaigns-models spec-runtime",
            "outbound-campaigns-server outbound-campaigns-models spec-runtime",
        ],
        "{said}"
    );
}

/// Of a document from anywhere, only what is asked for; what is asked for in vain is said.
#[test]
fn some_operations_of_a_document() {
    let out = folder("some");
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/outbound-campaigns.yaml");
    let arguments = ["codegen", "--document", document.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let with = |more: &[&'static str]| xtask(&[&arguments[..], more].concat());
    let (code, said, complained) =
        with(&["--only", "path=*/{campaign_id}", "--except", "operation=*_delete"]);
    assert_eq!(code, 0, "{complained}");
    assert!(said.starts_with("outbound-campaigns: 2 operations "), "{said}");
    let models = fs::read_to_string(out.join("outbound-campaigns-models/src/generated.rs")).unwrap();
    assert!(models.contains("struct OutboundCampaign ") && !models.contains("OutboundCampaignPage"));
    for (more, expected) in [
        (["--only", "tag=nobody"], "no operation has the tag \"nobody\""),
        (["--except", "outbound"], "write tag=NAME, path=TEMPLATE or operation=ID"),
    ] {
        let (code, _, complained) = with(&more);
        assert!(code == 2 && complained.contains(expected), "{complained}");
    }
}

/// A service is begun once: its program, and the manifest of its crate. What is there is never changed.
#[test]
fn a_service_is_begun_once() {
    let out = folder("begun");
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/outbound-campaigns.yaml");
    let document = document.to_str().unwrap();
    let begin = |file: &Path, more: &[&str]| {
        let arguments = ["scaffold-service", "--document", document, "--out", file.to_str().unwrap()];
        xtask(&[&arguments[..], more].concat())
    };
    let (main, read) =
        (out.join("calls/src/main.rs"), |path: &str| fs::read_to_string(out.join(path)).unwrap());
    let (code, said, complained) = begin(&main, &["--only", "operation=*_delete"]);
    assert_eq!(code, 0, "{complained}");
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(complained.contains("outbound-campaigns-server is not there yet"), "{complained}");
    let text = read("calls/src/main.rs");
    assert!(text.contains("async fn outbound_campaign_delete(") && !text.contains("outbound_campaign_list"));
    let manifest = read("calls/Cargo.toml");
    for line in
        ["name = \"calls\"", "outbound-campaigns-server = { path = \"../outbound-campaigns-server\" }"]
    {
        assert!(manifest.contains(line), "{manifest}");
    }
    let path = manifest.split("spec-server = { path = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(out.join("calls").join(path).join("Cargo.toml").is_file(), "{manifest}");

    // The other operations came later.
    let (code, said, complained) = begin(&main, &[]);
    assert!(code == 2 && said.is_empty(), "{said}");
    let expected = "is there already: remove it, or name another file\n\
                    it has no method for these operations: outbound_campaign_list, outbound_campaign_create,";
    assert!(complained.contains(expected), "{complained}");
    assert_eq!(read("calls/src/main.rs"), text);

    // Of a crate that is there, the manifest is its owner's.
    let (code, _, complained) = begin(&out.join("calls/src/bin/other.rs"), &[]);
    assert_eq!(code, 0, "{complained}");
    assert!(!complained.contains("needs these dependencies"), "{complained}");
    fs::write(out.join("calls/Cargo.toml"), manifest.replace("tokio =", "tokyo =")).unwrap();
    let (_, _, complained) = begin(&out.join("calls/src/bin/another.rs"), &[]);
    let expected =
        "its crate needs these dependencies, too:\n  tokio = { version = \"1\", features = [\"macros\"";
    assert!(complained.contains(expected), "{complained}");

    // The generated crates are a workspace, which has to know its members.
    let (code, ..) = xtask(&["codegen", "--document", document, "--out", out.to_str().unwrap()]);
    let (_, _, complained) = begin(&out.join("more/src/main.rs"), &[]);
    assert!(code == 0 && complained.contains("add \"more\" to `members` of"), "{complained}");
    assert!(!complained.contains("is not there yet"), "{complained}");
}

#[test]
fn a_bad_document_writes_nothing() {
    let folder = folder("bad");
    let document = folder.join("bad.yaml");
    fs::write(
        &document,
        "openapi: 3.1.0\ninfo: {title: Bad, version: '1'}\npaths: {/a/{b}: {get: {responses: {}}}}\n",
    )
    .unwrap();
    let out = folder.join("out");
    let (code, _, complained) =
        xtask(&["codegen", "--document", document.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(complained.contains("error["), "{complained}");
    assert!(complained.ends_with("nothing was written\n"), "{complained}");
    assert!(!out.exists());
}

#[test]
fn a_wrong_command_says_how_to_do_it() {
    for arguments in [
        &["codegen", "--chekc"][..],
        &["generate"],
        &["scaffold-service"],
        &["scaffold-service", "--out", "a.rs", "--check"],
        &["codegen", "--document", "a.yaml"],
        &["codegen", "--api", "nobody"],
        &["codegen", "--runtime", "{ version = \"0.1\" }"],
        &["codegen", "--only", "tag=pets"],
        &["codegen", "--document", "a.yaml", "--out", "out", "--runtime", "0.1"],
    ] {
        let (code, _, complained) = xtask(arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(complained.contains("error"), "{complained}");
    }
    for (arguments, help) in [(&["--help"][..], "scaffold-service"), (&["codegen", "--help"], "--check")] {
        let (code, said, _) = xtask(arguments);
        assert!(code == 0 && said.contains(help), "{said}");
    }
}
