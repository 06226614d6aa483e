//! The command `spec proxy`, as a program, in front of a service on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// The longest time that anything may take, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{name: limit, in: query, schema: {type: integer, maximum: 9}}]
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array}}}}
  /toys:
    get:
      operationId: listToys
      responses: {'204': {description: none}}
";

/// Answers one request of a connection.
fn answer(mut stream: impl Read + Write) {
    let mut came = Vec::new();
    while !came.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        came.push(byte[0]);
    }
    let body = if came.starts_with(b"GET /good") { "[]" } else { "{}" };
    let head =
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n";
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
    let _ = stream.flush();
}

/// A service that answers `{}`, and `[]` below `/good`.
fn service() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    address
}

/// Serves over TLS; returns the certificate to trust, too.
fn secure() -> (SocketAddr, String) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![own.cert.der().clone()], key).expect("a pair"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(config.clone()).expect("a connection");
            let mut stream = rustls::StreamOwned::new(connection, stream);
            answer(&mut stream);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (address, own.cert.pem())
}

struct Running {
    child: Child,
    lines: BufReader<std::process::ChildStderr>,
    address: SocketAddr,
}

impl Running {
    fn start(folder: &Path, url: &str, arguments: &[&str]) -> Running {
        std::fs::write(folder.join("pets.yaml"), DOCUMENT).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_spec"));
        command.current_dir(folder).args(["proxy", "pets.yaml", url, "-p", "0"]).args(arguments);
        command.env("SSL_CERT_FILE", folder.join("authority.pem"));
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(',').next());
        let address = address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("{line}"));
        Running { child, lines, address }
    }

    /// Asks for a target, and returns the answer in small letters.
    fn ask(&self, target: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let request = format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Ends it as a terminal does, and returns its code and all that it wrote.
    fn stop(mut self) -> (Option<i32>, String) {
        let ended = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(ended.expect("kill runs").success());
        let mut told = String::new();
        self.lines.read_to_string(&mut told).expect("a text");
        (self.child.wait().expect("it ends").code(), told)
    }
}

#[test]
fn what_is_wrong_is_told_and_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(folder.path(), &format!("http://{}", service()), &[]);
    let answer = running.ask("/pets?limit=10");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("{}"), "{answer}");
    assert!(answer.contains(r#"sl-violations: [{"location":["request","query","limit"]"#), "{answer}");
    assert!(running.ask("/other").ends_with("{}"));
    let (code, told) = running.stop();
    assert_eq!(code, Some(1), "{told}");
    for line in [
        "GET /pets: listPets request: query `limit`: 10 is greater than the maximum of 9, see \
         /paths/~1pets/get/par",
        "GET /pets: listPets response 200: body: the object is not of type \"array\", see \
         /paths/~1pets/get/resp",
        "warning: GET /other passes: its path is not in the document",
        "1 requests and 1 answers were judged",
        "  requests to no operation: 1",
        "  listPets request, invalid: 1",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
}

#[test]
fn arguments_say_what_is_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (bare, good) = (format!("http://{}", service()), format!("http://{}/good", service()));
    let rows: [(&str, &[&str], &str, &str, i32); 8] = [
        (&bare, &["--errors"], "/pets?limit=10", "HTTP/1.1 400 ", 1),
        (&bare, &["--errors", "--validate-request=false"], "/pets?limit=10", "HTTP/1.1 500 ", 1),
        (
            &bare,
            &["--validate-request=false", "--validate-response=false"],
            "/pets?limit=10",
            "HTTP/1.1 200 ",
            0,
        ),
        (&good, &["--errors", "--cors=false"], "/pets?limit=9", "HTTP/1.1 200 ", 0),
        (&good, &["--errors", "--validate-response=false"], "/pets?limit=10", "HTTP/1.1 400 ", 1),
        (&bare, &["--errors", "--only", "listToys"], "/pets?limit=10", "HTTP/1.1 200 ", 0),
        (&bare, &["--errors", "--only=listPets", "--header=false"], "/pets?limit=10", "HTTP/1.1 400 ", 1),
        (&bare, &["--errors", "--sample", "0"], "/pets?limit=10", "HTTP/1.1 200 ", 0),
    ];
    for (url, arguments, target, status, code) in rows {
        let running = Running::start(folder.path(), url, arguments);
        let answer = running.ask(target);
        assert!(answer.starts_with(status), "{arguments:?}: {answer}");
        let has_header = answer.contains("sl-violations");
        assert_eq!(
            has_header,
            code == 1 && !arguments.contains(&"--header=false"),
            "{arguments:?}: {answer}"
        );
        let (ended, told) = running.stop();
        assert_eq!(ended, Some(code), "{arguments:?}: {told}");
    }
}

#[test]
fn services_may_speak_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, authority) = secure();
    let url = format!("https://localhost:{}/good", address.port());
    std::fs::write(folder.path().join("authority.pem"), authority).expect("a file");
    let running = Running::start(folder.path(), &url, &[]);
    let answer = running.ask("/pets");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("[]"), "{answer}");
    assert_eq!(running.stop().0, Some(0));

    // One that nobody vouches for is not asked.
    let (other, _) = secure();
    let running = Running::start(folder.path(), &format!("https://localhost:{}", other.port()), &[]);
    let answer = running.ask("/pets");
    assert!(
        answer.starts_with("HTTP/1.1 502 ") && answer.contains("the service can't be asked: "),
        "{answer}"
    );
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn what_can_not_run_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("pets.yaml"), DOCUMENT).expect("a file");
    std::fs::write(folder.path().join("broken.yaml"), "openapi: 3.1.0\npaths: 7\n").expect("a file");
    let rows: [(&[&str], &str); 8] = [
        (&["pets.yaml"], "say which document counts, and where the service is"),
        (&["missing.yaml", "http://a"], "missing.yaml can't be read"),
        (&["broken.yaml", "http://a"], "broken.yaml:2:"),
        (&["pets.yaml", "a"], "write a whole URL"),
        (
            &["pets.yaml", "http://a", "--only", "listPet"],
            "the document has no operation `listPet`; it has listPets",
        ),
        (&["pets.yaml", "http://a", "--sample", "2"], "`2` is no share"),
        (&["pets.yaml", "http://a", "--cors=perhaps"], "`perhaps` is neither true nor false"),
        (&["pets.yaml", "http://a", "-h", "192.0.2.1"], "can't be listened on"),
    ];
    for (arguments, why) in rows {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spec"));
        let output =
            command.current_dir(folder.path()).arg("proxy").args(arguments).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(why), "{why}: {told}");
    }
}
