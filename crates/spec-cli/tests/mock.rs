//! The command `spec mock`, as a program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

/// A mock that runs, and ends with the test.
struct Mock {
    child: Child,
    lines: BufReader<ChildStderr>,
    address: String,
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Mock {
    fn start(document: &Path, arguments: &[&str]) -> Mock {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spec"));
        command.args(["mock", "-p", "0"]).args(arguments).arg(document).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let mut mock = Mock {
            lines: BufReader::new(child.stderr.take().expect("its messages")),
            child,
            address: String::new(),
        };
        let line = mock.line_with("listening on");
        mock.address = line.split("http://").nth(1).expect("an address").trim().to_owned();
        mock
    }

    /// Returns the next line that has these words in it.
    fn line_with(&mut self, words: &str) -> String {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert_ne!(
                self.lines.read_line(&mut line).expect("a line"),
                0,
                "it ended before it said {words}"
            );
        }
        line
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n").expect("a request");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        text
    }
}

fn document(word: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get:\n      \
         operationId: a\n      responses:\n        '200': {{description: Fine, \
         content: {{text/plain: {{example: {word}}}}}}}\n"
    )
}

#[test]
fn a_document_that_changes_takes_over_and_a_broken_one_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.yaml");
    let write = |text: &str| std::fs::write(&path, text).expect("a file");
    write(&document("first"));
    let mut mock = Mock::start(&path, &["--verbose-level", "debug"]);
    assert!(mock.get("/a").ends_with("\r\n\r\nfirst"));

    write(&document("another"));
    mock.line_with("the document has changed");
    assert!(mock.get("/a").ends_with("\r\n\r\nanother"));

    write(&document("third").replace("responses:", "responses: 7 #"));
    mock.line_with("a.yaml:7:");
    mock.line_with("as it was before");
    assert!(mock.get("/a").ends_with("\r\n\r\nanother"));

    write(&document("mended again"));
    mock.line_with("the document has changed");
    assert!(mock.get("/a").ends_with("\r\n\r\nmended again"));
}

#[test]
fn arguments_are_those_of_prism() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.yaml");
    std::fs::write(&path, document("word")).expect("a file");
    let mock = Mock::start(&path, &["-d", "--errors", "--cors=false", "-h", "127.0.0.1", "--multiprocess"]);
    assert!(!mock.get("/a").contains("access-control"));

    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spec"));
        let output = command.arg("mock").args(arguments).output().expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (arguments, words) in [
        (&[][..], "which document"),
        (&["no-such.yaml"], "no-such.yaml can't be read"),
        (&["a.yaml", "--fault", "fire"], "is no fault"),
        (&["a.yaml", "-h", "example.com"], "is no IP address"),
        (&["a.yaml", "--cors=maybe"], "write true or false"),
    ] {
        let (code, message) = run(arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
    let port = mock.address.rsplit(':').next().expect("a port");
    let (code, message) = run(&["-p", port, path.to_str().expect("a path")]);
    assert!(code == Some(2) && message.contains("can't be listened on"), "{message}");
}
