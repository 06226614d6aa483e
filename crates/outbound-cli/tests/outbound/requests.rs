//! What the program sends.

use crate::support::{KEY, Stage, VARIABLE, told};
use serde_json::json;

const BODY: &str =
    r#"{"campaign_name": "A", "campaign_variables": {}, "caller_id": "1", "active_days": ["mon"]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn parameters_reach_the_server() {
    let stage = Stage::new().await;
    let words = [
        "campaigns",
        "list",
        "--limit=3",
        "--search-fields",
        "id",
        "--search-fields",
        "mode",
        "--order-by",
        "id",
        "--search-field-values",
        "1, 2",
        "--search-field-values=-x",
        "--start-datetime",
        "2024-05-01T12:00:00Z",
    ];
    assert_eq!(told(&stage.run(&words)).0, 0);
    let uri = stage.exchanges()[0].uri.clone();
    for part in
        ["limit=3", "search_fields=id", "search_fields=mode", "order_by=id", "search_field_values=1%2C+2"]
    {
        assert!(uri.contains(part), "{uri}");
    }
}

/// A field that is left out, null, or has a value; by flags, and over a body.
#[tokio::test(flavor = "multi_thread")]
async fn three_states_of_a_field_reach_the_server() {
    let stage = Stage::new().await;
    let sent = |more: &[&str]| {
        let (code, _, complaint) = told(&stage.run(&[&["campaigns", "update", "12"], more].concat()));
        assert_eq!(code, 0, "{complaint}");
        stage.sent()
    };
    let base = ["--body", BODY];
    assert_eq!(sent(&base).get("description"), None);
    assert_eq!(sent(&[&base[..], &["--null", "description"]].concat())["description"], json!(null));
    // A text is a text, even if it is called so.
    assert_eq!(sent(&[&base[..], &["--description", "null"]].concat())["description"], json!("null"));
    let all = sent(&[
        "--body",
        BODY,
        "--campaign-name",
        "B",
        "--null",
        "voicemail-detection",
        "--labels",
        "x",
        "--labels",
        "y",
        "--sms-session-ttl",
        "5",
        "--null",
        "mode",
    ]);
    let expected = json!({
        "campaign_name": "B", "campaign_variables": {}, "caller_id": "1", "active_days": ["mon"],
        "mode": null, "sms_session_ttl": 5, "labels": ["x", "y"], "voicemail_detection": null,
    });
    assert_eq!(all, expected);
    let (code, _, complaint) =
        told(&stage.run(&["campaigns", "update", "12", "--body", BODY, "--sms-session-ttl", "null"]));
    assert_eq!(code, 2);
    assert!(complaint.contains("--null sms-session-ttl says null"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_comes_from_a_file_or_from_standard_input() {
    let stage = Stage::new().await;
    let expected: serde_json::Value = serde_json::from_str(BODY).unwrap();
    std::fs::write(stage.home.path().join("a.json"), BODY).unwrap();
    std::fs::write(stage.home.path().join("a.yaml"), spec_document::to_yaml(&expected)).unwrap();
    for file in ["@a.json", "@a.yaml"] {
        assert_eq!(told(&stage.run(&["campaigns", "create", "--body", file])).0, 0);
        assert_eq!(stage.sent(), expected, "{file}");
    }
    assert_eq!(told(&stage.run_with(&["campaigns", "create", "--body", "-"], BODY)).0, 0);
    assert_eq!(stage.sent(), expected);
    std::fs::write(stage.home.path().join("b.yaml"), "a: 1\na: 2\n").unwrap();
    let (code, _, complaint) = told(&stage.run(&["campaigns", "create", "--body", "@b.yaml"]));
    assert!(code == 2 && complaint.contains("b.yaml:2:1"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_only_shown_has_no_secret_and_is_not_sent() {
    let stage = Stage::new().await;
    stage.settings("[profiles.default.headers]\nX-Token = \"hush-of-profile hush-of-profile\"\n");
    for how in ["--dry-run", "--curl"] {
        let headers = ["-H", "X-Other: hush-of-flag", "-H", "Cookie: session=hush-of-cookie; theme=dark-of"];
        let words = [&["campaigns", "update", "12", "--body", BODY, how][..], &headers].concat();
        let (code, printed, complaint) = told(&stage.run(&words));
        assert_eq!((code, complaint.as_str()), (0, ""));
        for secret in [KEY, "hush-of-profile", "hush-of-flag", "hush-of-cookie", "dark-of"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        assert!(printed.contains(&format!("syllable-api-key: ${VARIABLE}")), "{printed}");
        assert!(printed.contains("/api/v1/outbound/campaigns/12"), "{printed}");
        assert!(printed.contains(r#""campaign_name":"A""#), "{printed}");
    }
    let create = ["campaigns", "create", "--body", BODY, "--dry-run"];
    assert!(told(&stage.run(&create)).1.contains("\nidempotency-key: …\n"));
    assert_eq!(stage.exchanges().len(), 0);
    // Nobody needs credentials to see a request.
    let (code, printed, _) = told(&stage.program(&["campaigns", "list", "--dry-run"]).output().unwrap());
    assert!(code == 0 && printed.starts_with("GET https://api.syllable.cloud/api/v1/"), "{printed}");
}

/// A flag counts before the environment, and that before the profile.
#[tokio::test(flavor = "multi_thread")]
async fn settings_count_in_their_order() {
    let stage = Stage::new().await;
    let nobody = "http://127.0.0.1:1";
    let list = ["campaigns", "list"];
    stage.settings(&format!(
        "profile = \"here\"\n[profiles.here]\nbase-url = \"{}\"\n\
         [profiles.here.credentials]\napiKey = \"{KEY}\"\n\
         [profiles.gone]\nbase-url = \"{nobody}\"\nattempts = 1\ncredentials = {{ apiKey = \"x\" }}\n",
        stage.url
    ));
    let code = |program: &mut std::process::Command| told(&program.output().unwrap()).0;
    assert_eq!(code(&mut stage.program(&list)), 0, "by the profile that the file names");
    assert_eq!(code(&mut stage.program(&["campaigns", "list", "--profile", "gone"])), 4);
    assert_eq!(code(stage.program(&list).env("SYLLABLESDK_BASE_URL", nobody)), 4, "the environment wins");
    assert_eq!(code(stage.program(&list).env(VARIABLE, "of-a-stranger")), 3, "the environment wins");
    let words = ["campaigns", "list", "--base-url", &stage.url];
    assert_eq!(code(stage.program(&words).env("SYLLABLESDK_BASE_URL", nobody)), 0, "the flag wins");
    stage.settings(&format!("profile = 1\nkey = \"{KEY}\"\n"));
    let (code, _, complaint) = told(&stage.program(&list).output().unwrap());
    assert!(code == 2 && complaint.contains("config.toml, line 2"), "{complaint}");
    assert!(!complaint.contains(KEY), "{complaint}");
    stage.settings(&format!("[profiles.default]\ntimeout = 1\ncredentials = \"{KEY}\"\n"));
    let (code, _, complaint) = told(&stage.program(&list).output().unwrap());
    assert!(code == 2 && complaint.contains("config.toml, line 3"), "{complaint}");
    assert!(!complaint.contains(KEY), "{complaint}");
}
