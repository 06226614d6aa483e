//! The command `spec diff`, as a program.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output};

fn spec(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spec"));
    command.current_dir(folder).args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn document(limit: u32, rest: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: Pets, version: 1.0.0}}\npaths:\n  /pets:\n    get:\n\
         \x20     parameters:\n\
         \x20     - {{name: limit, in: query, schema: {{type: integer, maximum: {limit}}}}}\n\
         \x20     responses:\n        '204': {{description: none}}\n{rest}"
    )
}

/// A folder with two documents, the second of which breaks something.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("old.yaml"), document(100, "")).expect("a file");
    std::fs::write(folder.path().join("new.yaml"), document(50, "")).expect("a file");
    folder
}

#[test]
fn what_breaks_is_found_and_shown_where_it_stands() {
    let folder = folder();
    let output = spec(folder.path(), &["diff", "old.yaml", "new.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    for words in
        ["error[request-parameter-max-decreased]", "new.yaml:7:", "old.yaml:7:", "99 was fine", "major"]
    {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    assert!(!shown.contains('\u{1b}'), "colours are for terminals");
}

#[test]
fn the_other_way_round_nothing_is_found() {
    let folder = folder();
    let output = spec(folder.path(), &["diff", "new.yaml", "old.yaml"]);
    assert_eq!(output.status.code(), Some(0));
    let output = spec(folder.path(), &["diff", "new.yaml", "old.yaml", "--fail-on", "info"]);
    assert_eq!(output.status.code(), Some(1));
    let output = spec(folder.path(), &["diff", "new.yaml", "new.yaml", "--fail-on", "info"]);
    assert_eq!((output.status.code(), text(&output.stdout).trim()), (Some(0), "no changes"));
}

#[test]
fn reports_have_formats() {
    let folder = folder();
    let of = |format: &str| {
        let output = spec(folder.path(), &["diff", "old.yaml", "new.yaml", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        text(&output.stdout)
    };
    let json: serde_json::Value = serde_json::from_str(&of("json")).expect("JSON");
    assert_eq!(json["breaking"], true);
    assert_eq!(json["changes"][0]["id"], "request-parameter-max-decreased");
    assert_eq!(json["changes"][0]["level"], "error");
    assert_eq!(json["changes"][0]["pointer"], "/paths/~1pets/get/parameters/0/schema/maximum");
    assert_eq!(json["changes"][0]["evidence"]["witness"], 99);
    assert_eq!(json["changes"][0]["request"]["path"], "/pets?limit=99");
    assert_eq!(json["changes"][0].get("beyond"), None, "oasdiff says so, too");
    assert_eq!(json["changes"][0]["revision"]["file"], "new.yaml");
    assert!(of("markdown").contains("| `request-parameter-max-decreased` |"));
    assert!(of("github").starts_with("::error file=new.yaml,line=7,"), "{}", of("github"));
}

#[test]
fn revisions_of_git_are_read_with_the_files_they_refer_to() {
    let folder = folder();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(["-c", "user.name=Mia", "-c", "user.email=mia@example.com"]);
        let output = command.args(arguments).output().expect("git runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("a file");
    let other = "  /cats:\n    $ref: 'cats.yaml#/path'\n";
    let cats = |kind: &str| {
        format!(
            "path:\n  get:\n    parameters: [{{name: age, in: query, schema: {{type: {kind}}}}}]\n    \
             responses: {{'204': {{description: none}}}}\n"
        )
    };
    write("pets.yaml", document(100, other));
    write("cats.yaml", cats("string"));
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "Add pets"]);
    write("cats.yaml", cats("integer"));
    let output = spec(folder.path(), &["diff", "HEAD:pets.yaml", "pets.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("request-parameter-type-changed") && shown.contains("cats.yaml:3:"), "{shown}");
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).expect("a folder");
    let output = spec(&inner, &["diff", "HEAD:pets.yaml", "../pets.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let output = spec(folder.path(), &["diff", "HEAD:./pets.yaml", "pets.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let output = spec(folder.path(), &["diff", "HEAD:nothing.yaml", "pets.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("HEAD:nothing.yaml can't be read"), "{}", text(&output.stderr));
}

#[test]
fn annotations_stand_in_the_work_tree() {
    let folder = folder();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(["-c", "user.name=Mia", "-c", "user.email=mia@example.com"]);
        assert!(command.args(arguments).output().expect("git runs").status.success());
    };
    std::fs::create_dir(folder.path().join("api")).expect("a folder");
    let file = folder.path().join("api/pets.yaml");
    let toys = "  /toys: {get: {responses: {'204': {description: none}}}}\n";
    std::fs::write(&file, document(100, toys)).expect("a file");
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "Add pets"]);
    std::fs::write(&file, document(50, "")).expect("a file");
    git(&["commit", "--quiet", "--all", "--message", "Change pets"]);
    let inner = folder.path().join("api");
    for (here, base, revision) in [
        (folder.path(), "HEAD~:api/pets.yaml", "api/pets.yaml"),
        (folder.path(), "HEAD~:api/pets.yaml", "HEAD:api/pets.yaml"),
        (&inner, "HEAD~:./pets.yaml", "pets.yaml"),
        (&inner, "HEAD~:./pets.yaml", "HEAD:./pets.yaml"),
    ] {
        let output = spec(here, &["diff", base, revision, "--format", "github"]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let lines = text(&output.stdout);
        assert!(lines.contains("::error file=api/pets.yaml,line=7,col=67,title=request-par"), "{lines}");
        // A thing that is gone is shown at the one that was around it.
        assert!(lines.contains("::error file=api/pets.yaml,line=3,col=1,title=api-"), "{lines}");
    }
}

#[test]
fn documents_at_urls_are_read() {
    let folder = folder();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap_or(0) == 0 {
                    break;
                }
                head.push(byte[0]);
            }
            let answer = match String::from_utf8_lossy(&head).split(' ').nth(1) {
                Some("/plain?v=1") => format!("200 OK\r\n\r\n{}", document(50, "")),
                Some("/api.yaml") => {
                    format!("200 OK\r\n\r\n{}", document(50, "  /x: {$ref: 'other.yaml#/x'}\n"))
                }
                _ => "307 Elsewhere\r\nlocation: /api.yaml\r\n\r\n".to_owned(),
            };
            let _ = stream.write_all(format!("HTTP/1.1 {answer}").as_bytes());
        }
    });
    let run = |url: &str| spec(folder.path(), &["diff", "old.yaml", url]);
    let output = run(&format!("http://{address}/plain?v=1"));
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(&format!("http://{address}/plain?v=1:7:")));
    let output = run(&format!("http://{address}/api.yaml"));
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains(&format!("http://{address}/other.yaml is not asked for")), "{said}");
    for (url, words) in [
        (format!("http://{address}/other"), "the answer is 307 Temporary Redirect, and leads to /api.yaml"),
        ("http://127.0.0.1:9/a".to_owned(), "the service can't be asked"),
        ("http://user:secret@127.0.0.1:9/a".to_owned(), "leave out name and password"),
    ] {
        let output = run(&url);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words) && said.contains("help: write the document to a file"), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn accepted_changes_are_no_findings_until_they_are_stale() {
    let folder = folder();
    let entry = "[[ignore]]\nid = 'request-parameter-max-decreased'\noperation = 'GET /pets'\n\
                 reason = 'never used'\n";
    std::fs::write(folder.path().join("ignore.toml"), entry).expect("a file");
    let run = |base: &str| spec(folder.path(), &["diff", base, "new.yaml", "--ignore", "ignore.toml"]);
    assert_eq!(run("old.yaml").status.code(), Some(0));
    let stale = run("new.yaml");
    assert_eq!(stale.status.code(), Some(2));
    assert!(text(&stale.stderr).contains("--> ignore.toml:1:1"), "{}", text(&stale.stderr));
}

#[test]
fn what_is_wrong_inside_of_an_operation_is_left_out() {
    let folder = folder();
    let empty = document(50, "").replace("responses:\n        '204': {description: none}", "responses:");
    std::fs::write(folder.path().join("empty.yaml"), empty).expect("a file");
    let output = spec(folder.path(), &["diff", "empty.yaml", "old.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("request-parameter-max-increased"), "{}", text(&output.stdout));
    let said = text(&output.stderr);
    assert!(said.contains("--> empty.yaml:8:") && said.contains("left out of the comparison"), "{said}");
}

#[test]
fn days_between_deprecation_and_sunset_can_be_asked_for() {
    let folder = folder();
    let deprecated = document(100, "").replace("    get:\n", "    get:\n      deprecated: true\n");
    std::fs::write(folder.path().join("deprecated.yaml"), deprecated).expect("a file");
    let run = |days: &str| {
        let arguments = ["diff", "old.yaml", "deprecated.yaml", "--deprecation-days-stable", days];
        spec(folder.path(), &arguments)
    };
    assert_eq!(run("0").status.code(), Some(0));
    let output = run("30");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("api-deprecated-sunset-missing"));
    assert_eq!(run("soon").status.code(), Some(2));
}

#[test]
fn what_can_not_run_says_so() {
    let folder = folder();
    std::fs::write(folder.path().join("broken.yaml"), "openapi: 3.1.0\npaths: [1]\n").expect("a file");
    for (arguments, words) in [
        (vec!["diff", "old.yaml"], "two documents"),
        (vec!["diff", "old.yaml", "none.yaml"], "none.yaml can't be read"),
        (vec!["diff", "old.yaml", "broken.yaml"], "--> broken.yaml:2:"),
        (vec!["diff", "old.yaml", "new.yaml", "--format", "xml"], "no format `xml`"),
        (vec!["dif"], "no command `dif`"),
        (vec![], "which command"),
    ] {
        let output = spec(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
    let help = spec(folder.path(), &["diff", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(text(&help.stdout).contains("--fail-on LEVEL"));
}
