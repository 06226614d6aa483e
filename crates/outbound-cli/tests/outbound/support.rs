//! A generated server on loopback with a service in memory, what goes over the wire, and the program.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use outbound_client::models::{
    OutboundCampaign, OutboundCampaignBuilder, OutboundCampaignInput, OutboundCampaignPage,
};
use outbound_server::{
    Api, OutboundCampaignCreateParameters, OutboundCampaignCreateResponse, OutboundCampaignDeleteParameters,
    OutboundCampaignDeleteResponse, OutboundCampaignGetByIdParameters, OutboundCampaignGetByIdResponse,
    OutboundCampaignListParameters, OutboundCampaignListResponse, OutboundCampaignUpdateParameters,
    OutboundCampaignUpdateResponse, router,
};
use serde_json::Value;
use spec_runtime::http::StatusCode;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// The key that the service knows.
pub const KEY: &str = "sesame-of-the-test";

/// The variable that the program has it from.
pub const VARIABLE: &str = "SYLLABLESDK_API_KEY_HEADER";

/// The only campaign that there is.
const ONLY: i64 = 12;

struct Service;

impl Authenticate for Service {
    type Principal = ();

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        match attempt.credential("apiKey") {
            Some(key) if key.verify(KEY) => Ok(()),
            _ => Err(Denied::Unauthorized),
        }
    }
}

fn campaign(id: i64, body: OutboundCampaignInput) -> Result<OutboundCampaign, Failure> {
    Ok(OutboundCampaignBuilder::from(body).id(id).last_updated_by("mia@example.com").build()?)
}

fn stored() -> Result<OutboundCampaign, Failure> {
    let body = OutboundCampaignInput::builder()
        .campaign_name("Größe 1")
        .campaign_variables([("key", "value")])
        .caller_id("19995551234")
        .active_days([outbound_client::models::DaysOfWeek::Mon])
        .build()?;
    campaign(ONLY, body)
}

impl Api for Service {
    async fn outbound_campaign_list(
        &self,
        _: Context,
        parameters: OutboundCampaignListParameters,
    ) -> Result<OutboundCampaignListResponse, Failure> {
        // There is the same campaign on each of three pages, unless a page has all of them.
        let size = parameters.limit.unwrap_or(25).clamp(1, 3);
        let (page, pages) = (parameters.page.unwrap_or(0), 3_u64.div_ceil(size));
        let left = 3_u64.saturating_sub(page * size).min(size);
        let items: Vec<OutboundCampaign> = (0..left).map(|_| stored()).collect::<Result<_, _>>()?;
        let number = |number: u64| i64::try_from(number).map_err(Failure::internal);
        let page = OutboundCampaignPage::builder()
            .items(items)
            .page(number(page)?)
            .page_size(number(size)?)
            .total_pages(number(pages)?)
            .total_count(3)
            .build()?;
        Ok(page.into())
    }

    async fn outbound_campaign_create(
        &self,
        _: Context,
        _: OutboundCampaignCreateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignCreateResponse, Failure> {
        Ok(campaign(ONLY + 1, body)?.into())
    }

    async fn outbound_campaign_get_by_id(
        &self,
        _: Context,
        parameters: OutboundCampaignGetByIdParameters,
    ) -> Result<OutboundCampaignGetByIdResponse, Failure> {
        match parameters.campaign_id {
            ONLY => Ok(stored()?.into()),
            id => Err(Failure::new(StatusCode::NOT_FOUND, format!("there is no campaign {id}"))),
        }
    }

    async fn outbound_campaign_update(
        &self,
        _: Context,
        parameters: OutboundCampaignUpdateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignUpdateResponse, Failure> {
        Ok(campaign(parameters.campaign_id, body)?.into())
    }

    async fn outbound_campaign_delete(
        &self,
        _: Context,
        _: OutboundCampaignDeleteParameters,
    ) -> Result<OutboundCampaignDeleteResponse, Failure> {
        Ok(Value::Null.into())
    }
}

/// A request, its body, and the body of the answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub uri: String,
    pub sent: Bytes,
    pub answered: Bytes,
}

type Record = Arc<Mutex<Vec<Exchange>>>;

/// The service, and a home for the program.
pub struct Stage {
    pub url: String,
    pub home: TempDir,
    record: Record,
}

impl Stage {
    pub async fn new() -> Stage {
        let record = Record::default();
        let routes = router(Service).layer(from_fn_with_state(Arc::clone(&record), keep));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Stage { url, home: tempfile::tempdir().unwrap(), record }
    }

    /// Makes the program with these words, as somebody without any settings would call it.
    pub fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outbound"));
        command.args(words).env_clear().env("HOME", self.home.path());
        command.env("XDG_CONFIG_HOME", self.home.path().join("config"));
        command.current_dir(self.home.path()).stdin(Stdio::null());
        command
    }

    /// Runs the program with the key, on the service.
    pub fn run(&self, words: &[&str]) -> Output {
        let mut program = self.program(words);
        program.env(VARIABLE, KEY).env("SYLLABLESDK_BASE_URL", &self.url).output().unwrap()
    }

    /// Runs the program with the key, on the service, and gives it an input.
    pub fn run_with(&self, words: &[&str], input: &str) -> Output {
        let mut program = self.program(words);
        program.env(VARIABLE, KEY).env("SYLLABLESDK_BASE_URL", &self.url);
        let mut child =
            program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Returns all exchanges so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.record.lock().unwrap().clone()
    }

    /// Returns the body of the last request.
    pub fn sent(&self) -> Value {
        serde_json::from_slice(&self.exchanges().last().unwrap().sent).unwrap()
    }

    /// Writes the file of settings.
    pub fn settings(&self, text: &str) {
        let folder = self.home.path().join("config/outbound");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), text).unwrap();
    }
}

async fn keep(State(record): State<Record>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let uri = parts.uri.to_string();
    let sent = to_bytes(body, usize::MAX).await.unwrap();
    let (answer, body) = next.run(Request::from_parts(parts, Body::from(sent.clone()))).await.into_parts();
    let answered = to_bytes(body, usize::MAX).await.unwrap();
    record.lock().unwrap().push(Exchange { uri, sent, answered: answered.clone() });
    Response::from_parts(answer, Body::from(answered))
}

/// Returns the exit code, what was printed, and what was complained of.
#[track_caller]
pub fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}
