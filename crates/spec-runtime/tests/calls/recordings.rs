//! Recorders, and cassettes that are played.

use super::support::{Act, Client, SCHEMES, Server, answer, client, ok};
use futures_util::StreamExt;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use spec_runtime::client::testing::{Cassette, Recorder, Replay};
use spec_runtime::client::{Configure, Error, Retry, http_client};
use spec_runtime::codegen::client::BaseUrl;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

/// No server has this name: nothing but a double can answer.
const NOWHERE: &str = "http://nowhere.invalid";

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cassettes/all.jsonl");
    (folder, path)
}

fn recording(server: &Server, path: &Path) -> Client {
    let recorder = Recorder::create(path, http_client().build().unwrap()).unwrap();
    client(&server.url).with_retry(QUICK).with_transport(recorder)
}

fn replaying(path: &Path) -> (Client, Arc<Replay>) {
    let replay = Arc::new(Replay::open(path).unwrap());
    (client(NOWHERE).with_retry(QUICK).with_transport(Arc::clone(&replay)), replay)
}

/// Makes calls, and says what came of them.
async fn calls(client: &Client) -> Vec<String> {
    let mut said = Vec::new();
    for path in ["/things?page=1", "/things?page=2", "/things?page=1", "/fail"] {
        said.push(match client.get::<0>().path(path).send().await {
            Ok(answer) => {
                let (status, headers) = (answer.status(), answer.headers().clone());
                let body = answer.into_inner().collect().await.unwrap();
                format!("{status} {:?} {body:?}", headers.get("x-number"))
            }
            Err(error) => {
                format!(
                    "{:?} {:?} {}",
                    error.status(),
                    error.request_id(),
                    error.evidence().unwrap().attempts
                )
            }
        });
    }
    for body in ["one", "two"] {
        said.push(client.call::<2>(Method::POST).body(body).text().await.unwrap());
    }
    let stream = futures_util::stream::iter(["a", "b"].map(Ok::<_, std::io::Error>));
    said.push(client.call::<0>(Method::PUT).body(Body::wrap_stream(stream)).text().await.unwrap());
    // What is chance in a form, its boundary, does not matter.
    let form = Form::new().text("name", "value").part("file", Part::bytes(vec![0xff; 100]));
    said.push(client.call::<0>(Method::PUT).form(form).text().await.unwrap());
    let mut pieces = client.get::<1>().path("/stream").send().await.unwrap().into_inner();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece.unwrap());
    }
    said.push(format!("{whole:?}"));
    said
}

async fn counting() -> Server {
    Server::start(|number, seen| match seen.head.split(' ').nth(1) {
        Some("/fail") => answer(503, &format!("x-request-id: {number}\r\n"), "busy"),
        Some("/stream") => vec![
            Act::Send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n".to_owned()),
            Act::Wait(Duration::from_millis(50)),
            Act::Send("3\r\ntwo\r\n0\r\n\r\n".to_owned()),
        ],
        _ => answer(
            200,
            &format!("x-number: {number}\r\n"),
            &format!("answer {number}, to {}", seen.body.len()),
        ),
    })
    .await
}

#[tokio::test]
async fn what_was_recorded_is_played_offline() {
    let (_folder, path) = folder();
    let server = counting().await;
    let live = calls(&recording(&server, &path)).await;
    let lines = std::fs::read_to_string(&path).unwrap();
    assert_eq!(lines.lines().count(), server.count(), "a line for each exchange");
    let (client, replay) = replaying(&path);
    assert_eq!(replay.left(), server.count());
    assert_eq!(calls(&client).await, live);
    assert_eq!(replay.left(), 0);

    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let (asked, answered) = (&first["request"], &first["answer"]);
    for (key, value) in [("operation", "thing"), ("method", "GET"), ("template", "/things")] {
        assert_eq!(asked[key], value);
    }
    assert_eq!(asked["url"], format!("{}/things?page=1", server.url));
    assert_eq!(asked["sha256"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(answered["status"], 200);
    assert_eq!(answered["body"]["text"], "answer 1, to 0");
    let form: serde_json::Value = serde_json::from_str(lines.lines().nth_back(1).unwrap()).unwrap();
    assert!(form["request"]["body"]["base64"].is_string(), "what is no text is base64: {form}");
}

#[tokio::test]
async fn a_request_that_was_not_recorded_is_an_error() {
    let (_folder, path) = folder();
    let server = counting().await;
    let recorded = recording(&server, &path);
    recorded.get::<0>().path("/things?page=1").text().await.unwrap();
    recorded.call::<0>(Method::PUT).body("x").text().await.unwrap();
    let (client, replay) = replaying(&path);
    for call in [
        client.get::<0>().path("/things?page=2"),
        client.get::<0>().path("/things"),
        client.get::<0>().path("/others?page=1"),
        client.call::<0>(Method::POST).body("x"),
        client.call::<0>(Method::PUT).body("y"),
    ] {
        let error = call.send().await.unwrap_err();
        assert!(matches!(error, Error::Communication(..)) && !error.may_have_been_sent(), "{error}");
        assert_eq!(
            error.evidence().unwrap().attempts,
            u32::from(!error.is_retryable()),
            "it is not tried again"
        );
    }
    let error = client.call::<0>(Method::PUT).body("y").send().await.unwrap_err().to_string();
    let path = path.display();
    let expected = format!(
        "the cassette {path} has no answer to PUT /things (body a1fce436…); it has left: GET /things?page=1, \
         PUT /things (body 2d711642…)"
    );
    assert!(error.ends_with(&expected), "{error}");
    assert_eq!((replay.left(), server.count()), (2, 2));
    client.get::<0>().path("/things?page=1").text().await.unwrap();
    client.call::<0>(Method::PUT).body("x").text().await.unwrap();
    let error = client.call::<0>(Method::PUT).body("x").send().await.unwrap_err().to_string();
    assert!(error.ends_with("(body 2d711642…); it has none left"), "{error}");
}

#[tokio::test]
async fn attempts_that_fail_are_not_recorded() {
    let (_folder, path) = folder();
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned();
    let server =
        Server::scripted(vec![vec![Act::Close], vec![Act::Send(half), Act::Close], ok("done")]).await;
    assert_eq!(recording(&server, &path).get::<0>().text().await.unwrap(), "done");
    assert_eq!((server.count(), replaying(&path).1.left()), (3, 1));
}

/// A server that repeats whatever it is sent, gives tokens, and sets cookies.
async fn parrot() -> Server {
    Server::start(|_, seen| {
        if seen.head.starts_with("POST /token") {
            let token = r#"{"access_token": "fresh-token", "refresh_token": "fresh-refresh",
                "token_type": "Bearer", "expires_in": 3600, "note": "the-note"}"#;
            return ok(token);
        }
        let told = format!("{}\n{}", seen.head, String::from_utf8_lossy(&seen.body)).replace('\n', " ");
        answer(200, &format!("set-cookie: sid=set-by-server\r\nx-told: {told}\r\n"), &told)
    })
    .await
}

#[tokio::test]
async fn no_secret_is_ever_recorded() {
    let (_folder, path) = folder();
    let server = parrot().await;
    let recorder =
        Recorder::create(&path, http_client().build().unwrap()).unwrap().with_secret("told \"secret\"");
    let client = client(&server.url).with_tokens("/token").with_transport(recorder);
    let client = client.with_header("x-tenant", "marked-header").with_query("access_token", "in-the-query");
    client.get::<3>().text().await.unwrap();
    client.get::<3>().text().await.unwrap();
    client.get::<0>().text().await.unwrap();
    client.call::<0>(Method::PUT).body(r#"{"a":"told \"secret\""}"#).text().await.unwrap();
    let mut everywhere = client;
    for text in ["; x=1%", " é"] {
        for (index, scheme) in SCHEMES.into_iter().enumerate() {
            everywhere.credentials.set(scheme, format!("credential-{index}{text}"));
        }
        let call = everywhere.get::<5>().path("/things?page=3");
        let told = call.with_header("proxy-authorization", "Basic YTpwYXNzd29yZDE=").text().await.unwrap();
        assert!((0..4).all(|index| told.contains(&format!("credential-{index}"))), "it repeats: {told}");
    }

    let recorded = std::fs::read_to_string(&path).unwrap();
    assert_eq!(recorded.lines().count(), server.count());
    for secret in [
        "the-secret-key",
        "the-secret-secret",
        "aWQ6dGhlLXNlY3JldC1zZWNyZXQ",
        "fresh-token",
        "fresh-refresh",
        "the-note",
        "in-the-query",
        "set-by-server",
        "credential-",
        "told \\",
        "YTpwYXNzd29yZDE",
    ] {
        assert!(!recorded.contains(secret), "{secret} in {recorded}");
    }
    // A header that is marked may say something that is said in other places, too; it is not sent there.
    let marked = r#"["x-tenant","marked-header"]"#;
    assert!(!recorded.contains(marked) && recorded.contains(r#"["x-tenant","REDACTED"]"#));
    for plain in ["grant_type=client_credentials", "page=3", "expires_in", "x-told"] {
        assert!(recorded.contains(plain), "{plain} in {recorded}");
    }
}

/// What is recorded with one credential is played with another one: a test needs none.
#[tokio::test]
async fn cassettes_ask_for_no_credentials() {
    let (_folder, path) = folder();
    let server = parrot().await;
    let recorder = Recorder::create(&path, http_client().build().unwrap()).unwrap();
    let mut client = client(&server.url).with_tokens("/token").with_transport(recorder);
    for scheme in SCHEMES {
        client.credentials.set(scheme, "true-credential");
    }
    client.get::<5>().text().await.unwrap();
    let mut client = client.with_tokens("/token");
    client.get::<3>().text().await.unwrap();

    client = client.with_transport(Replay::open(&path).unwrap()).with_tokens("/token");
    client.baseurl = BaseUrl::new(NOWHERE);
    client.get::<3>().text().await.unwrap();
    for scheme in SCHEMES {
        client.credentials.set(scheme, "other");
    }
    client.get::<5>().text().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_cassette() {
    let (folder, path) = folder();
    let error = Cassette::open(&path).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(error.to_string().ends_with("all.jsonl: record it with RECORD=1"), "{error}");
    let path = folder.path().join("other.jsonl");
    std::fs::write(&path, "\n{\"request\": 1}\n").unwrap();
    let error = Replay::open(&path).unwrap_err().to_string();
    assert!(error.starts_with("line 2 of ") && error.contains("is no exchange: "), "{error}");
    let odd = r#"{"request":{"operation":"thing","method":"GET","template":"/things","url":"http://a/things",
        "headers":[],"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "body":{"text":""}},"answer":{"status":7,"headers":[],"body":{"text":""}}}"#;
    std::fs::write(&path, odd.replace('\n', " ")).unwrap();
    let error = replaying(&path).0.get::<0>().send().await.unwrap_err().to_string();
    assert!(error.contains("has no answer in ") && error.contains("invalid status code"), "{error}");
}

/// The environment belongs to the process, so another one is asked to record.
#[tokio::test]
async fn the_environment_says_what_is_recorded() {
    let (_folder, path) = folder();
    const FOUND: &str = "TEST_OF_A_CASSETTE";
    if let Ok(told) = std::env::var(FOUND) {
        let (path, url) = told.split_once('=').unwrap();
        let cassette = Cassette::open(path).unwrap();
        assert!(cassette.is_recording());
        let client = client(url).with_transport(cassette.with_secret("secret"));
        assert_eq!(client.get::<0>().text().await.unwrap(), "done secret");
        return;
    }
    let server = Server::scripted(vec![ok("done secret")]).await;
    let own = std::env::current_exe().unwrap();
    let mut child = tokio::task::spawn_blocking({
        let told = format!("{}={}", path.display(), server.url);
        move || {
            std::process::Command::new(own)
                .args(["--exact", "recordings::the_environment_says_what_is_recorded"])
                .env("RECORD", "1")
                .env(FOUND, told)
                .output()
                .unwrap()
        }
    });
    let output = (&mut child).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let cassette = Cassette::open(&path).unwrap();
    assert!(!cassette.is_recording());
    let client = client(NOWHERE).with_transport(cassette.with_secret("secret"));
    assert_eq!(client.get::<0>().text().await.unwrap(), "done REDACTED");
    assert_eq!(server.count(), 1);
}
