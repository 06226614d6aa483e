//! Mocks of documents that have everything an operation can take, and names that a mock has for itself.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use spec_goldens::mocks::client::{Client, MockBody as RequestBody};
use spec_goldens::mocks::models::{A, Calls, F, FilesBody, Mock as OfMock, MockWebhooks as Copied};
use spec_goldens::mocks::server::{
    AsRefResponse, AuthenticateResponse, Clone2Response, CloneResponse, CopiedResponse, EventsResponse,
    ExpectationsResponse, IntoResponse, LinesResponse, Mock, MockBody, MockWebhooks, New2Response,
    ServeResponse, Times2Response, TimesResponse, ToOwnedResponse, VerifyResponse, router, webhooks,
};
use spec_runtime::client::{Configure, InProcess};
use spec_runtime::server::{Context, Failure};
use spec_runtime::stream::{Events, JsonLines};
use spec_runtime::{Extra, File};
use tower::ServiceExt as _;

fn a(number: i64) -> A {
    A { number, extra: Extra::new() }
}

fn of_mock(of: &str) -> OfMock {
    OfMock { of: of.to_owned(), extra: Extra::new() }
}

fn client(mock: &Mock) -> Client {
    Client::new("http://a.example").with_transport(InProcess::new(router(mock.clone())))
}

#[tokio::test]
async fn operations_that_are_called_like_methods_of_the_mock() {
    let mock = Mock::new()
        .calls2(|_| async { Ok(Calls { count: 3, extra: Extra::new() }.into()) })
        .clone2(|_| async { Ok(Clone2Response::NoContent) })
        .expectations(|_| async { Ok(ExpectationsResponse::NoContent) })
        .new2(|_| async { Ok(New2Response::NoContent) })
        .times3(|_, parameters| async move {
            assert_eq!(parameters.at, Some(5));
            Ok(TimesResponse::NoContent)
        })
        .times2(|_| async { Ok(Times2Response::NoContent) })
        .verify2(|_, body| async move {
            assert_eq!(body.unwrap().text.unwrap(), "ok");
            Ok(VerifyResponse::NoContent)
        })
        .as_ref(|_| async { Ok(AsRefResponse::NoContent) })
        .to_owned(|_| async { Ok(ToOwnedResponse::NoContent) })
        .authenticate(|_| async { Ok(AuthenticateResponse::NoContent) })
        .times(1);
    let client = client(&mock);
    assert_eq!(client.calls().send().await.unwrap().count, 3);
    client.clone2().send().await.unwrap();
    client.expectations().send().await.unwrap();
    client.new2().send().await.unwrap();
    let known = client.clone().with_key("known");
    known.times().at(5).send().await.unwrap();
    client.times2().send().await.unwrap();
    client.verify().body(F { text: Some("ok".to_owned()), extra: Extra::new() }).send().await.unwrap();
    client.as_ref().send().await.unwrap();
    client.to_owned().send().await.unwrap();
    known.authenticate().send().await.unwrap();
    let ids = ["calls", "clone", "expectations", "new", "times", "times2", "verify", "as_ref", "to_owned"];
    assert_eq!(&mock.calls()[..9], ids);
    assert_eq!(mock.calls().len(), 10);
}

/// Who brings a credential is let in, and who need not bring one is nobody.
#[tokio::test]
async fn any_caller_is_let_in() {
    let answer = |is_known| {
        move |context: Context<Option<()>>| async move {
            assert_eq!(context.principal.is_some(), is_known);
            Ok::<_, Failure>(ServeResponse::NoContent)
        }
    };
    let mock = Mock::new().serve2(answer(false)).times(1).serve2(answer(true)).times(1);
    let client = client(&mock);
    client.serve().send().await.unwrap();
    client.clone().with_key("whatever").serve().send().await.unwrap();
}

#[tokio::test]
async fn streams_files_and_bodies_of_several_forms() {
    let mock = Mock::new()
        .mock(|_, body| async move {
            let of = match body {
                MockBody::Json(model) => model.of,
                MockBody::Text(text) => text,
                MockBody::Bytes(bytes) => format!("{} bytes", bytes.collect().await?.len()),
            };
            Ok(of_mock(&of).into())
        })
        .times(3)
        .events(|_| async { Ok(EventsResponse::Ok(Events::new(stream::iter([a(1), a(2)]).map(Into::into)))) })
        .times(1)
        .lines(|_, lines| async move {
            let lines: Vec<F> = lines.try_collect().await?;
            Ok(LinesResponse::Ok(format!("{} lines", lines.len()).into()))
        })
        .times(1)
        .files(|_, body| async move { Ok(i64::try_from(body.scan.content.len().unwrap_or(0))?.into()) })
        .times(1);
    let client = client(&mock);
    for (body, of) in [
        (RequestBody::Json(of_mock("json")), "json"),
        (RequestBody::Text("text".to_owned()), "text"),
        (RequestBody::Bytes("bytes".into()), "5 bytes"),
    ] {
        assert_eq!(*client.mock().body(body).send().await.unwrap(), of_mock(of));
    }
    let events = client.events().send().await.unwrap().into_inner();
    let numbers: Vec<i64> = events.map(|event| event.unwrap().data.number).collect().await;
    assert_eq!(numbers, [1, 2]);
    let lines = ["a", "b", "c"].map(|text| F { text: Some(text.to_owned()), extra: Extra::new() });
    let answer = client.lines().body(JsonLines::from_iter(lines)).send().await.unwrap().into_inner();
    assert_eq!(answer.collect().await.unwrap(), "3 lines");
    let files = FilesBody { scan: File::new("a scan"), note: None, extra: Extra::new() };
    assert_eq!(*client.files().body(files).send().await.unwrap(), 6);
}

#[tokio::test]
async fn webhooks_have_a_mock_of_their_own() {
    let mock = MockWebhooks::new()
        .copied(|_, body| async move {
            assert_eq!(body, Copied { of: "a".to_owned(), extra: Extra::new() });
            Ok(CopiedResponse::NoContent)
        })
        .times(1)
        .into(|_| async { Ok(IntoResponse::NoContent) })
        .clone2(|_| async { Ok(CloneResponse::NoContent) });
    let request = axum::http::Request::post("/clone").header("content-type", "application/json");
    let request = request.body(axum::body::Body::from(r#"{"of":"a"}"#)).unwrap();
    assert_eq!(webhooks(mock.clone()).oneshot(request).await.unwrap().status(), 204);
    assert_eq!(mock.calls(), ["copied"]);
}
