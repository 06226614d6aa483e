//! The commands `spec test`, `spec replay` and `spec links`, as programs, on a service that is a few lines of
//! text.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
security: [{token: []}]
paths:
  /pets:
    post:
      operationId: makePet
      responses:
        '201':
          description: made
          content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}
        '401': {description: who}
  /pets/{petId}:
    get:
      operationId: getPet
      parameters:
      - {name: petId, in: path, required: true, schema: {type: integer, minimum: 0, maximum: 9}}
      responses:
        '200': {description: a pet}
        '401': {description: who}
        '404': {description: none}
        '422': {description: no number}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
";

fn spec(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spec"));
    command.env_remove("SPEC_SEED").env("TOKEN", "hidden-token");
    command.current_dir(folder).args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Serves the document; one that is broken shows pets to anybody.
fn serve(is_broken: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let (mut line, mut head) = (String::new(), String::new());
            let _ = reader.read_line(&mut line);
            loop {
                let mut next = String::new();
                if reader.read_line(&mut next).unwrap_or_default() < 3 {
                    break;
                }
                head.push_str(&next.to_ascii_lowercase());
            }
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            let _ = reader.by_ref().take(length.unwrap_or_default()).read_to_end(&mut Vec::new());
            let is_known = head.contains("authorization: bearer hidden-token\r\n");
            let mut words = line.split(' ');
            let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let is_let_in = is_known || (is_broken && method == "GET");
            let pet = path.strip_prefix("/pets/").map(|id| id.parse::<u8>().is_ok_and(|id| id < 10));
            let (status, more) = match (method, path, pet) {
                _ if !is_let_in => ("401 Unauthorized", ""),
                ("POST", "/pets", _) => ("201 Created", "Content-Type: application/json\r\n"),
                ("GET", _, Some(true)) => ("200 OK", ""),
                ("GET", _, Some(false)) => ("422 Unprocessable Content", ""),
                (_, _, Some(_)) => ("405 Method Not Allowed", "Allow: GET\r\n"),
                _ => ("405 Method Not Allowed", "Allow: POST\r\n"),
            };
            let body = if status.starts_with("201") { "{\"id\":1}" } else { "" };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = reader.get_mut().write_all(answer.as_bytes());
        }
    });
    url
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("pets.yaml"), DOCUMENT).expect("a file");
    folder
}

#[test]
fn what_is_found_is_shown_written_and_sent_again() {
    let folder = folder();
    let (broken, mended) = (serve(true), serve(false));
    let all =
        ["test", "pets.yaml", "--credential", "token=env:TOKEN", "--budget", "120", "--seed", "3", "--url"];
    let output = spec(folder.path(), &[&all[..], &[&mended]].concat());
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));

    let reports = ["--report", "json=report.json", "--report", "github=-"];
    let output = spec(folder.path(), &[&all[..], &[&broken], &reports].concat());
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}{}", text(&output.stderr));
    assert!(shown.contains("::error file=pets.yaml,line=15,"), "{shown}");
    let report = std::fs::read_to_string(folder.path().join("report.json")).expect("a report");
    assert!(!report.contains("hidden-token") && !shown.contains("hidden-token"));
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let finding = &report["findings"][0];
    assert_eq!((&finding["check"], &finding["operation"]), (&"ignored_auth".into(), &"getPet".into()));
    assert!(finding["requests"].as_array().is_some_and(|all| !all.is_empty()));

    let replay = ["replay", "report.json", "--credential", "token=env:TOKEN"];
    let output = spec(folder.path(), &replay);
    assert_eq!(output.status.code(), Some(1), "{}{}", text(&output.stdout), text(&output.stderr));
    let output = spec(folder.path(), &[&replay[..], &["--url", &mended]].concat());
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
}

/// Reviews name files from the root of the repository, also where the document is that of a revision.
#[test]
fn findings_of_a_revision_stand_in_its_file() {
    let folder = folder();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(["-c", "user.name=Mia", "-c", "user.email=mia@example.com"]);
        assert!(command.args(arguments).output().expect("git runs").status.success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "Add a document"]);
    let url = serve(true);
    let all = ["test", "HEAD:pets.yaml", "--credential", "token=env:TOKEN", "--budget", "120", "--seed", "3"];
    let output = spec(folder.path(), &[&all[..], &["--report", "github=-", "--url", &url]].concat());
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}{}", text(&output.stderr));
    assert!(shown.contains("::error file=pets.yaml,line=15,"), "{shown}");
}

/// With a token that has expired nothing is tested, and that is no success.
#[test]
fn refused_credentials_are_told() {
    let folder = folder();
    let url = serve(false);
    let arguments = ["test", "pets.yaml", "--credential", "token=expired", "--budget", "60", "--url", &url];
    let output = spec(folder.path(), &arguments);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{shown}{}", text(&output.stderr));
    assert!(shown.contains("nothing was tested") && shown.contains("not expired?"), "{shown}");
    assert!(shown.contains("getPet: ") && shown.contains(" × 401"), "{shown}");
}

#[test]
fn links_have_reasons() {
    let folder = folder();
    let output = spec(folder.path(), &["links", "pets.yaml"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        shown.contains("makePet (answer /id) -> getPet (path petId): `id` of what POST /pets answers"),
        "{shown}"
    );
}

#[test]
fn what_can_not_be_run_is_said() {
    let folder = folder();
    let nowhere = ["--url", "http://127.0.0.1:1"];
    let wrong = "[[finding]]\ncheck = 'panic'\noperation = 'getPet'\nreason = 'known'\n";
    std::fs::write(folder.path().join("wrong.toml"), wrong).expect("a file");
    for (arguments, words) in [
        (vec!["test", "pets.yaml"], "say where the service is"),
        (vec!["test", "none.yaml", "--url", "http://127.0.0.1:1"], "can't be read"),
        (vec!["test", "pets.yaml", "--credential", "token=env:NO_SUCH_NAME"], "NO_SUCH_NAME is not set"),
        ([&["test", "pets.yaml", "--only", "gotPet"][..], &nowhere].concat(), "no tag `gotPet`"),
        ([&["test", "pets.yaml"][..], &nowhere].concat(), "can't be reached"),
        ([&["test", "pets.yaml", "--budget", "0"][..], &nowhere].concat(), "a budget of 0"),
        ([&["test", "pets.yaml", "--workers", "0"][..], &nowhere].concat(), "0 workers"),
        ([&["test", "pets.yaml", "--credential", "tokn=x"][..], &nowhere].concat(), "did you mean `token`?"),
        ([&["test", "pets.yaml", "--identity", "bob:key=x"][..], &nowhere].concat(), "`key`; it has token"),
        (
            [&["test", "pets.yaml", "--baseline", "none.toml"][..], &nowhere].concat(),
            "none.toml: it can't be",
        ),
        ([&["test", "pets.yaml", "--baseline", "wrong.toml"][..], &nowhere].concat(), "mean `panics`?"),
        (vec!["replay", "pets.yaml"], "no report of `spec test`"),
    ] {
        let output = spec(folder.path(), &arguments);
        let said = text(&output.stderr) + &text(&output.stdout);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}
