//! What the program prints, and how it ends.

use crate::support::{KEY, Stage, VARIABLE, told};
use serde_json::{Value, json};
use std::process::Stdio;

/// The fields that every campaign must have.
const FIELDS: [&str; 8] = [
    "--campaign-name",
    "Campaign 1",
    "--campaign-variables",
    r#"{"key": "value"}"#,
    "--null",
    "caller-id",
    "--active-days",
    "mon",
];

#[tokio::test(flavor = "multi_thread")]
async fn json_of_each_operation_is_the_answer() {
    let stage = Stage::new().await;
    for command in ["list", "create", "get-by-id 12", "update 12", "delete 12"] {
        let mut words: Vec<&str> = vec!["campaigns"];
        words.extend(command.split(' '));
        if command.starts_with("create") || command.starts_with("update") {
            words.extend(FIELDS);
        }
        let (code, printed, complaint) = told(&stage.run(&[&words[..], &["-o", "json"]].concat()));
        assert_eq!((code, complaint.as_str()), (0, ""), "{command}");
        let answered: Value = serde_json::from_slice(&stage.exchanges().last().unwrap().answered).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), answered, "{command}");
    }
    assert_eq!(stage.exchanges().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_are_one_list() {
    let stage = Stage::new().await;
    for (words, items, asked) in [
        (&["--all", "--limit", "1"][..], 3, 3),
        (&["--all"], 3, 1),
        (&["--all", "--limit", "1", "--page", "1"], 2, 2),
        (&["--max-items", "2", "--limit", "1"], 2, 2),
        (&["--max-items", "2"], 2, 1),
    ] {
        let before = stage.exchanges().len();
        let words = [&["campaigns", "list", "-o", "json"][..], words].concat();
        let (code, printed, complaint) = told(&stage.run(&words));
        assert_eq!((code, complaint.as_str()), (0, ""), "{words:?}");
        let found: Vec<Value> = serde_json::from_str(&printed).unwrap();
        assert_eq!((found.len(), stage.exchanges().len() - before), (items, asked), "{words:?}");
        assert!(found.iter().all(|campaign| campaign["id"] == 12), "{printed}");
    }
    // A line for each item, as it comes.
    let (_, printed, _) = told(&stage.run(&["campaigns", "list", "--all", "--limit", "1", "-o", "jsonl"]));
    assert_eq!(printed.lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_say_what_happened() {
    let stage = Stage::new().await;
    let (code, printed, complaint) = told(&stage.run(&["campaigns", "get-by-id", "13"]));
    assert_eq!((code, printed.as_str()), (1, ""));
    assert!(
        complaint.contains("404 Not Found") && complaint.contains("there is no campaign 13"),
        "{complaint}"
    );

    for wrong in [
        &["campaigns", "get-by-id", "x"][..],
        &["campaigns", "lists"],
        &["campaigns", "list", "--order-by", "size"],
        &["campaigns", "list", "--query", "items"],
        &["campaigns", "create"],
        &["campaigns", "create", "--body", "{"],
        &["campaigns", "create", "--body", "@missing.json"],
        &["campaigns", "create", "--body", "{}", "--caller-id", "1", "--null", "caller-id"],
        &["campaigns", "list", "-H", "nothing"],
        &["campaigns", "list", "--profile", "missing"],
        &["campaigns", "list", "--base-url", "localhost:8080"],
        &["campaigns", "list", "--timeout", "-1"],
    ] {
        let (code, printed, complaint) = told(&stage.run(wrong));
        assert_eq!((code, printed.as_str()), (2, ""), "{wrong:?}: {complaint}");
        assert!(complaint.starts_with("error: "), "{complaint}");
    }
    assert_eq!(stage.exchanges().len(), 1, "only the first was sent");

    let (code, _, complaint) = told(&stage.program(&["campaigns", "list"]).output().unwrap());
    assert_eq!(code, 3);
    assert!(complaint.contains(VARIABLE), "{complaint}");
    let mut stranger = stage.program(&["campaigns", "list", "--base-url", &stage.url]);
    let (code, _, complaint) = told(&stranger.env(VARIABLE, "of-a-stranger").output().unwrap());
    assert_eq!(code, 3);
    assert!(complaint.contains("401") && !complaint.contains("of-a-stranger"), "{complaint}");

    let nobody = ["campaigns", "list", "--base-url", "http://127.0.0.1:1", "--attempts", "1"];
    let (code, _, complaint) = told(&stage.run(&nobody));
    assert_eq!(code, 4);
    assert!(complaint.contains("can't be reached"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_in_time_is_one_of_the_network() {
    let stage = Stage::new().await;
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let words = ["campaigns", "list", "--base-url", &url, "--timeout", "0.2"];
    let (code, _, complaint) = told(&stage.run(&words));
    assert_eq!(code, 4, "{complaint}");
    assert!(complaint.contains("the time for the call is up"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_the_form_that_is_asked_for() {
    let stage = Stage::new().await;
    let shown = |more: &[&str]| {
        let (code, printed, complaint) = told(&stage.run(&[&["campaigns", "list"], more].concat()));
        assert_eq!((code, complaint.as_str()), (0, ""), "{more:?}");
        printed
    };
    assert!(shown(&["-o", "yaml"]).starts_with("items:\n  - campaign_name: \"Größe 1\"\n"));
    let table = shown(&["-o", "table"]);
    assert!(table.lines().next().unwrap().contains("CAMPAIGN_NAME"), "{table}");
    assert!(table.lines().nth(1).unwrap().contains("Größe 1"), "{table}");
    assert_eq!(shown(&["--query", "/items/0/id"]), "12\n");
    assert_eq!(shown(&["--query", "/items/0/campaign_name", "-o", "raw"]), "Größe 1\n");
    let numbers = shown(&["--query", "$.items[*].caller_id", "-o", "jsonl"]);
    assert_eq!(numbers, "\"19995551234\"\n".repeat(3));
    assert_eq!(shown(&["--query", "$..['id', 'campaign_name']", "-o", "raw"]), "12\nGröße 1\n".repeat(3));
    let raw = shown(&["-o", "raw"]);
    assert_eq!(raw.as_bytes(), stage.exchanges().last().unwrap().answered);
    assert_eq!(shown(&["-o", "json", "--output-file", "list.json"]), "");
    let written = std::fs::read_to_string(stage.home.path().join("list.json")).unwrap();
    assert_eq!(written, shown(&["-o", "json"]));
}

/// Checks that a call is not made whose answer could not be kept: it can't be made again to see it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_if_its_answer_could_not_be_written() {
    let stage = Stage::new().await;
    let file = stage.home.path().join("kept");
    std::fs::write(&file, "kept").unwrap();
    let create = [&["campaigns", "create"][..], &FIELDS].concat();
    for wrong in [["--output-file", "no/folder"], ["--output-file", "."], ["--query", "/~"]] {
        let (code, printed, complaint) = told(&stage.run(&[&create[..], &wrong].concat()));
        assert_eq!((code, printed.as_str()), (2, ""), "{wrong:?}: {complaint}");
    }
    assert_eq!(stage.exchanges().len(), 0);
    for (name, is_there) in [("kept", true), ("new", false)] {
        let words = ["campaigns", "get-by-id", "13", "--output-file", name];
        assert_eq!(told(&stage.run(&words)).0, 1);
        assert_eq!(stage.home.path().join(name).exists(), is_there);
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
    for query in ["/missing", "$.missing"] {
        let (code, printed, complaint) = told(&stage.run(&[&create[..], &["--query", query]].concat()));
        assert_eq!((code, printed.as_str()), (0, ""), "{query}");
        assert_eq!(complaint, "note: --query found nothing\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_is_no_failure() {
    let stage = Stage::new().await;
    let mut program = stage.program(&["campaigns", "list"]);
    program.env(VARIABLE, KEY).env("SYLLABLESDK_BASE_URL", &stage.url);
    let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let (code, _, complaint) = told(&child.wait_with_output().unwrap());
    assert_eq!((code, complaint.as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn shells_and_man_have_their_pages() {
    let stage = Stage::new().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, printed, complaint) = told(&stage.program(&["completions", shell]).output().unwrap());
        assert_eq!((code, complaint.as_str()), (0, ""), "{shell}");
        assert!(printed.contains("order-by") && printed.contains("campaigns"), "{shell}");
        // Those that are not here can't be asked.
        let file = stage.home.path().join(shell);
        std::fs::write(&file, printed).unwrap();
        let asked = std::process::Command::new(shell).arg("-n").arg(&file).output();
        if ["bash", "zsh", "fish"].contains(&shell)
            && let Ok(asked) = asked
        {
            assert!(asked.status.success(), "{shell}: {}", String::from_utf8_lossy(&asked.stderr));
        }
    }
    let (code, printed, _) = told(&stage.program(&["man"]).output().unwrap());
    assert!(code == 0 && printed.contains(".TH outbound 1"), "{printed}");
    assert_eq!(told(&stage.program(&["man", "pages"]).output().unwrap()).0, 0);
    let pages = std::fs::read_dir(stage.home.path().join("pages")).unwrap();
    let names: Vec<String> = pages.map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.contains(&"outbound-campaigns-update.1".to_owned()), "{names:?}");
    let (code, printed, _) = told(&stage.program(&["--help"]).output().unwrap());
    assert!(code == 0 && printed.contains("Exit codes"), "{printed}");
    assert_eq!(json!(stage.exchanges().len()), 0, "nothing of it needs the network");
}
