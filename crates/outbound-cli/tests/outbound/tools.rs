//! The program as a server of the Model Context Protocol, asked by a client that others wrote.

use crate::support::{KEY, Stage, VARIABLE};
use rmcp::model::{CallToolRequestParams, CallToolResult, ProtocolVersion, Tool};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::{RoleClient, ServiceError};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// A client of the program; whatever is left of the program ends with it.
struct Asker {
    client: RunningService<RoleClient, ()>,
    child: Child,
}

/// The two ways in which clients begin: by a handshake, or by asking what there is (since 2026-07-28).
fn beginnings() -> [ClientLifecycleMode; 2] {
    let preferred_versions = vec![ProtocolVersion::LATEST];
    [ClientLifecycleMode::Initialize, ClientLifecycleMode::Discover { preferred_versions }]
}

fn started(stage: &Stage, words: &[&str], key: &str) -> Child {
    let mut command = Command::from(stage.program(&[&["mcp"], words].concat()));
    command.env(VARIABLE, key).env("SYLLABLESDK_BASE_URL", &stage.url).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

impl Asker {
    async fn new(stage: &Stage, words: &[&str]) -> Asker {
        Asker::beginning(stage, words, ClientLifecycleMode::Initialize).await
    }

    async fn beginning(stage: &Stage, words: &[&str], how: ClientLifecycleMode) -> Asker {
        let mut child = started(stage, words, KEY);
        let pipes = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        Asker { client: ().serve_with_lifecycle(pipes, how).await.unwrap(), child }
    }

    async fn tools(&self) -> Vec<Tool> {
        self.client.list_all_tools().await.unwrap()
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<CallToolResult, ServiceError> {
        call(&self.client, tool, arguments).await
    }

    /// Returns what a tool answers with: as a value, and as a text, which must mean the same.
    async fn answer(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await.unwrap();
        assert_eq!(result.is_error, Some(false), "{result:?}");
        let value: Value = serde_json::from_str(&text(&result)).unwrap();
        assert_eq!(result.structured_content, Some(value.clone()).filter(Value::is_object));
        value
    }

    /// Returns what a tool complains of.
    async fn complaint(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await.unwrap();
        assert_eq!(result.is_error, Some(true), "{result:?}");
        text(&result)
    }
}

async fn call(
    client: &RunningService<RoleClient, ()>,
    tool: &str,
    arguments: Value,
) -> Result<CallToolResult, ServiceError> {
    let arguments = arguments.as_object().unwrap().clone();
    client.call_tool(CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments)).await
}

fn text(result: &CallToolResult) -> String {
    let texts = result.content.iter().map(|content| content.as_text().unwrap().text.as_str());
    texts.collect::<Vec<_>>().join("\n")
}

fn names(tools: &[Tool]) -> Vec<&str> {
    tools.iter().map(|tool| tool.name.as_ref()).collect()
}

fn campaign() -> Value {
    json!({"campaign_name": "A", "campaign_variables": {}, "caller_id": "1", "active_days": ["mon"]})
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operation_is_a_tool_that_says_what_it_does() {
    let stage = Stage::new().await;
    let asker = Asker::new(&stage, &[]).await;
    let tools = asker.tools().await;
    let expected = [
        ("campaigns_list", [true, false, true]),
        ("campaigns_create", [false, false, false]),
        ("campaigns_get_by_id", [true, false, true]),
        ("campaigns_update", [false, true, true]),
        ("campaigns_delete", [false, true, true]),
    ];
    assert_eq!(names(&tools), expected.map(|(name, _)| name));
    for (tool, (name, hints)) in tools.iter().zip(expected) {
        let own = tool.annotations.as_ref().unwrap();
        let told =
            [own.read_only_hint, own.destructive_hint, own.idempotent_hint].map(|hint| hint == Some(true));
        assert_eq!(told, hints, "{name}");
        assert!(tool.title.as_deref().is_some_and(|title| title.contains("outbound campaign")), "{tool:?}");
        assert!(tool.description.as_deref().is_some_and(|words| words.contains("\n\n")), "{tool:?}");
    }
    let update = Value::Object((*tools[3].input_schema).clone());
    assert_eq!(update["required"], json!(["campaign_id", "body"]));
    assert_eq!(update["properties"]["campaign_id"]["type"], "integer");
    assert_eq!(update["properties"]["body"]["type"], "object");
    let defined: Vec<&str> = update["$defs"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(defined, ["DaysOfWeek"], "no more than it needs");
    assert!(tools[4].output_schema.is_none(), "the answer is null");
    assert_eq!(stage.exchanges().len(), 0, "nobody is asked for what stands in the table");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_tool_calls_its_operation() {
    let stage = Stage::new().await;
    for how in beginnings() {
        let before = stage.exchanges().len();
        let asker = Asker::beginning(&stage, &[], how).await;
        let page =
            asker.answer("campaigns_list", json!({"limit": 2, "order_by": null, "fields": ["mode"]})).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        let made = asker.answer("campaigns_create", json!({"body": campaign()})).await;
        assert_eq!((&made["id"], &made["campaign_name"]), (&json!(13), &json!("A")));
        assert_eq!(asker.answer("campaigns_get_by_id", json!({"campaign_id": 12})).await["id"], 12);
        let changed = json!({"campaign_id": 7, "body": campaign()});
        assert_eq!(asker.answer("campaigns_update", changed).await["id"], 7);
        assert_eq!(asker.answer("campaigns_delete", json!({"campaign_id": 12})).await, Value::Null);
        let uris: Vec<String> = stage.exchanges()[before..].iter().map(|own| own.uri.clone()).collect();
        let path = |rest: &str| format!("/api/v1/outbound/campaigns{rest}");
        assert_eq!(uris, ["?limit=2&fields=mode", "", "/12", "/7", "/12"].map(path));
    }
}

/// A field that is left out, null, or has a value is that on the wire.
#[tokio::test(flavor = "multi_thread")]
async fn three_states_of_a_field_reach_the_server() {
    let stage = Stage::new().await;
    let asker = Asker::new(&stage, &[]).await;
    for state in [None, Some(Value::Null), Some(json!("For tests"))] {
        let mut body = campaign();
        if let Some(value) = &state {
            body["description"] = value.clone();
        }
        asker.answer("campaigns_update", json!({"campaign_id": 1, "body": body})).await;
        assert_eq!(stage.sent(), body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_offered_can_be_called() {
    let stage = Stage::new().await;
    for (words, expected) in [
        (&["--read-only"][..], &["campaigns_list", "campaigns_get_by_id"][..]),
        (&["--only", "campaigns", "--read-only"], &["campaigns_list", "campaigns_get_by_id"]),
        (
            &["--only", "campaigns_delete", "--only", "campaigns_list"],
            &["campaigns_list", "campaigns_delete"],
        ),
    ] {
        let asker = Asker::new(&stage, words).await;
        assert_eq!(names(&asker.tools().await), expected);
        let refused = asker.call("campaigns_update", json!({"campaign_id": 1, "body": campaign()})).await;
        assert!(refused.unwrap_err().to_string().contains("there is no tool `campaigns_update`"));
    }
    assert_eq!(stage.exchanges().len(), 0);
    for wrong in [
        &["mcp", "--only", "campaign"][..],
        &["mcp", "--listen", "0.0.0.0:0"],
        &["mcp", "--listen", "localhost"],
        &["mcp", "-o", "json"],
        &["mcp", "--dry-run"],
        &["mcp", "--profile", "missing"],
    ] {
        let (code, printed, complaint) = crate::support::told(&stage.run(wrong));
        assert_eq!((code, printed.as_str()), (2, ""), "{wrong:?}: {complaint}");
    }
}

/// Whatever goes wrong in a call is said to the model, which may do better.
#[tokio::test(flavor = "multi_thread")]
async fn failures_are_results_that_say_what_is_wrong() {
    let stage = Stage::new().await;
    let asker = Asker::new(&stage, &["--attempts", "1"]).await;
    let mut nameless = campaign();
    nameless.as_object_mut().unwrap().remove("campaign_name");
    for (tool, arguments, part) in [
        ("campaigns_get_by_id", json!({}), "`campaign_id` is missing"),
        ("campaigns_get_by_id", json!({"campaign_id": null}), "`campaign_id`: "),
        ("campaigns_get_by_id", json!({"campaign_id": "x"}), "`campaign_id`: "),
        (
            "campaigns_get_by_id",
            json!({"campaign_id": 1, "id": 2}),
            "no argument `id`; the tool has: campaign_id",
        ),
        ("campaigns_list", json!({"fields": ["mode", 5]}), "`fields`: at /1: "),
        ("campaigns_create", json!({}), "`body` is missing"),
        ("campaigns_create", json!({"body": nameless}), "campaign_name"),
        ("campaigns_create", json!({"body": "@/etc/passwd"}), "`body`: "),
    ] {
        let complaint = asker.complaint(tool, arguments).await;
        assert!(complaint.contains(part), "{tool}: {complaint}");
    }
    assert_eq!(stage.exchanges().len(), 0, "nothing of it is sent");
    let complaint = asker.complaint("campaigns_list", json!({"limit": 1001})).await;
    assert!(complaint.contains("422") && complaint.contains("limit"), "{complaint}");
    let complaint = asker.complaint("campaigns_get_by_id", json!({"campaign_id": 13})).await;
    assert!(
        complaint.contains("404 Not Found") && complaint.contains("there is no campaign 13"),
        "{complaint}"
    );
}

/// The key is nowhere in what a model, or whoever reads the log, can see.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_said() {
    let stage = Stage::new().await;
    for key in ["of-a-stranger", KEY] {
        let mut child = started(&stage, &["-v", "--attempts", "1"], key);
        let call = |id: u64, tool: &str, arguments: Value| {
            let params = json!({"name": tool, "arguments": arguments});
            json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
        };
        let client = json!({"name": "test", "version": "1"});
        let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
        let lines = [
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}),
            json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
            json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}),
            call(3, "campaigns_list", json!({})),
            call(4, "campaigns_get_by_id", json!({"campaign_id": 13})),
            call(5, "campaigns_get_by_id", json!({"campaign_id": "x"})),
        ];
        let mut stdin = child.stdin.take().unwrap();
        for line in &lines {
            stdin.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        }
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        for _ in 0..5 {
            let line = answers.next_line().await.unwrap().unwrap();
            assert_eq!(
                serde_json::from_str::<Value>(&line).unwrap()["jsonrpc"],
                "2.0",
                "only messages: {line}"
            );
            said.push_str(&line);
        }
        // Whoever closes the pipe is done.
        drop(stdin);
        assert!(child.wait().await.unwrap().success());
        let mut log = String::new();
        child.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
        assert!(log.contains("attempt 1: GET http://127.0.0.1"), "{log}");
        assert_eq!(said.contains("401"), key != KEY, "{said}");
        assert!(!said.contains(key) && !log.contains(key), "{said}\n{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_are_served_by_http_to_no_page_of_a_browser() {
    let stage = Stage::new().await;
    let mut child = started(&stage, &["--listen", "127.0.0.1:0"], KEY);
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = log.next_line().await.unwrap().unwrap();
    let url = line.strip_prefix("listening at ").unwrap().to_owned();
    for how in beginnings() {
        let transport = StreamableHttpClientTransport::from_uri(url.as_str());
        let client = ().serve_with_lifecycle(transport, how).await.unwrap();
        assert_eq!(client.list_all_tools().await.unwrap().len(), 5);
        let result = call(&client, "campaigns_get_by_id", json!({"campaign_id": 12})).await.unwrap();
        assert_eq!(result.structured_content.unwrap()["id"], 12);
    }
    let address = url.strip_prefix("http://").unwrap().strip_suffix("/mcp").unwrap().to_owned();
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    for (host, origin, status) in [
        (address.as_str(), None, "200"),
        (&address, Some("https://example.com"), "403"),
        (&address, Some("http://localhost:3000"), "403"),
        (&address, Some("null"), "403"),
        ("example.com", None, "403"),
    ] {
        let origin = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {host}\r\n{origin}Content-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{host} {origin}: {answer}");
        assert_eq!(answer.contains("campaigns_list"), status == "200", "{answer}");
    }
}

/// A client that goes away ends the program.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_ends_with_its_client() {
    let stage = Stage::new().await;
    let mut asker = Asker::new(&stage, &[]).await;
    asker.client.close().await.unwrap();
    assert!(asker.child.wait().await.unwrap().success());
    let mut unasked = started(&stage, &[], KEY);
    drop(unasked.stdin.take());
    assert!(unasked.wait().await.unwrap().success());
}
