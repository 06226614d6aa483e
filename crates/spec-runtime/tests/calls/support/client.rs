//! A client in miniature: what is generated, with one operation of any method, path and body.

use reqwest::{Body, Method, Request};
use spec_runtime::client::{
    Call, CalledOperation, ClientHooks, ClientInfo, Configure, Error, OperationInfo, Options, ResponseValue,
};
use spec_runtime::codegen::client::{
    Answer, ApiClient, BaseUrl, BuiltCall, ClientParts, Credentials, HookError, SecurityScheme,
    TokenEndpoint, bytes, call, failed, succeeded, transport, unexpected,
};
use spec_runtime::stream::ByteStream;

pub const API_KEY: SecurityScheme = SecurityScheme::header("apiKey", "X-Key");

pub const TOKEN: SecurityScheme = SecurityScheme::authorization("token", "Bearer");

/// One for each place that a credential can have.
pub const SCHEMES: [SecurityScheme; 4] =
    [TOKEN, API_KEY, SecurityScheme::cookie("cookie", "session"), SecurityScheme::query("query", "key")];

#[derive(Clone, Debug)]
pub struct Client {
    pub baseurl: BaseUrl,
    pub client: reqwest::Client,
    pub credentials: Credentials,
    pub options: Options,
}

/// A client that waits but little between attempts.
pub fn client(base_url: &str) -> Client {
    let mut credentials = Credentials::default();
    credentials.set(API_KEY, "the-secret-key");
    Client {
        baseurl: BaseUrl::new(base_url),
        client: transport("miniature/1.0"),
        credentials,
        options: Options::of_client(),
    }
}

impl Client {
    /// Fetches tokens from an endpoint.
    pub fn with_tokens(mut self, endpoint: &'static str) -> Self {
        self.credentials.set_client_credentials(
            TOKEN,
            TokenEndpoint::new(endpoint),
            "id",
            "the-secret-secret",
        );
        self
    }

    pub fn get<const KIND: u8>(&self) -> Test<'_, KIND> {
        Test::new(self, Method::GET)
    }

    pub fn call<const KIND: u8>(&self, method: Method) -> Test<'_, KIND> {
        Test::new(self, method)
    }
}

impl ClientInfo<()> for Client {
    fn api_version() -> &'static str {
        "1"
    }

    fn baseurl(&self) -> &str {
        &self.baseurl
    }

    fn client(&self) -> &reqwest::Client {
        &self.client
    }

    fn inner(&self) -> &() {
        &()
    }
}

impl ClientHooks<()> for &Client {}

impl Configure for Client {
    fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }
}

impl ApiClient for Client {
    fn parts(&self) -> ClientParts<'_> {
        ClientParts {
            base_url: &self.baseurl,
            http: &self.client,
            credentials: Some(&self.credentials),
            options: &self.options,
        }
    }

    async fn before(&self, request: &mut Request, info: &OperationInfo) -> Result<(), HookError> {
        self.pre(request, info).await
    }

    async fn transmit(&self, request: Request, info: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        self.exec(request, info).await
    }

    async fn after(
        &self,
        answered: &reqwest::Result<reqwest::Response>,
        info: &OperationInfo,
    ) -> Result<(), HookError> {
        self.post(answered, info).await
    }
}

/// What an operation is: 0 has a key in a header; 1 answers with a stream; 2 takes an idempotency key; 3 has
/// a token; 4 redirects itself with 302; 5 has a credential in each place, and so has 6, which redirects,
/// too.
pub struct Test<'a, const KIND: u8> {
    client: &'a Client,
    options: Options,
    method: Method,
    path: String,
    body: Option<Body>,
    form: Option<reqwest::multipart::Form>,
    exactly: Option<Request>,
}

impl<'a, const KIND: u8> Test<'a, KIND> {
    fn new(client: &'a Client, method: Method) -> Self {
        Test {
            client,
            options: Options::default(),
            method,
            path: "/things".to_owned(),
            body: None,
            form: None,
            exactly: None,
        }
    }

    pub fn path(mut self, path: &str) -> Self {
        self.path = path.to_owned();
        self
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub fn form(mut self, form: reqwest::multipart::Form) -> Self {
        self.form = Some(form);
        self
    }

    /// Sends this request, whatever else is said.
    pub fn exactly(mut self, request: Request) -> Self {
        self.exactly = Some(request);
        self
    }

    pub async fn send(self) -> Result<ResponseValue<ByteStream>, Error<bytes::Bytes>> {
        call(self).await
    }

    /// Sends it, and returns the text of the answer.
    pub async fn text(self) -> Result<String, Error<bytes::Bytes>> {
        let body = self.send().await?.into_inner().collect().await.expect("the body breaks off");
        Ok(String::from_utf8(body.to_vec()).expect("the body is no text"))
    }
}

impl<const KIND: u8> Configure for Test<'_, KIND> {
    fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }
}

const ANY: &[&str] = &["*/*"];

impl<'a, const KIND: u8> Call for Test<'a, KIND> {
    type Client = &'a Client;
    type Success = ByteStream;
    type Failure = bytes::Bytes;

    const OPERATION: CalledOperation = match KIND {
        0 => CalledOperation::new("thing", "/things").security(&[&[API_KEY]]),
        1 => CalledOperation::new("stream", "/things").streams(),
        2 => CalledOperation::new("create", "/things").idempotency_header("Idempotency-Key"),
        3 => CalledOperation::new("guarded", "/things").security(&[&[TOKEN]]),
        4 => CalledOperation::new("moved", "/things").redirections(&[302]),
        5 => CalledOperation::new("all", "/things").security(&[&SCHEMES]),
        _ => CalledOperation::new("moved", "/things").security(&[&SCHEMES]).redirections(&[302]),
    };

    fn build(self) -> Result<BuiltCall<Self::Client>, Error<Self::Failure>> {
        let Test { client, options, method, path, body, form, exactly } = self;
        if let Some(request) = exactly {
            return Ok(BuiltCall { client, request, options });
        }
        let url = format!("{}{path}", options.base_url(&client.baseurl));
        let mut request = client.client.request(method, url);
        if let Some(body) = body {
            request = request.body(body);
        }
        if let Some(form) = form {
            request = request.multipart(form);
        }
        Ok(BuiltCall { client, request: request.build()?, options })
    }

    async fn read(answer: Answer) -> Result<ResponseValue<ByteStream>, Error<Self::Failure>> {
        use spec_runtime::codegen::client::byte_stream;
        match answer.status().as_u16() {
            200..=299 | 302 => Ok(succeeded(byte_stream(answer, ANY).await?)),
            400 | 401 | 409 | 422 | 429 | 503 => Err(failed(bytes(answer, ANY).await?)),
            _ => Err(unexpected(answer).await),
        }
    }
}
