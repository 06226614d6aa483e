//! Every program has help and completions; that of `commands.yaml` sends files, streams and forms as they are
//! typed.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use spec_command_goldens::{PROGRAMS, commands};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use tempfile::TempDir;

/// A request that came.
#[derive(Clone, Debug)]
struct Came {
    line: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A server that keeps what comes, and answers as `commands.yaml` says.
struct Server {
    url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

static SERVER: LazyLock<Mutex<Server>> = LazyLock::new(|| {
    let (sender, receiver) = std::sync::mpsc::channel();
    let came = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&came);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            let router = Router::new().fallback(move |request| answer(Arc::clone(&kept), request));
            axum::serve(listener, router).await
        })
    });
    Mutex::new(Server { url: receiver.recv().unwrap(), came })
});

async fn answer(came: Arc<Mutex<Vec<Came>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let line = format!("{} {}", parts.method, parts.uri);
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    came.lock().unwrap().push(Came { line: line.clone(), headers: parts.headers, body });
    match line.as_str() {
        "GET /files" => {
            ([(CONTENT_TYPE, "application/jsonl")], "{\"name\": \"a\"}\n{\"name\":\"b\"}\n").into_response()
        }
        "GET /files/7" => {
            ([(CONTENT_TYPE, "application/octet-stream")], vec![0_u8, 159, 146, 150]).into_response()
        }
        "GET /events" => {
            let events = "event: told\ndata: {\"name\": \"a\"}\n\ndata: {\"name\": \"b\"}\n\n";
            ([(CONTENT_TYPE, "text/event-stream")], events).into_response()
        }
        "PUT /texts" => ([(CONTENT_TYPE, "text/plain")], "as it is").into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

/// One test at a time: each looks at the last request.
fn server() -> MutexGuard<'static, Server> {
    SERVER.lock().unwrap_or_else(|error| error.into_inner())
}

impl Server {
    /// Runs the program of `commands.yaml`, and returns the request and what was written to a file.
    #[track_caller]
    fn run(&self, folder: &Path, words: &[&str]) -> (Came, Vec<u8>) {
        let out = folder.join("out");
        let _ = std::fs::remove_file(&out);
        let own = ["api", "--base-url", self.url.as_str(), "--output-file", out.to_str().unwrap()];
        let code = spec_command::run_from(&commands::cli::API, [&own[..], words].concat());
        assert_eq!(code, ExitCode::SUCCESS, "{words:?}");
        let came = self.came.lock().unwrap().last().cloned().unwrap();
        (came, std::fs::read(&out).unwrap_or_default())
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// The command line of a program is checked as a whole where completions are made.
#[test]
fn every_program_has_help_and_completions() {
    assert_eq!(PROGRAMS.len(), 19);
    for (name, run, _) in PROGRAMS {
        assert_eq!(run(&["program", "--help"]), ExitCode::SUCCESS, "{name}");
        assert_eq!(run(&["program", "completions", "zsh"]), ExitCode::SUCCESS, "{name}");
        let pages = tempfile::tempdir().unwrap();
        assert_eq!(run(&["program", "man", pages.path().to_str().unwrap()]), ExitCode::SUCCESS, "{name}");
        assert_eq!(run(&["program", "no-such-command"]), ExitCode::from(2), "{name}");
    }
}

#[test]
fn files_of_forms_are_read_from_disk() {
    let (server, folder) = (server(), folder(&[("a.bin", &[1, 2, 3]), ("b.txt", b"more")]));
    let path = |name: &str| format!("@{}", folder.path().join(name).display());
    let (came, _) = server.run(
        folder.path(),
        &[
            "files",
            "upload",
            "--content",
            &path("a.bin"),
            "--more",
            &path("b.txt"),
            "--more",
            "itself",
            "--title",
            "null",
            "--size",
            "3",
        ],
    );
    assert!(came.headers[CONTENT_TYPE].to_str().unwrap().starts_with("multipart/form-data"));
    let text = String::from_utf8_lossy(&came.body);
    for part in [
        "name=\"content\"; filename=\"a.bin\"",
        "\u{1}\u{2}\u{3}",
        "filename=\"b.txt\"",
        "more",
        "itself",
        "null",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn bytes_go_and_come_as_they_are() {
    let bytes = [0_u8, 255, 10, 13, 0];
    let (server, folder) = (server(), folder(&[("a.bin", &bytes)]));
    let path = format!("@{}", folder.path().join("a.bin").display());
    let (came, _) = server.run(folder.path(), &["files", "get-file2", "7", "--body", &path]);
    assert_eq!((came.line.as_str(), came.body.as_slice()), ("PUT /files/7", &bytes[..]));
    let (_, written) = server.run(folder.path(), &["files", "get-file", "7"]);
    assert_eq!(written, [0_u8, 159, 146, 150]);
}

#[test]
fn items_are_shown_as_lines_or_together() {
    let (server, folder) = (server(), folder(&[]));
    let (_, lines) = server.run(folder.path(), &["files", "list"]);
    assert_eq!(String::from_utf8(lines).unwrap(), "{\"name\":\"a\"}\n{\"name\":\"b\"}\n");
    let (_, list) = server.run(folder.path(), &["files", "list", "-o", "json"]);
    assert_eq!(serde_json::from_slice::<Value>(&list).unwrap(), json!([{"name": "a"}, {"name": "b"}]));
    let (_, names) = server.run(folder.path(), &["follow", "--query", "/data/name", "-o", "raw"]);
    assert_eq!(String::from_utf8(names).unwrap(), "a\nb\n");
    let (_, events) = server.run(folder.path(), &["follow"]);
    let expected = "{\"event\":\"told\",\"data\":{\"name\":\"a\"}}\n{\"data\":{\"name\":\"b\"}}\n";
    assert_eq!(String::from_utf8(events).unwrap(), expected);
}

/// Flags that every command has are not those of parameters and fields of the same names.
#[test]
fn names_that_are_taken_have_their_place_before_them() {
    let (server, folder) = (server(), folder(&[]));
    let (came, _) = server.run(
        folder.path(),
        &[
            "fill",
            "--query-help",
            "a",
            "--header-body",
            "b",
            "--query-output=false",
            "--query-version",
            "1",
            "--query-version",
            "2",
            "--a",
            "x",
            "--body-query",
            "1.5",
        ],
    );
    assert_eq!(came.line, "POST /forms?help=a&output=false&version=1&version=2");
    assert_eq!(came.headers["body"], "b");
    assert_eq!(serde_json::from_slice::<Value>(&came.body).unwrap(), json!({"a": "x", "query": 1.5}));
}

#[test]
fn a_body_has_the_form_that_is_asked_for() {
    let (server, folder) = (server(), folder(&[]));
    let typed = |media_type: &str, body: &str| {
        let (came, _) = server.run(folder.path(), &["fill", "--body-type", media_type, "--body", body]);
        assert_eq!(came.headers[CONTENT_TYPE].to_str().unwrap().split(';').next(), Some(media_type));
        String::from_utf8(came.body).unwrap()
    };
    assert_eq!(typed("text/plain", "{as: it is"), "{as: it is");
    let form = "application/x-www-form-urlencoded";
    assert_eq!(typed(form, r#"{"help": "a b", "tags": ["x", "y"]}"#), "help=a+b&tags=x&tags=y");
    assert_eq!(typed("application/json", r#"{"a": null}"#), r#"{"a":null}"#);
    let (came, _) = server.run(folder.path(), &["fill"]);
    assert!(
        came.body.is_empty() && !came.headers.contains_key(CONTENT_TYPE),
        "a body that need not be is not sent"
    );
    let (_, text) = server.run(folder.path(), &["completions2", "--body", "x"]);
    assert_eq!(text, b"as it is");
}

/// Without a file or a pipe, what an operation needs is still asked for before anything is sent.
#[test]
fn what_does_not_go_together_is_refused() {
    let server = server();
    let before = server.came.lock().unwrap().len();
    for words in [
        &["files", "upload"][..],
        &["files", "upload", "--content", "@missing"],
        &["files", "upload", "--title", "x"],
        &["files", "get-file2", "7"],
        &["fill", "--body-type", "text/plain", "--a", "x"],
        &["fill", "--null", "query"],
        &["fill", "--query-output", "false"],
        &["fill", "--query-version", "1.5"],
    ] {
        let words = [&["api", "--base-url", &server.url], words].concat();
        assert_eq!(
            spec_command::run_from(&commands::cli::API, words.clone()),
            ExitCode::from(2),
            "{words:?}"
        );
    }
    assert_eq!(server.came.lock().unwrap().len(), before);
}

/// Every schema of every tool stands alone, and is one of JSON Schema 2020-12.
#[test]
fn every_tool_has_schemas_that_stand_alone() {
    let mut seen = 0;
    for (name, _, tools) in PROGRAMS {
        let tools = tools().unwrap();
        let mut names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        for (tool, own) in tools.iter().zip(&names) {
            let plain = own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            assert!(plain && (1..=64).contains(&own.len()), "{name}: {own}");
            for key in ["inputSchema", "outputSchema"] {
                let Some(schema) = tool.get(key) else { continue };
                assert_eq!(schema["type"], "object", "{name}: {own}");
                if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
                    panic!("{name}: {key} of {own}: {error}: {schema}");
                }
                if let Err(error) = jsonschema::draft202012::new(schema) {
                    panic!("{name}: {key} of {own}: {error}: {schema}");
                }
                seen += 1;
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), tools.len(), "{name}");
    }
    assert!(seen > 100, "{seen}");
}

/// Returns what is said of a tool of `commands.yaml`.
fn tool(name: &str) -> Value {
    let tools = spec_command::tools(&commands::cli::API).unwrap();
    tools.into_iter().find(|own| own["name"] == name).unwrap()
}

/// Returns the properties of the arguments of a tool of `commands.yaml`.
fn properties(name: &str) -> Value {
    tool(name)["inputSchema"]["properties"].clone()
}

/// What only answers have is not asked for; what nobody needs is not said. Circles stay what they are.
#[test]
fn schemas_of_tools_are_those_of_their_side() {
    let tool = tool("keep_thing");
    let parts = |name: &str| json!({"type": "array", "items": {"$ref": format!("#/$defs/{name}")}});
    let title = json!({"type": "string", "examples": ["A"]});
    let key = json!({"type": "string", "writeOnly": true});
    let sent = json!({"key": key, "title": title, "parts": parts("Thing")});
    let thing = json!({"type": "object", "required": ["title"], "properties": sent});
    assert_eq!(tool["inputSchema"]["properties"]["body"], thing);
    assert_eq!(tool["inputSchema"]["$defs"], json!({"Thing": thing}));
    let id = json!({"type": "integer", "readOnly": true});
    let came = json!({"id": id, "key": key, "title": title, "parts": parts("Thing2")});
    assert_eq!(tool["outputSchema"]["properties"], came);
    assert_eq!(tool["outputSchema"]["required"], json!(["id", "title"]));
}

#[test]
fn bodies_of_tools_are_what_json_can_say() {
    let base64 = json!({"type": "string", "contentEncoding": "base64"});
    let upload = &properties("files_upload")["body"];
    assert_eq!(upload["properties"]["content"], base64);
    assert_eq!(upload["properties"]["more"], json!({"type": "array", "items": base64}));
    assert_eq!(upload["properties"]["size"], json!({"type": "integer"}));
    assert_eq!(properties("files_get_file2")["body"], base64);
    assert_eq!(properties("completions2")["body"], json!({"type": "string"}));
    let fill = properties("fill");
    let mut names: Vec<&str> = fill.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = ["body", "body_type", "header_body", "query_help", "query_output", "query_version"];
    assert_eq!(names, expected);
    assert_eq!(fill["body"]["anyOf"].as_array().unwrap().len(), 3);
    assert_eq!(fill["body_type"]["enum"].as_array().unwrap().len(), 3);
}
