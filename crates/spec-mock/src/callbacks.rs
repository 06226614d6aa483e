//! Callbacks: what an operation promises to send, sent after its answer (OpenAPI 3.1, 4.8.18).
//!
//! Knows plain HTTP/1.1. Must not know what the answer was for.

use crate::body::{self, Written};
use crate::examples;
use crate::expression::{self, Messages};
use crate::mock::Mock;
use crate::respond::Asked;
use crate::sample::{Sampler, Way};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use spec_api::{Api, Operation, ParameterIn};
use spec_contract::{Contract, Kind, Side, sides};
use spec_http::style::{Style, to_text};
use spec_values::Values;
use spec_values::random::Filling;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long whoever receives may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer that is looked at, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The requests that an API itself sends.
pub(crate) struct Callbacks {
    /// The contract of whoever receives them; none where the document has none.
    contract: Option<Contract>,
    values: Option<Values>,
}

impl Callbacks {
    pub(crate) fn of(api: &Api) -> Callbacks {
        if api.webhooks.is_empty() {
            return Callbacks { contract: None, values: None };
        }
        let document = sides::of(api, Side::Request).unwrap_or_else(|| sides::shared(api).into_owned());
        let values = Values::new(document, "readOnly").ok();
        let mut receiver = api.clone();
        receiver.operations = std::mem::take(&mut receiver.webhooks);
        Callbacks { contract: Some(Contract::new(receiver)), values }
    }
}

/// A callback on its way.
struct Sending {
    id: String,
    uri: Uri,
    request: Request<Full<Bytes>>,
    contract: Contract,
}

/// Sends what an operation promises, each on a task of its own.
pub(crate) fn fire(asked: &Asked<'_>, response: &Response<Bytes>) {
    let api = asked.prepared.api();
    if !asked.mock.settings.callbacks || api.webhooks.is_empty() {
        return;
    }
    let declared = declared(api, asked.operation);
    let Some(runtime) = tokio::runtime::Handle::try_current().ok().filter(|_| !declared.is_empty()) else {
        return;
    };
    let json = |bytes: &Bytes| serde_json::from_slice(bytes).unwrap_or_default();
    let (sent, answered) = (json(asked.request.body()), json(response.body()));
    let uri = asked.request.uri();
    let path = uri.path_and_query().map_or("/", |own| own.as_str());
    let values = asked.prepared.contract.operation(asked.request.method(), path).map(|(_, values)| values);
    let messages = Messages {
        method: asked.request.method(),
        uri,
        path: values.as_deref().unwrap_or_default(),
        request: (asked.request.headers(), &sent),
        response: (response.headers(), &answered),
        status: response.status().as_u16(),
    };
    for callback in declared {
        match prepare(asked, callback, &messages) {
            Ok(sending) => {
                runtime.spawn(send(asked.mock.clone(), sending));
            }
            Err(why) => asked.mock.say(&format!("callback {} is not sent: {why}", callback.id)),
        }
    }
}

/// Returns the callbacks of an operation.
fn declared<'a>(api: &'a Api, operation: &Operation) -> Vec<&'a Operation> {
    let Some(place) = operation.location.as_pointer().map(|own| own.join("callbacks")) else {
        return Vec::new();
    };
    let Some(callbacks) = api.json.pointer(place.as_str()).and_then(Value::as_object) else {
        return Vec::new();
    };
    // A callback may stand elsewhere, and be referred to.
    let mut places: Vec<String> = vec![place.as_str().to_owned()];
    let reference = |value: &Value| {
        let reference = value.get("$ref")?.as_str()?;
        Some(spec_document::Pointer::from_fragment(reference)?.as_str().to_owned())
    };
    for callback in callbacks.values() {
        places.extend(reference(callback));
        let callback = examples::followed(&api.json, callback);
        places
            .extend(callback.as_object().into_iter().flat_map(serde_json::Map::values).filter_map(reference));
    }
    let is_here = |own: &&Operation| {
        let own = own.location.as_pointer().map(spec_document::Pointer::as_str).unwrap_or_default();
        places.iter().any(|place| own.strip_prefix(place.as_str()).is_some_and(|rest| rest.starts_with('/')))
    };
    api.webhooks.iter().filter(|own| own.sent_to.is_some()).filter(is_here).collect()
}

/// Makes the request of a callback, and holds it against the document.
fn prepare(asked: &Asked<'_>, callback: &Operation, messages: &Messages<'_>) -> Result<Sending, String> {
    let to = callback.sent_to.as_deref().unwrap_or_default();
    let url = expression::fill(to, messages).ok_or_else(|| format!("nothing says what {to} is"))?;
    let uri: Uri = url.parse().map_err(|_| format!("{url} is no URL"))?;
    if uri.scheme_str() != Some("http") || uri.host().is_none() {
        return Err(format!("{url} is no URL of plain HTTP"));
    }
    let callbacks = asked.prepared.callbacks();
    let contract = callbacks.contract.clone().ok_or("the document has none")?;
    let maker = Maker { asked, callback, callbacks, contract: &contract };
    let written = maker.body()?;
    let mut request =
        Request::new(Bytes::from(written.as_ref().map(|own| own.bytes.clone()).unwrap_or_default()));
    *request.method_mut() = callback.method.to_string().parse().map_err(|_| "its method is none of HTTP")?;
    if let Some(value) = written.as_ref().and_then(|own| HeaderValue::from_str(&own.content_type).ok()) {
        request.headers_mut().insert(CONTENT_TYPE, value);
    }
    maker.headers(&mut request);
    // The contract knows the callback by its name, and not by where it goes.
    *request.uri_mut() = match uri.query() {
        Some(query) => format!("{}?{query}", callback.path).parse(),
        None => callback.path.parse(),
    }
    .unwrap_or_default();
    let mut violations = contract.request(&request).violations;
    violations.retain(|own| own.kind != Kind::Undeclared && own.kind != Kind::Unchecked);
    for violation in &violations {
        asked.mock.say(&format!("callback {}: {violation}", callback.id));
    }
    let host = HeaderValue::from_str(&authority(&uri)).ok();
    request.headers_mut().extend(host.map(|host| (HOST, host)));
    let target = uri.path_and_query().map_or("/", |own| own.as_str());
    *request.uri_mut() = target.parse().map_err(|_| format!("{url} is no URL"))?;
    Ok(Sending { id: callback.id.clone(), uri, request: request.map(Full::new), contract })
}

/// Returns the host and port of a URI, without name and password (RFC 9110, 4.2.4).
fn authority(uri: &Uri) -> String {
    let whole = uri.authority().map_or("", |own| own.as_str());
    whole.rsplit_once('@').map_or(whole, |(_, host)| host).to_owned()
}

/// Returns a URI as people may see it: without name, password and query.
fn shown(uri: &Uri) -> String {
    format!("http://{}{}", authority(uri), uri.path())
}

/// Makes the parts of a callback's request.
struct Maker<'a> {
    asked: &'a Asked<'a>,
    callback: &'a Operation,
    callbacks: &'a Callbacks,
    contract: &'a Contract,
}

impl Maker<'_> {
    /// Makes the body: an example that is right, or what its schema says; made values where they are wanted.
    fn body(&self) -> Result<Option<Written>, String> {
        let content = self.callback.body.as_ref().map(|body| body.content.as_slice()).unwrap_or_default();
        let Some(media) = content.first() else { return Ok(None) };
        let api = self.asked.prepared.api();
        let name = crate::negotiate::name(content, media, None, false);
        let is_right =
            |value: &Value| body::write(media, &name, value).is_ok_and(|written| self.is_right(&written));
        let pointer = media.schema.and_then(|id| api.schema(id).pointer());
        let made = |filling, seed| {
            let made = self.callbacks.values.as_ref()?.valid(pointer, filling, seed, &is_right).ok()?;
            Some(self.asked.prepared.friendly(made, &is_right))
        };
        let dynamic = self.asked.is_dynamic().then(|| made(Filling::All, self.asked.seed())).flatten();
        let suggested = || {
            let examples = examples::of(&api.json, &media.location).into_iter().map(|own| own.value);
            let samples = [Way::Examples, Way::Plain].into_iter();
            let samples = samples.filter_map(|way| Sampler::new(&api.json, way).at(pointer?).ok());
            examples.chain(samples).find(is_right)
        };
        let value = dynamic.or_else(suggested).or_else(|| made(Filling::Some, 0));
        let value = value.ok_or("no value was found that its schema takes")?;
        body::write(media, &name, &value)
            .map(Some)
            .map_err(|_| format!("{name} has no way to write its value"))
    }

    /// Says whether a body is what the callback declares.
    fn is_right(&self, written: &Written) -> bool {
        let mut request = Request::new(written.bytes.as_slice());
        *request.method_mut() = self.callback.method.to_string().parse().unwrap_or_default();
        *request.uri_mut() = self.callback.path.parse().unwrap_or_default();
        if let Ok(value) = HeaderValue::from_str(&written.content_type) {
            request.headers_mut().insert(CONTENT_TYPE, value);
        }
        let violations = self.contract.request(&request).violations;
        !violations.iter().any(|own| own.part == spec_contract::Part::Body && own.kind != Kind::Unchecked)
    }

    /// Adds the headers that have to be there.
    fn headers(&self, request: &mut Request<Bytes>) {
        let api = self.asked.prepared.api();
        let is_needed = |own: &&spec_api::Parameter| own.required && own.place == ParameterIn::Header;
        for parameter in self.callback.parameters.iter().filter(is_needed) {
            let sample = api.schema(parameter.schema).pointer();
            let sample = sample.and_then(|pointer| Sampler::new(&api.json, Way::Examples).at(pointer).ok());
            let examples = examples::of(&api.json, &parameter.location).into_iter().map(|own| own.value);
            let Some(value) = examples.chain(sample).next() else { continue };
            let text = to_text(&parameter.name, &value, Style::Simple, parameter.explode, str::to_owned);
            let name = HeaderName::try_from(parameter.name.as_str());
            if let (Ok(name), Ok(Some(text))) = (name, text)
                && let Ok(value) = HeaderValue::from_str(&text)
            {
                request.headers_mut().insert(name, value);
            }
        }
    }
}

/// Sends a callback, and says what became of it.
async fn send(mock: Mock, sending: Sending) {
    let (id, uri, contract) = (sending.id.clone(), shown(&sending.uri), sending.contract.clone());
    let answer = tokio::time::timeout(PATIENCE, exchange(sending)).await;
    match answer.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut))) {
        Ok(response) => {
            mock.say(&format!("callback {id}: {uri} answered {}", response.status().as_u16()));
            for violation in contract.response(&id, &response).violations {
                mock.say(&format!("callback {id}: {violation}"));
            }
        }
        Err(error) => mock.say(&format!("callback {id}: {uri} can't be reached: {error}")),
    }
}

/// Sends a request over a connection of its own, and reads the answer.
async fn exchange(sending: Sending) -> io::Result<Response<Bytes>> {
    let host = sending.uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let stream = TcpStream::connect((host, sending.uri.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(sending.request).await.map_err(io::Error::other)?;
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, LONGEST).collect().await.map_err(io::Error::other)?.to_bytes();
    connection.abort();
    Ok(Response::from_parts(parts, body))
}
