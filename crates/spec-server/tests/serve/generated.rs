//! What a generated router answers when it is asked otherwise than its document says.

use crate::support::{builder, start};
use axum::Router;
use outbound_server::{Api, operations, router};
use std::fmt::Write as _;

/// A service that answers nothing itself: 501.
struct Silent;

impl Api for Silent {}

const BODY: &str =
    r#"{"campaign_name": "a", "campaign_variables": {}, "caller_id": "+1", "active_days": ["mon"]}"#;

/// Head and body of a request, in short.
struct Asked {
    line: &'static str,
    headers: &'static str,
    body: &'static str,
}

const fn asked(line: &'static str, headers: &'static str, body: &'static str) -> Asked {
    Asked { line, headers, body }
}

#[tokio::test]
async fn generated_routers_answer_as_users_of_http_expect() {
    const HERE: &str = "/api/v1/outbound/campaigns/7";
    const JSON: &str = "content-type: application/json\r\nsyllable-api-key: k\r\n";
    let requests = [
        asked("PUT {}", JSON, BODY),
        asked("PUT {}", "content-type: application/json\r\n", BODY),
        asked("PUT {}", "content-type: application/json; charset=utf-8\r\nsyllable-api-key: k\r\n", BODY),
        asked("PUT {}", "content-type: text/plain\r\nsyllable-api-key: k\r\n", BODY),
        asked("PUT {}", "syllable-api-key: k\r\n", BODY),
        asked(
            "PUT {}",
            "content-type: application/json\r\nsyllable-api-key: k\r\naccept: text/html\r\n",
            BODY,
        ),
        asked(
            "PUT {}",
            "content-type: application/json\r\nsyllable-api-key: k\r\ncontent-encoding: br\r\n",
            BODY,
        ),
        asked("PUT {}", JSON, "{"),
        asked("PUT {}", JSON, ""),
        asked("GET {}", "", ""),
        asked("HEAD {}", "", ""),
        asked("OPTIONS {}", "", ""),
        asked("OPTIONS *", "", ""),
        asked("DELETE {}", "", ""),
        asked("BREW {}", "", ""),
        asked("PUT {}/", JSON, BODY),
        asked("PUT /api//v1/outbound/campaigns/7", JSON, BODY),
        asked("PUT /api/v1/outbound/campaigns/%37", JSON, BODY),
        asked("PUT /api/v1/outbound/campaigns/%ff", JSON, BODY),
        asked("PUT /api/v1/outbound/campaigns/x", JSON, BODY),
        asked("PUT /api/v1/outbound/campaigns/7?limit=1&limit=2", JSON, BODY),
        asked("GET /", "", ""),
        asked("HEAD /", "", ""),
        asked("OPTIONS /", "", ""),
    ];
    let app: Router = router(Silent);
    let server = start(builder().operations(operations()), app).await;
    let mut table = String::new();
    for Asked { line, headers, body } in requests {
        let line = line.replace("{}", HERE);
        let length =
            if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let request =
            format!("{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}{length}\r\n{body}");
        let answer = server.raw(request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let mut lines: Vec<&str> = head.lines().collect();
        lines.retain(|line| {
            ["HTTP/1.1", "allow:", "content-type:", "accept", "www-authenticate:"]
                .iter()
                .any(|kept| line.starts_with(kept))
        });
        writeln!(table, "{line} ({})", headers.trim_end().replace("\r\n", ", ")).unwrap();
        writeln!(table, "  {}\n  {body}", lines.join("\n  ")).unwrap();
    }
    server.stop().await;
    insta::assert_snapshot!(table);
}
