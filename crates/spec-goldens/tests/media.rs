//! Bodies by their media type: ranges that only JSON can be, texts that are dates or numbers, files, and
//! answers without a body.

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use spec_goldens::{files, media, no_content};
use spec_runtime::client::Error;
use spec_runtime::server::{Context, Failure};
use spec_runtime::{Extra, File};
use std::sync::{Arc, Mutex};

async fn serve(routes: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

/// Echoes what it is given, and keeps what clients say that they take.
#[derive(Clone, Default)]
struct Echo(Arc<Mutex<Vec<String>>>);

impl media::server::Api for Echo {
    async fn any(
        &self,
        context: Context,
        body: media::models::Stamp,
    ) -> Result<media::server::AnyResponse, Failure> {
        self.0.lock().unwrap().push(context.headers["accept"].to_str().unwrap().to_owned());
        match body.country.as_str() {
            "none" => {
                let fault =
                    media::models::Fault { reason: "no such country".to_owned(), extra: Extra::new() };
                Ok(media::server::AnyResponse::BadRequest(fault))
            }
            _ => Ok(body.into()),
        }
    }

    async fn recount(&self, _: Context, body: i64) -> Result<media::server::RecountResponse, Failure> {
        Ok(media::server::RecountResponse::Ok(body == 7))
    }

    async fn day(&self, _: Context, body: chrono::NaiveDate) -> Result<media::server::DayResponse, Failure> {
        match body.succ_opt().filter(|next| next.to_string().as_str() < "2100") {
            Some(next) => Ok(media::server::DayResponse::Ok(next)),
            None => Ok(media::server::DayResponse::NotFound(media::models::DayNotFound::Late)),
        }
    }

    async fn code(
        &self,
        _: Context,
        body: Option<media::models::Code>,
    ) -> Result<media::server::CodeResponse, Failure> {
        Ok(media::server::CodeResponse::Ok(body.unwrap_or_default()))
    }

    async fn words(&self, _: Context, body: String) -> Result<media::server::WordsResponse, Failure> {
        Ok(media::server::WordsResponse::Ok(body))
    }
}

/// Sends a body, and gives the status, the media type and the text of the answer.
async fn put(url: String, content_type: Option<&str>, body: &str) -> (u16, String, String) {
    let method = if url.ends_with("any") { reqwest::Method::POST } else { reqwest::Method::PUT };
    let mut request =
        reqwest::Client::new().request(method, url).header("accept", "*/*").body(body.to_owned());
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let content_type = answer
        .headers()
        .get("content-type")
        .map(|name| name.to_str().unwrap().to_owned())
        .unwrap_or_default();
    (status, content_type, answer.text().await.unwrap())
}

#[tokio::test]
async fn a_range_beside_an_object_is_json() {
    let echo = Echo::default();
    let url = serve(media::server::router(echo.clone())).await;
    let client = media::client::Client::new(&url);
    let stamp = || media::models::Stamp::builder().country("BR").value(30.0);
    let back = client.any().body(stamp()).send().await.unwrap();
    assert_eq!((back.country.as_str(), back.value), ("BR", Some(30.0)));
    assert_eq!(echo.0.lock().unwrap().as_slice(), ["application/json, */*"]);
    let Err(Error::ErrorResponse(fault)) = client.any().body(stamp().country("none")).send().await else {
        panic!("a fault")
    };
    assert_eq!(fault.reason, "no such country");
    // Whatever it is called, and also where it is called nothing.
    let body = "{\"country\":\"BR\"}";
    for content_type in [Some("application/json"), Some("application/problem+json"), None] {
        let (status, name, text) = put(format!("{url}/any"), content_type, body).await;
        assert_eq!(
            (status, name.as_str(), text.as_str()),
            (200, "application/json", body),
            "{content_type:?}"
        );
    }
    let (status, name, text) = put(format!("{url}/any"), None, "{\"country\":\"\",\"value\":-1}").await;
    assert_eq!((status, name.as_str()), (400, "application/json"));
    let refusal: Value = serde_json::from_str(&text).unwrap();
    assert!(
        refusal["reason"].as_str().is_some_and(|why| why.contains("country") && why.contains("value")),
        "{refusal}"
    );
}

#[tokio::test]
async fn plain_texts_are_what_their_schema_says() {
    let url = serve(media::server::router(Echo::default())).await;
    let client = media::client::Client::new(&url);
    assert!(client.recount().body(7_i64).send().await.unwrap().into_inner());
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    assert_eq!(client.day().body(day("2024-02-28")).send().await.unwrap().into_inner(), day("2024-02-29"));
    let Err(Error::ErrorResponse(late)) = client.day().body(day("2099-12-31")).send().await else {
        panic!("late")
    };
    assert_eq!(late.into_inner(), media::models::DayNotFound::Late);
    let plain = Some("text/plain");
    let sent = [
        ("count", plain, "8", 200, "false"),
        ("count", plain, "-1", 400, ""),
        ("count", plain, "many", 400, ""),
        ("day", plain, "2024-02-29", 200, "2024-03-01"),
        ("day", plain, "2023-02-29", 400, ""),
        ("day", plain, "\"2024-02-29\"", 400, ""),
        ("code", plain, "AB12", 200, "AB12"),
        ("code", plain, "ab", 400, ""),
        ("code", None, "", 200, ""),
        ("words", plain, "hello", 200, "\"hello\""),
        ("words", plain, "\"hello\"", 200, "\"\\\"hello\\\"\""),
        ("words", plain, "much too long", 400, ""),
        ("words", Some("application/json"), "\"hello\"", 200, "\"hello\""),
        ("words", Some("application/json"), "hello", 400, ""),
    ];
    for (path, content_type, body, expected, text) in sent {
        let (status, _, back) = put(format!("{url}/{path}"), content_type, body).await;
        assert_eq!(status, expected, "{path} {body}: {back}");
        assert!(status != 200 || back == text, "{path} {body}: {back}");
    }
    // What does not fit is not in the type of the answer, either.
    let routes = axum::Router::new().route("/day", axum::routing::put(|| async { "tomorrow" }));
    let client = media::client::Client::new(&serve(routes).await);
    let Err(Error::InvalidResponse(raw, _)) = client.day().body(day("2024-02-28")).send().await else {
        panic!("a date")
    };
    assert_eq!(raw.text(), "tomorrow");
}

struct Library;

fn book() -> no_content::models::Book {
    no_content::models::Book { title: "A title".to_owned(), extra: Extra::new() }
}

impl no_content::server::Api for Library {
    async fn burn(
        &self,
        _: Context,
        _: no_content::server::BurnParameters,
    ) -> Result<no_content::server::BurnResponse, Failure> {
        Ok(no_content::server::BurnResponse::NoContent)
    }

    async fn reset(
        &self,
        _: Context,
        _: no_content::server::ResetParameters,
    ) -> Result<no_content::server::ResetResponse, Failure> {
        Err(Failure::new(axum::http::StatusCode::NOT_MODIFIED, "nothing is new"))
    }

    /// An answer that the document describes with a body, of a status that has none.
    async fn mend(
        &self,
        _: Context,
        _: no_content::server::MendParameters,
    ) -> Result<no_content::server::MendResponse, Failure> {
        Ok(no_content::server::MendResponse::Success(axum::http::StatusCode::NO_CONTENT, book()))
    }
}

#[tokio::test]
async fn answers_without_a_body_have_none() {
    let url = serve(no_content::server::router(Library)).await;
    let caller = reqwest::Client::new();
    for (method, status) in [("DELETE", 204), ("PUT", 304), ("PATCH", 204)] {
        let request = caller.request(method.parse().unwrap(), format!("{url}/books/1"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{method}");
        let names = ["content-type", "content-length", "transfer-encoding"]
            .map(|name| answer.headers().contains_key(name));
        assert_eq!(names, [false; 3], "{method} {:?}", answer.headers());
        assert!(answer.bytes().await.unwrap().is_empty(), "{method}");
    }
    let client = no_content::client::Client::new(&url);
    client.burn().id(1).send().await.unwrap().into_inner();
    // The document speaks of `2XX` with a book, which 204 can't be: that is no answer of the document, and no
    // broken one.
    let Err(Error::UnexpectedResponse(raw)) = client.mend().id(1).send().await else { panic!("204") };
    assert_eq!((raw.status.as_u16(), raw.body.len()), (204, 0));
}

/// A file: its name and its bytes.
type Kept = (Option<String>, Vec<u8>);

struct Shelf(Arc<Mutex<Vec<Kept>>>);

impl files::server::Api for Shelf {
    async fn upload(
        &self,
        _: Context,
        body: files::models::UploadBody,
    ) -> Result<files::server::UploadResponse, Failure> {
        let more = body.more.value().cloned().unwrap_or_default();
        let all = [body.file, body.scan.unwrap()].into_iter().chain(body.pages.unwrap()).chain(more);
        for file in all {
            let bytes = file.content.collect().await.unwrap();
            self.0.lock().unwrap().push((file.name, bytes.to_vec()));
        }
        Ok(files::server::UploadResponse::NoContent)
    }

    async fn texts(
        &self,
        _: Context,
        body: files::models::Texts,
    ) -> Result<files::server::TextsResponse, Failure> {
        Ok(body.into())
    }

    async fn table(
        &self,
        _: Context,
        body: spec_runtime::stream::ByteStream,
    ) -> Result<files::server::TableResponse, Failure> {
        let pieces: Vec<bytes::Bytes> = body.try_collect().await.unwrap();
        Ok(files::server::TableResponse::Ok(String::from_utf8(pieces.concat()).unwrap()))
    }
}

/// A text that names a media type and no encoding is bytes, in a form and as a whole; in JSON it is a text.
#[tokio::test]
async fn files_of_openapi_3_1_are_bytes() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let client = files::client::Client::new(&serve(files::server::router(Shelf(Arc::clone(&kept)))).await);
    let body = files::models::UploadBody::builder()
        .file(File::new(&b"\xff\x00\xfe"[..]).named("a.bin"))
        .scan(File::new(&b"\x89PNG"[..]).named("b.png").with_content_type("image/png"))
        .pages([File::new("1").named("1.png"), File::new("2").named("2.png")])
        .more(vec![File::new(&b"\xf0"[..]).named("c")])
        .settings("{}")
        .note("n");
    client.upload().body(body).send().await.unwrap();
    let file = |name: &str, bytes: &[u8]| (Some(name.to_owned()), bytes.to_vec());
    let expected = [
        file("a.bin", b"\xff\x00\xfe"),
        file("b.png", b"\x89PNG"),
        file("1.png", b"1"),
        file("2.png", b"2"),
        file("c", b"\xf0"),
    ];
    assert_eq!(*kept.lock().unwrap(), expected);
    let texts: files::models::Texts =
        serde_json::from_value(json!({ "page": "<p>", "settings": "{}", "print": "AP8h" })).unwrap();
    let back = client.texts().body(texts).send().await.unwrap().into_inner();
    assert_eq!(back.print.unwrap().0, [0, 255, 33]);
    assert_eq!(client.table().body("a,b").send().await.unwrap().into_inner(), "a,b");
}
