//! Generated clients against generated servers on loopback: what is sent arrives, in every style and syntax,
//! and every answer comes back typed.

use spec_goldens::{bodies, names, no_operation_ids, parameters, responses, security};
use spec_runtime::client::Error;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Credential, Denied, Failure};
use spec_runtime::stream::ByteStream;
use spec_runtime::{Extra, Field, File};

async fn serve(routes: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

/// Handlers that answer with what they were given, as text.
macro_rules! echo {
    ($($name:ident($parameters:ident) -> $response:ident),* $(,)?) => {
        $(async fn $name(&self, _: Context, parameters: parameters::server::$parameters)
            -> Result<parameters::server::$response, Failure> {
            Ok(parameters::server::$response::Ok(format!("{parameters:?}")))
        })*
    };
}

struct Parameters;

impl parameters::server::Api for Parameters {
    echo!(
        scalars(ScalarsParameters) -> ScalarsResponse,
        simple(SimpleParameters) -> SimpleResponse,
        label(LabelParameters) -> LabelResponse,
        matrix(MatrixParameters) -> MatrixResponse,
        query(QueryParameters) -> QueryResponse,
        headers(HeadersParameters) -> HeadersResponse,
        cookies(CookiesParameters) -> CookiesResponse,
        everywhere(EverywhereParameters) -> EverywhereResponse,
    );
}

mod given {
    use spec_goldens::parameters::models::{Filter, Point, Size};
    use spec_runtime::Extra;

    pub fn point() -> Point {
        Point { x: -7, y: "up".to_owned(), extra: Extra::new() }
    }

    pub fn size() -> Size {
        Size { width: Some(3), height: None, extra: Extra::new() }
    }

    pub fn filter() -> Filter {
        Filter {
            name: Some("a&b=c d".to_owned()),
            tags: Some(vec!["x".to_owned(), "y".to_owned()]),
            size: Some(size()),
            active: Some(true),
            extra: Extra::new(),
        }
    }

    pub fn texts() -> Vec<String> {
        vec!["one".to_owned(), "two and".to_owned(), "drei/ö?".to_owned()]
    }
}

#[tokio::test]
async fn parameters_in_the_path() {
    use parameters::models::Choice;
    use parameters::server::{LabelParameters, MatrixParameters, ScalarsParameters, SimpleParameters};
    let client = parameters::client::Client::new(&serve(parameters::server::router(Parameters)).await);
    let sent = ScalarsParameters {
        text: "a/b c?d#e%f ü".to_owned(),
        number: i64::MIN,
        choice: Choice::ABCD,
        day: "2024-02-29".parse().unwrap(),
        moment: "2026-01-31T10:20:30.25Z".parse().unwrap(),
        identity: "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap(),
        flag: true,
    };
    let got = client
        .scalars()
        .text(&*sent.text)
        .number(sent.number)
        .choice("a/b&c=d")
        .day(sent.day)
        .moment(sent.moment)
        .identity(sent.identity)
        .flag(sent.flag);
    assert_eq!(got.send().await.unwrap().into_inner(), format!("{sent:?}"));

    let (list, list_exploded, object) = (given::texts(), vec![1, -2, 3], given::point());
    let object_exploded = object.clone();
    let sent = SimpleParameters { scalar: 2.5, list, list_exploded, object, object_exploded };
    let request =
        client.simple().scalar(sent.scalar).list(sent.list.clone()).list_exploded(sent.list_exploded.clone());
    let got = request.object(sent.object.clone()).object_exploded(sent.object.clone()).send().await.unwrap();
    assert_eq!(got.into_inner(), format!("{sent:?}"));

    let SimpleParameters { list, list_exploded, object, object_exploded, .. } = sent;
    let sent = LabelParameters { scalar: "text".to_owned(), list, list_exploded, object, object_exploded };
    let request =
        client.label().scalar("text").list(sent.list.clone()).list_exploded(sent.list_exploded.clone());
    let got = request.object(sent.object.clone()).object_exploded(sent.object.clone()).send().await.unwrap();
    assert_eq!(got.into_inner(), format!("{sent:?}"));

    let LabelParameters { list, list_exploded, object, object_exploded, scalar } = sent;
    let sent = MatrixParameters { scalar, list, list_exploded, object, object_exploded };
    let request =
        client.matrix().scalar("text").list(sent.list.clone()).list_exploded(sent.list_exploded.clone());
    let got = request.object(sent.object.clone()).object_exploded(sent.object.clone()).send().await.unwrap();
    assert_eq!(got.into_inner(), format!("{sent:?}"));
}

/// What separates items in a path may stand in them: it is encoded there, and not where it separates.
#[tokio::test]
async fn items_with_delimiters_in_them() {
    use parameters::models::Point;
    use parameters::server::{LabelParameters, MatrixParameters, SimpleParameters};
    let client = parameters::client::Client::new(&serve(parameters::server::router(Parameters)).await);
    let hostile = || vec!["a,b".to_owned(), "c.d;e=f".to_owned(), "|g h".to_owned(), "%2C".to_owned()];
    let point = || Point { x: 1, y: "a,b=c;d.e".to_owned(), extra: Extra::new() };
    let sent = SimpleParameters {
        scalar: 1.0,
        list: hostile(),
        list_exploded: vec![1],
        object: point(),
        object_exploded: point(),
    };
    let got = client
        .simple()
        .scalar(1.0)
        .list(hostile())
        .list_exploded([1])
        .object(point())
        .object_exploded(point());
    assert_eq!(got.send().await.unwrap().into_inner(), format!("{sent:?}"));
    let sent = LabelParameters {
        scalar: ".,a".to_owned(),
        list: hostile(),
        list_exploded: vec![1],
        object: point(),
        object_exploded: point(),
    };
    let got = client
        .label()
        .scalar(".,a")
        .list(hostile())
        .list_exploded([1])
        .object(point())
        .object_exploded(point());
    assert_eq!(got.send().await.unwrap().into_inner(), format!("{sent:?}"));
    let sent = MatrixParameters {
        scalar: ";=a".to_owned(),
        list: hostile(),
        list_exploded: vec![1],
        object: point(),
        object_exploded: point(),
    };
    let got = client
        .matrix()
        .scalar(";=a")
        .list(hostile())
        .list_exploded([1])
        .object(point())
        .object_exploded(point());
    assert_eq!(got.send().await.unwrap().into_inner(), format!("{sent:?}"));
}

/// What a URL does not keep as it is, is not sent: nobody can make the client call another operation.
#[tokio::test]
async fn paths_and_lists_that_would_arrive_as_others_are_not_sent() {
    use parameters::models::Point;
    // Nobody listens there.
    let client = parameters::client::Client::new("http://127.0.0.1:9");
    let said = |error: Error<()>| match error {
        Error::InvalidRequest(message) => message,
        other => panic!("{other:?}"),
    };
    let (day, moment) = ("2024-02-29".parse::<chrono::NaiveDate>().unwrap(), "2026-01-31T10:20:30Z");
    let moment = moment.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    for text in ["", ".", "..", "%2E", "%2e%2E", ".%2e"] {
        let request = client.scalars().text(text).number(1).choice("a/b&c=d").day(day).moment(moment);
        let request = request.identity(uuid::Uuid::nil()).flag(true);
        let sent = request.send().await.unwrap_err();
        if text.contains('%') {
            // The percent sign is encoded itself: the text stays a text.
            assert!(!matches!(sent, Error::InvalidRequest(_)), "{text}: {sent:?}");
        } else {
            assert_eq!(said(sent), "`text` can't be empty, `.` or `..` in a path", "{text}");
        }
    }
    let point = || Point { x: 1, y: "y".to_owned(), extra: Extra::new() };
    let request = client
        .label()
        .scalar(".")
        .list(["a".to_owned()])
        .list_exploded([1])
        .object(point())
        .object_exploded(point());
    assert_eq!(said(request.send().await.unwrap_err()), "`scalar` can't be empty, `.` or `..` in a path");
    let request = client
        .simple()
        .scalar(1.0)
        .list([".".to_owned(), String::new()])
        .list_exploded([1])
        .object(point())
        .object_exploded(point());
    assert!(
        !matches!(request.send().await.unwrap_err(), Error::InvalidRequest(_)),
        "`.,` is a segment like any other"
    );

    let request = client.query().needed("n").joined(["a,b".to_owned()]);
    assert_eq!(
        said(request.send().await.unwrap_err()),
        "`joined` can't be written: an item of it holds ',', which separates items"
    );
    let request = client.query().needed("n").spaced(["a b".to_owned()]);
    assert_eq!(
        said(request.send().await.unwrap_err()),
        "`spaced` can't be written: an item of it holds ' ', which separates items"
    );
    let request = client.cookies().needed("n").list(["a,b".to_owned()]);
    assert_eq!(
        said(request.send().await.unwrap_err()),
        "`list` can't be written: an item of it holds ',', which separates items"
    );
}

#[tokio::test]
async fn parameters_in_the_query() {
    use parameters::models::{Choice, QueryEither};
    use parameters::server::QueryParameters;
    let client = parameters::client::Client::new(&serve(parameters::server::router(Parameters)).await);
    let least = QueryParameters {
        needed: "a=b&c d+ü".to_owned(),
        number: None,
        flag: None,
        choice: None,
        moment: None,
        list: None,
        numbers: None,
        choices: None,
        joined: None,
        spaced: None,
        piped: None,
        object: None,
        exploded: None,
        deep: None,
        json: None,
        either: None,
        page_size: None,
    };
    let got = client.query().needed(&*least.needed).send().await.unwrap();
    assert_eq!(got.into_inner(), format!("{least:?}"));
    let plain = vec!["one".to_owned(), "zwei".to_owned()];
    let sent = QueryParameters {
        number: Some(-1.5),
        flag: Some(false),
        choice: Some(Choice::WithSpace),
        moment: Some("2026-01-31T10:20:30Z".parse().unwrap()),
        list: Some(given::texts()),
        numbers: Some(vec![1, 2]),
        choices: Some(vec![Choice::ABCD, Choice::Plain]),
        joined: Some(given::texts()),
        spaced: Some(plain.clone()),
        piped: Some(vec![7, 8]),
        object: Some(given::point()),
        exploded: Some(given::size()),
        deep: Some(given::filter()),
        json: Some(given::filter()),
        either: Some(QueryEither::Integer(12)),
        page_size: Some(20),
        ..least
    };
    let got = client
        .query()
        .needed(&*sent.needed)
        .number(-1.5)
        .flag(false)
        .choice(Choice::WithSpace)
        .moment(sent.moment.unwrap())
        .list(given::texts())
        .numbers(vec![1, 2])
        .choices([Choice::ABCD, Choice::Plain])
        .joined(given::texts())
        .spaced(plain)
        .piped([7, 8])
        .object(given::point())
        .exploded(given::size())
        .deep(given::filter())
        .json(given::filter())
        .either(12)
        .page_size(20);
    assert_eq!(got.send().await.unwrap().into_inner(), format!("{sent:?}"));
}

#[tokio::test]
async fn parameters_in_headers_and_cookies() {
    use parameters::models::Choice;
    use parameters::server::{CookiesParameters, EverywhereParameters, HeadersParameters};
    let client = parameters::client::Client::new(&serve(parameters::server::router(Parameters)).await);
    let sent = HeadersParameters {
        x_needed: "plain words".to_owned(),
        x_number: Some(-3),
        x_flag: Some(true),
        x_choice: Some(Choice::WithSpace),
        x_list: Some(vec![1, 2, 3]),
        x_object: Some(given::point()),
        x_exploded: Some(given::point()),
        x_json: Some(given::filter()),
    };
    let request = client.headers().x_needed(&*sent.x_needed).x_number(-3).x_flag(true).x_choice("with space");
    let request =
        request.x_list([1, 2, 3]).x_object(given::point()).x_exploded(given::point()).x_json(given::filter());
    assert_eq!(request.send().await.unwrap().into_inner(), format!("{sent:?}"));

    let sent = CookiesParameters {
        needed: "a; b=c".to_owned(),
        number: Some(5),
        list: Some(vec!["one".to_owned(), "two".to_owned()]),
        object: Some(given::point()),
        exploded: Some(given::size()),
        json: Some(given::filter()),
    };
    let request = client.cookies().needed(&*sent.needed).number(5).list(sent.list.clone().unwrap());
    let request = request.object(given::point()).exploded(given::size()).json(given::filter());
    assert_eq!(request.send().await.unwrap().into_inner(), format!("{sent:?}"));

    let sent = EverywhereParameters {
        id: 1,
        id2: Some("two".to_owned()),
        id3: Some("three".to_owned()),
        id4: Some("four".to_owned()),
        shared: "own".to_owned(),
    };
    let got =
        client.everywhere().id(1).id2("two").id3("three").id4("four").shared("own").send().await.unwrap();
    assert_eq!(got.into_inner(), format!("{sent:?}"));
    let error = client.everywhere().id(1).id2("too long").shared("own").send().await.unwrap_err();
    let Error::UnexpectedResponse(raw) = error else { panic!("{error:?}") };
    assert_eq!(raw.status, 400);
    assert!(
        raw.text().contains("\"in\":\"query\"") && raw.text().contains("\"pointer\":\"/id\""),
        "{}",
        raw.text()
    );
}

struct Bodies;

macro_rules! echo_bodies {
    ($($name:ident($body:ty) -> $response:ident),* $(,)?) => {
        $(async fn $name(&self, _: Context, body: $body) -> Result<bodies::server::$response, Failure> {
            Ok(bodies::server::$response::Ok(format!("{body:?}")))
        })*
    };
}

impl bodies::server::Api for Bodies {
    async fn json(
        &self,
        _: Context,
        body: bodies::models::Item,
    ) -> Result<bodies::server::JsonResponse, Failure> {
        Ok(body.into())
    }

    async fn vendor(
        &self,
        _: Context,
        body: bodies::models::Item,
    ) -> Result<bodies::server::VendorResponse, Failure> {
        Ok(body.into())
    }

    async fn several(
        &self,
        _: Context,
        body: bodies::models::Item,
    ) -> Result<bodies::server::SeveralResponse, Failure> {
        Ok(body.into())
    }

    echo_bodies!(
        optional(Option<bodies::models::Item>) -> OptionalResponse,
        list(Vec<bodies::models::Item>) -> ListResponse,
        nullable(Option<bodies::models::Item>) -> NullableResponse,
        any(serde_json::Value) -> AnyResponse,
        form(bodies::models::FormBody) -> FormResponse,
        upload(bodies::models::UploadBody) -> UploadResponse,
        text(String) -> TextResponse,
    );

    async fn bytes(&self, _: Context, body: ByteStream) -> Result<bodies::server::BytesResponse, Failure> {
        Ok(bodies::server::BytesResponse::Ok(format!("{:?}", body.collect().await.unwrap())))
    }

    async fn optional_bytes(
        &self,
        _: Context,
        body: Option<ByteStream>,
    ) -> Result<bodies::server::OptionalBytesResponse, Failure> {
        let bytes = match body {
            Some(body) => Some(body.collect().await.unwrap()),
            None => None,
        };
        Ok(bodies::server::OptionalBytesResponse::Ok(format!("{bytes:?}")))
    }
}

#[tokio::test]
async fn bodies_of_every_syntax() {
    use bodies::models::{FormBody, Item, UploadBody};
    let url = serve(bodies::server::router(Bodies)).await;
    let client = bodies::client::Client::new(&url);
    let item = Item::builder().name("a&b=c d+ü").count(3).note(Field::Null).build().unwrap();
    assert_eq!(*client.json().body(item.clone()).send().await.unwrap(), item);
    assert_eq!(*client.vendor().body(item.clone()).send().await.unwrap(), item);
    assert_eq!(*client.several().body(item.clone()).send().await.unwrap(), item);
    assert_eq!(*client.optional().send().await.unwrap(), "None");
    assert_eq!(*client.optional().body(item.clone()).send().await.unwrap(), format!("{:?}", Some(&item)));
    assert_eq!(*client.list().body(vec![item.clone()]).send().await.unwrap(), format!("{:?}", [&item]));
    assert_eq!(*client.nullable().body(None).send().await.unwrap(), "None");
    assert_eq!(*client.nullable().body(item.clone()).send().await.unwrap(), format!("{:?}", Some(&item)));
    let any = serde_json::json!({"a": [1, null]});
    assert_eq!(*client.any().body(any.clone()).send().await.unwrap(), format!("{any:?}"));
    assert_eq!(*client.text().body("words, ü").send().await.unwrap(), "\"words, ü\"");
    assert_eq!(*client.bytes().body(vec![0, 159]).send().await.unwrap(), "b\"\\0\\x9f\"");
    assert_eq!(*client.optional_bytes().send().await.unwrap(), "None");
    assert_eq!(*client.optional_bytes().body("some").send().await.unwrap(), "Some(b\"some\")");

    let form =
        FormBody::builder().name("a&b=c d+ü").count(3).flag(true).tags(["x", "y z"]).item(item.clone());
    let form = form.or_null("text").build().unwrap();
    assert_eq!(*client.form().body(form.clone()).send().await.unwrap(), format!("{form:?}"));
    let least = FormBody::builder().name("").build().unwrap();
    assert_eq!(*client.form().body(least.clone()).send().await.unwrap(), format!("{least:?}"));

    let file = |name: &str, content: &[u8]| File::new(content).named(name).with_content_type("image/png");
    let upload = UploadBody::builder()
        .file(file("a \"b\".png", &[0, 255, 13, 10]))
        .more([file("1.png", b"one"), file("2.png", b"")])
        .title("a title")
        .count(-1)
        .labels(["x", "y"])
        .numbers([1, 2])
        .item(item)
        .maybe("perhaps")
        .attachment(file("c.png", b"c"));
    let upload = upload.build().unwrap();
    assert_eq!(*client.upload().body(upload.clone()).send().await.unwrap(), format!("{upload:?}"));
    let least = UploadBody::builder().file(file("a.png", b"a")).title("t").build().unwrap();
    assert_eq!(*client.upload().body(least.clone()).send().await.unwrap(), format!("{least:?}"));
}

#[tokio::test]
async fn bodies_that_do_not_fit() {
    let url = serve(bodies::server::router(Bodies)).await;
    let caller = reqwest::Client::new();
    let status = |request: reqwest::RequestBuilder| async { request.send().await.unwrap().status().as_u16() };
    let form = |text: &'static str| {
        caller
            .post(format!("{url}/form"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(text)
    };
    assert_eq!(status(form("name=n&count=1&tags=x")).await, 200);
    assert_eq!(status(form("name=n&count=one")).await, 400);
    assert_eq!(status(form("count=1")).await, 400);
    assert_eq!(status(form("name=n&name=m")).await, 400);
    assert_eq!(status(form("name=n&item=%7B%22count%22%3A1%7D")).await, 400);
    let upload = |body: &'static str| {
        caller
            .post(format!("{url}/upload"))
            .header("content-type", "multipart/form-data; boundary=B")
            .body(body)
    };
    assert_eq!(
        status(upload("--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nt\r\n--B--\r\n")).await,
        400
    );
    assert_eq!(status(upload("no form")).await, 400);
    assert_eq!(
        status(caller.post(format!("{url}/upload")).header("content-type", "multipart/form-data").body("x"))
            .await,
        415
    );
    assert_eq!(status(caller.post(format!("{url}/json"))).await, 400);
    assert_eq!(
        status(caller.post(format!("{url}/json")).header("content-type", "text/json5").body("{}")).await,
        415
    );
}

struct Responses;

impl responses::server::Api for Responses {
    async fn several(
        &self,
        _: Context,
        parameters: responses::server::SeveralParameters,
    ) -> Result<responses::server::SeveralResponse, Failure> {
        use responses::models::{Absent, Created, Problem, Thing};
        use responses::server::SeveralResponse;
        Ok(match parameters.status {
            200 => SeveralResponse::Ok(Thing { name: "n".to_owned(), extra: Extra::new() }),
            201 => SeveralResponse::Created(Created { id: 1, extra: Extra::new() }),
            204 => SeveralResponse::NoContent,
            404 => SeveralResponse::NotFound(Absent { what: "w".to_owned(), extra: Extra::new() }),
            409 => SeveralResponse::Conflict(Problem { title: "t".to_owned(), extra: Extra::new() }),
            503 => SeveralResponse::ServerError(http_status(503), "broken".to_owned()),
            other => return Err(Failure::new(http_status(other), "undeclared")),
        })
    }

    async fn with_default(
        &self,
        _: Context,
        parameters: responses::server::WithDefaultParameters,
    ) -> Result<responses::server::WithDefaultResponse, Failure> {
        use responses::models::{Problem, Thing};
        use responses::server::WithDefaultResponse;
        Ok(match parameters.status {
            200 => WithDefaultResponse::Ok(Thing { name: "n".to_owned(), extra: Extra::new() }),
            other => WithDefaultResponse::Default(
                http_status(other),
                Problem { title: "t".to_owned(), extra: Extra::new() },
            ),
        })
    }

    async fn only_default(
        &self,
        _: Context,
        parameters: responses::server::OnlyDefaultParameters,
    ) -> Result<responses::server::OnlyDefaultResponse, Failure> {
        let thing = responses::models::Thing { name: "n".to_owned(), extra: Extra::new() };
        Ok(responses::server::OnlyDefaultResponse::Default(http_status(parameters.status), thing))
    }

    async fn nullable(&self, _: Context) -> Result<responses::server::NullableResponse, Failure> {
        Ok(responses::server::NullableResponse::Ok(None))
    }

    async fn bytes(&self, _: Context) -> Result<responses::server::BytesResponse, Failure> {
        Ok(responses::server::BytesResponse::Ok([0, 255].as_slice().into()))
    }

    async fn several_head(
        &self,
        _: Context,
        parameters: responses::server::SeveralHeadParameters,
    ) -> Result<responses::server::SeveralHeadResponse, Failure> {
        use responses::server::SeveralHeadResponse;
        Ok(if parameters.status == 200 { SeveralHeadResponse::Ok } else { SeveralHeadResponse::NotFound })
    }

    async fn ranges(
        &self,
        _: Context,
        parameters: responses::server::RangesParameters,
    ) -> Result<responses::server::RangesResponse, Failure> {
        use responses::models::{Absent, Problem, Thing};
        use responses::server::RangesResponse;
        let status = http_status(parameters.status);
        Ok(match parameters.status {
            404 => RangesResponse::NotFound(Absent { what: "w".to_owned(), extra: Extra::new() }),
            400..=499 => {
                RangesResponse::ClientError(status, Problem { title: "t".to_owned(), extra: Extra::new() })
            }
            _ => RangesResponse::Success(status, Thing { name: "n".to_owned(), extra: Extra::new() }),
        })
    }

    async fn same(
        &self,
        _: Context,
        parameters: responses::server::SameParameters,
    ) -> Result<responses::server::SameResponse, Failure> {
        use responses::models::{Problem, Thing};
        use responses::server::SameResponse;
        let (thing, problem) = (
            Thing { name: "n".to_owned(), extra: Extra::new() },
            Problem { title: "t".to_owned(), extra: Extra::new() },
        );
        Ok(match parameters.status {
            200 => SameResponse::Ok(thing),
            201 => SameResponse::Created(thing),
            400 => SameResponse::BadRequest(problem),
            _ => SameResponse::Conflict(problem),
        })
    }

    async fn nothing(&self, _: Context) -> Result<responses::server::NothingResponse, Failure> {
        Ok(responses::server::NothingResponse::NoContent)
    }

    async fn text(&self, _: Context) -> Result<responses::server::TextResponse, Failure> {
        Ok(responses::server::TextResponse::Ok("words, ü".to_owned()))
    }

    async fn image(&self, _: Context) -> Result<responses::server::ImageResponse, Failure> {
        let headers = responses::server::ImageOkHeaders { content_type: "image/png".to_owned() };
        Ok(responses::server::ImageResponse::Ok([0x89].as_slice().into(), headers))
    }

    async fn list(&self, _: Context) -> Result<responses::server::ListResponse, Failure> {
        Ok(responses::server::ListResponse::Ok(vec![responses::models::Thing {
            name: "n".to_owned(),
            extra: Extra::new(),
        }]))
    }

    async fn map(&self, _: Context) -> Result<responses::server::MapResponse, Failure> {
        Ok(responses::server::MapResponse::Ok([("z".to_owned(), 1), ("a".to_owned(), 2)].into()))
    }

    async fn scalar(&self, _: Context) -> Result<responses::server::ScalarResponse, Failure> {
        Ok(responses::server::ScalarResponse::Ok(2.0))
    }

    async fn any(&self, _: Context) -> Result<responses::server::AnyResponse, Failure> {
        Ok(responses::server::AnyResponse::Ok(serde_json::json!({"a": [1, null]})))
    }

    async fn inline(&self, _: Context) -> Result<responses::server::InlineResponse, Failure> {
        Ok(responses::models::InlineOk { a: Some(1), extra: Extra::new() }.into())
    }

    async fn redirect(&self, _: Context) -> Result<responses::server::RedirectResponse, Failure> {
        let headers = responses::server::RedirectFoundHeaders { location: Some("/elsewhere".to_owned()) };
        Ok(responses::server::RedirectResponse::Found(headers))
    }
}

fn http_status(code: i64) -> axum::http::StatusCode {
    axum::http::StatusCode::from_u16(u16::try_from(code).unwrap()).unwrap()
}

#[tokio::test]
async fn answers_are_typed_by_status() {
    use responses::client::{SeveralError, SeveralSuccess};
    use responses::models::{Absent, Created, Problem, Thing};
    let client = responses::client::Client::new(&serve(responses::server::router(Responses)).await);
    let several = |status: i64| client.several().status(status).send();
    assert_eq!(
        *several(200).await.unwrap(),
        SeveralSuccess::Ok(Thing { name: "n".to_owned(), extra: Extra::new() })
    );
    assert_eq!(*several(201).await.unwrap(), SeveralSuccess::Created(Created { id: 1, extra: Extra::new() }));
    assert_eq!(*several(204).await.unwrap(), SeveralSuccess::NoContent);
    let errors = [
        (404, SeveralError::NotFound(Absent { what: "w".to_owned(), extra: Extra::new() })),
        (409, SeveralError::Conflict(Problem { title: "t".to_owned(), extra: Extra::new() })),
        (503, SeveralError::ServerError("broken".to_owned())),
    ];
    for (status, expected) in errors {
        let Err(Error::ErrorResponse(response)) = several(status).await else { panic!("{status}") };
        assert_eq!((i64::from(response.status().as_u16()), response.into_inner()), (status, expected));
    }
    let Err(Error::UnexpectedResponse(raw)) = several(418).await else { panic!("418") };
    assert_eq!(
        (raw.status.as_u16(), raw.headers["content-type"].to_str().unwrap()),
        (418, "application/problem+json")
    );
    assert!(raw.text().contains("undeclared"), "{}", raw.text());

    assert_eq!(client.with_default().status(200).send().await.unwrap().name, "n");
    for status in [400, 500] {
        let Err(Error::ErrorResponse(response)) = client.with_default().status(status).send().await else {
            panic!("{status}")
        };
        assert_eq!(response.title, "t");
    }
    assert_eq!(client.only_default().status(202).send().await.unwrap().name, "n");
    let Err(Error::ErrorResponse(response)) = client.only_default().status(404).send().await else {
        panic!("404")
    };
    assert_eq!(response.name, "n");
    assert_eq!(*client.nullable().send().await.unwrap(), None);
    assert_eq!(
        client.bytes().send().await.unwrap().into_inner().collect().await.unwrap(),
        [0, 255].as_slice()
    );
}

#[tokio::test]
async fn answers_of_every_syntax() {
    use responses::client::RangesError;
    use responses::models::{Absent, InlineOk, Problem, Thing};
    let url = serve(responses::server::router(Responses)).await;
    let client = responses::client::Client::new(&url);
    assert_eq!(client.several_head().status(200).send().await.unwrap().status(), 200);
    assert_eq!(client.several_head().status(404).send().await.unwrap_err().status().unwrap(), 404);
    for status in [200, 226] {
        let answer = client.ranges().status(status).send().await.unwrap();
        assert_eq!(
            (i64::from(answer.status().as_u16()), answer.into_inner()),
            (status, Thing { name: "n".to_owned(), extra: Extra::new() })
        );
    }
    let errors = [
        (404, RangesError::NotFound(Absent { what: "w".to_owned(), extra: Extra::new() })),
        (410, RangesError::ClientError(Problem { title: "t".to_owned(), extra: Extra::new() })),
    ];
    for (status, expected) in errors {
        let Err(Error::ErrorResponse(response)) = client.ranges().status(status).send().await else {
            panic!("{status}")
        };
        assert_eq!((i64::from(response.status().as_u16()), response.into_inner()), (status, expected));
    }
    for status in [200, 201] {
        assert_eq!(i64::from(client.same().status(status).send().await.unwrap().status().as_u16()), status);
    }
    for status in [400, 409] {
        let Err(Error::ErrorResponse(response)) = client.same().status(status).send().await else {
            panic!("{status}")
        };
        assert_eq!((i64::from(response.status().as_u16()), response.title.as_str()), (status, "t"));
    }
    client.nothing().send().await.unwrap();
    assert_eq!(*client.text().send().await.unwrap(), "words, ü");
    assert_eq!(client.image().send().await.unwrap().into_inner().collect().await.unwrap(), [0x89].as_slice());
    assert_eq!(*client.list().send().await.unwrap(), [Thing { name: "n".to_owned(), extra: Extra::new() }]);
    assert_eq!(client.map().send().await.unwrap().keys().collect::<Vec<_>>(), ["z", "a"]);
    assert_eq!(*client.scalar().send().await.unwrap(), 2.0);
    assert_eq!(*client.any().send().await.unwrap(), serde_json::json!({"a": [1, null]}));
    assert_eq!(*client.inline().send().await.unwrap(), InlineOk { a: Some(1), extra: Extra::new() });
    let redirected = client.redirect().send().await.unwrap();
    assert_eq!(
        (redirected.status().as_u16(), &redirected.headers()["location"]),
        (302, &"/elsewhere".parse().unwrap())
    );
    let answer = reqwest::get(format!("{url}/text")).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let missing = reqwest::get(format!("{url}/else/where")).await.unwrap();
    assert_eq!(
        (missing.status().as_u16(), missing.headers()["content-type"].to_str().unwrap()),
        (404, "application/problem+json")
    );
    let wrong = reqwest::Client::new().post(format!("{url}/text")).send().await.unwrap();
    assert_eq!(
        (wrong.status().as_u16(), wrong.headers()["content-type"].to_str().unwrap()),
        (405, "application/problem+json")
    );
    assert!(wrong.headers().contains_key("allow"));
}

/// A body that is not what the document declares keeps its status and its text.
#[tokio::test]
async fn an_answer_that_is_not_as_declared_is_kept() {
    let wrong = axum::Router::new()
        .route("/list", axum::routing::get(async || "[{\"name\": 1}]"))
        .route("/text", axum::routing::get(async || vec![0xff_u8]))
        .route("/inline", axum::routing::get(async || "no JSON"));
    let client = responses::client::Client::new(&serve(wrong).await);
    let Err(Error::InvalidResponse(raw, error)) = client.list().send().await else { panic!("list") };
    assert_eq!(
        (raw.status.as_u16(), raw.text().as_str(), error.pointer.as_str()),
        (200, "[{\"name\": 1}]", "/0/name")
    );
    let Err(Error::InvalidResponse(raw, _)) = client.text().send().await else { panic!("text") };
    assert_eq!(raw.body.as_ref(), [0xff]);
    let Err(Error::InvalidResponse(_, error)) = client.inline().send().await else { panic!("inline") };
    assert!(error.is_syntax);
    let nobody = responses::client::Client::new("http://127.0.0.1:1");
    assert!(matches!(nobody.list().send().await, Err(Error::Communication(..))));
}

/// Arguments and models may have the names of everything that generated code itself uses.
#[tokio::test]
async fn names_do_not_get_in_the_way() {
    struct Names;
    impl names::server::Api for Names {
        async fn match_(
            &self,
            _: Context,
            parameters: names::server::MatchParameters,
        ) -> Result<names::server::MatchResponse, Failure> {
            let error =
                names::models::Error { message: Some(format!("{parameters:?}")), extra: Extra::new() };
            Ok(error.into())
        }

        async fn response(
            &self,
            _: Context,
            body: names::models::Response,
        ) -> Result<names::server::ResponseResponse, Failure> {
            Ok(names::server::ResponseResponse::Created(names::models::Option {
                some: body.status.to_string(),
                none: Field::Null,
                extra: Extra::new(),
            }))
        }
    }
    let client = names::client::Client::new(&serve(names::server::router(Names)).await);
    let all = || Some("v".to_owned());
    let sent = names::server::MatchParameters {
        type_: "t".to_owned(),
        client2: all(),
        send2: all(),
        self2: all(),
        request2: all(),
        response: all(),
        result: all(),
        url2: all(),
        info: all(),
        body: all(),
        form2: all(),
        value: all(),
        context: all(),
        parameters: all(),
        page_size: Some(1),
        top: Some(2),
        x_request_id: all(),
        much_longer: all(),
    };
    let request =
        client.match_().type_("t").client2("v").send2("v").self2("v").request2("v").response("v").result("v");
    let request =
        request.url2("v").info("v").body("v").form2("v").value("v").context("v").parameters("v").page_size(1);
    let Err(Error::ErrorResponse(got)) = request.top(2).x_request_id("v").much_longer("v").send().await
    else {
        panic!("404")
    };
    assert_eq!(got.message, Some(format!("{sent:?}")));
    let got = client
        .response()
        .body(names::models::Response { status: 7, extra: Extra::new() })
        .send()
        .await
        .unwrap();
    let expected = names::models::Option { some: "7".to_owned(), none: Field::Null, extra: Extra::new() };
    assert_eq!(got.into_inner(), names::client::ResponseSuccess::Created(expected));
}

/// Every method has its route; what is not implemented says so.
#[tokio::test]
async fn every_method_is_routed() {
    struct Nothing;
    impl no_operation_ids::server::Api for Nothing {}
    let url = serve(no_operation_ids::server::router(Nothing)).await;
    let caller = reqwest::Client::new();
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/pets"),
        ("GET", "/pets/1"),
        ("DELETE", "/pets/1"),
        ("OPTIONS", "/pets/1"),
        ("HEAD", "/pets/1"),
        ("PATCH", "/pets/1"),
        ("TRACE", "/pets/1"),
        ("GET", "/pets/1/toys"),
    ] {
        let request = caller.request(method.parse().unwrap(), format!("{url}{path}"));
        assert_eq!(request.send().await.unwrap().status(), 501, "{method} {path}");
    }
    assert_eq!(caller.put(format!("{url}/pets/1")).send().await.unwrap().status(), 405);
    assert_eq!(caller.get(format!("{url}/pets/one")).send().await.unwrap().status(), 400);
    assert_eq!(caller.get(format!("{url}/pets/1/")).send().await.unwrap().status(), 404);
    let client = no_operation_ids::client::Client::new().with_base_url(&format!("{url}/"));
    let Err(Error::UnexpectedResponse(raw)) = client.options_pets_pet_id().pet_id(1).send().await else {
        panic!("options")
    };
    assert_eq!(raw.status, 501);
    let Err(Error::UnexpectedResponse(raw)) = client.trace_pets_pet_id().pet_id(1).send().await else {
        panic!("trace")
    };
    assert_eq!(raw.status, 501);
}

struct Security;

/// What credentials say, in one text: whoever brings them is called so.
fn told(credentials: &[Credential]) -> String {
    let each = credentials.iter().map(|own| format!("{}={}", own.scheme, own.secret));
    each.collect::<Vec<_>>().join(" ")
}

impl Authenticate for Security {
    type Principal = String;

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<String, Denied> {
        Ok(told(attempt.credentials))
    }
}

macro_rules! principals {
    ($($name:ident -> $response:ident),* $(,)?) => {
        $(async fn $name(&self, context: Context<String>) -> Result<security::server::$response, Failure> {
            let expected = (context.principal.clone(), stringify!($name));
            assert_eq!((told(&context.credentials), context.operation.0), expected);
            Ok(security::server::$response::Ok(context.principal))
        })*
    };
}

impl security::server::Api for Security {
    principals!(
        inherited -> InheritedResponse,
        query -> QueryResponse,
        cookie -> CookieResponse,
        bearer -> BearerResponse,
        basic -> BasicResponse,
        either -> EitherResponse,
        both -> BothResponse,
    );

    async fn none(&self, context: Context) -> Result<security::server::NoneResponse, Failure> {
        assert!(context.credentials.is_empty());
        Ok(security::server::NoneResponse::Ok(String::new()))
    }

    async fn optional(
        &self,
        context: Context<Option<String>>,
    ) -> Result<security::server::OptionalResponse, Failure> {
        Ok(security::server::OptionalResponse::Ok(context.principal.unwrap_or_default()))
    }

    async fn twice(
        &self,
        context: Context<String>,
        parameters: security::server::TwiceParameters,
    ) -> Result<security::server::TwiceResponse, Failure> {
        let found: Vec<&str> = context.credentials.iter().map(|own| own.secret.as_str()).collect();
        let named =
            [parameters.x_api_key, parameters.api_key, parameters.session].map(Option::unwrap_or_default);
        assert_eq!(named.join(" "), found.join(" "));
        Ok(security::server::TwiceResponse::Ok(found.join(" ")))
    }
}

#[tokio::test]
async fn credentials_go_where_the_document_says() {
    let url = serve(security::server::router(Security)).await;
    let bare = security::client::Client::new(&url);
    let client =
        bare.clone().with_header_key("h&1").with_query_key("q 2").with_cookie_key("c; 3=%").with_token("t4");
    let client = client.with_password("user", "pass:word");
    assert_eq!(*client.inherited().send().await.unwrap(), "headerKey=h&1");
    assert_eq!(*client.none().send().await.unwrap(), "");
    assert_eq!(*client.optional().send().await.unwrap(), "headerKey=h&1");
    assert_eq!(*bare.optional().send().await.unwrap(), "");
    assert_eq!(*client.query().send().await.unwrap(), "queryKey=q 2");
    assert_eq!(*client.cookie().send().await.unwrap(), "cookie-key=c; 3=%");
    assert_eq!(*client.bearer().send().await.unwrap(), "token=t4");
    assert_eq!(*client.basic().send().await.unwrap(), "password=dXNlcjpwYXNzOndvcmQ=");
    assert_eq!(*client.either().send().await.unwrap(), "queryKey=q 2");
    assert_eq!(*bare.clone().with_token("t").either().send().await.unwrap(), "token=t");
    assert_eq!(*client.both().send().await.unwrap(), "headerKey=h&1 token=t4");
    // What the caller gives goes before what the client has; an empty key is none.
    assert_eq!(*client.twice().send().await.unwrap(), "h&1 q 2 c; 3=%");
    let some = client.twice().api_key("own").x_api_key("").session("mine");
    assert_eq!(*some.send().await.unwrap(), "h&1 own mine");
    assert_eq!(*client.twice().api_key("own").session("").send().await.unwrap(), "h&1 own c; 3=%");
    assert_eq!(*bare.twice().api_key("a").x_api_key("b").session("c").send().await.unwrap(), "b a c");
    assert!(bare.twice().api_key("").x_api_key("b").session("c").send().await.is_err());
    assert_eq!(*client.twice().api_key("").send().await.unwrap(), "h&1 q 2 c; 3=%");
    let error = bare.clone().with_token("t").both().send().await.unwrap_err();
    assert_eq!(error.to_string(), "the operation needs credentials for headerKey");
    assert_eq!(
        bare.either().send().await.unwrap_err().to_string(),
        "the operation needs credentials for queryKey, or token"
    );
    for path in ["inherited", "query", "cookie", "bearer", "basic", "either", "both"] {
        let answer = reqwest::get(format!("{url}/{path}")).await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        assert!(answer.headers().contains_key("www-authenticate"), "{path}");
    }
}

struct Constraints;

impl spec_goldens::constraints::server::Api for Constraints {
    async fn put_codes(
        &self,
        _: Context,
        _: spec_goldens::constraints::models::Codes,
    ) -> Result<spec_goldens::constraints::server::PutCodesResponse, Failure> {
        Ok(spec_goldens::constraints::server::PutCodesResponse::NoContent)
    }

    async fn put_limits(
        &self,
        _: Context,
        _: Option<Vec<i64>>,
    ) -> Result<spec_goldens::constraints::server::PutLimitsResponse, Failure> {
        Ok(spec_goldens::constraints::server::PutLimitsResponse::NoContent)
    }
}

/// What the document says of a body beyond its Rust type is held against it as well.
#[tokio::test]
async fn constraints_of_bodies_hold() {
    let url = serve(spec_goldens::constraints::server::router(Constraints)).await;
    let put = |path: &str, body: serde_json::Value| {
        let request = reqwest::Client::new().put(format!("{url}{path}")).json(&body);
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(put("/limits", serde_json::json!([1, 2])).await, 204);
    assert_eq!(put("/limits", serde_json::json!([1, 2, 3])).await, 400);
    assert_eq!(put("/limits", serde_json::json!([0])).await, 400);
    assert_eq!(put("/limits", serde_json::json!("none")).await, 400);
    assert_eq!(put("/codes", serde_json::json!(["AB"])).await, 204);
    assert_eq!(put("/codes", serde_json::json!(["ab"])).await, 400);
}

struct Paths;

/// Handlers that answer with the name of their operation and what they were given.
macro_rules! named {
    ($($name:ident($parameters:ident) -> $response:ident),* $(,)?) => {
        $(async fn $name(&self, _: Context, parameters: spec_goldens::paths::server::$parameters)
            -> Result<spec_goldens::paths::server::$response, Failure> {
            Ok(spec_goldens::paths::server::$response::Ok(format!("{parameters:?}")))
        })*
    };
}

impl spec_goldens::paths::server::Api for Paths {
    named!(
        as_json(AsJsonParameters) -> AsJsonResponse,
        as_file(AsFileParameters) -> AsFileResponse,
        as_image(AsImageParameters) -> AsImageResponse,
        second_version(SecondVersionParameters) -> SecondVersionResponse,
        delete_json(DeleteJsonParameters) -> DeleteJsonResponse,
        odd_texts(OddTextsParameters) -> OddTextsResponse,
        copied(CopiedParameters) -> CopiedResponse,
        left(LeftParameters) -> LeftResponse,
        right(RightParameters) -> RightResponse,
        target_list(TargetListParameters) -> TargetListResponse,
        act_start(ActStartParameters) -> ActStartResponse,
        act_start_post(ActStartPostParameters) -> ActStartPostResponse,
        act_stop(ActStopParameters) -> ActStopResponse,
    );

    async fn target_make(
        &self,
        _: Context,
        _: spec_goldens::paths::server::TargetMakeParameters,
        body: spec_goldens::paths::models::TargetMakeBody,
    ) -> Result<spec_goldens::paths::server::TargetMakeResponse, Failure> {
        Ok(spec_goldens::paths::server::TargetMakeResponse::Ok(format!("make {:?}", body.name)))
    }

    async fn target_otherwise(
        &self,
        _: Context,
    ) -> Result<spec_goldens::paths::server::TargetOtherwiseResponse, Failure> {
        Ok(spec_goldens::paths::server::TargetOtherwiseResponse::Ok("otherwise".to_owned()))
    }
}

/// Parameters that share a segment with text, queries in a path, and texts that a router takes for something
/// of its own.
#[tokio::test]
async fn paths_that_a_router_can_not_tell_apart() {
    use spec_goldens::paths::client::Client;
    let url = serve(spec_goldens::paths::server::router(Paths)).await;
    let client = Client::new(&url);
    let text = |value: spec_runtime::client::ResponseValue<String>| value.into_inner();
    let got = text(client.as_json().name("a b").send().await.unwrap());
    assert_eq!(got, "AsJsonParameters { name: \"a b\" }");
    assert_eq!(
        text(client.as_file().name("a.xml").send().await.unwrap()),
        "AsFileParameters { name: \"a.xml\" }"
    );
    let got = text(client.as_image().page("1").size(64).format("png").send().await.unwrap());
    assert_eq!(got, "AsImageParameters { format: Png, size: 64, page: \"1\" }");
    assert_eq!(
        text(client.second_version().name("x").send().await.unwrap()),
        "SecondVersionParameters { name: \"x\" }"
    );
    assert_eq!(
        text(client.delete_json().name("x").send().await.unwrap()),
        "DeleteJsonParameters { name: \"x\" }"
    );
    assert_eq!(
        text(client.odd_texts().name("ü").send().await.unwrap()),
        "OddTextsParameters { name: \"ü\" }"
    );
    assert_eq!(text(client.left().left("l").send().await.unwrap()), "LeftParameters { left: \"l\" }");
    assert_eq!(text(client.right().right("r").send().await.unwrap()), "RightParameters { right: \"r\" }");
    let status = |response: reqwest::Response| response.status().as_u16();
    let http = reqwest::Client::new();
    assert_eq!(status(http.delete(format!("{url}/files/a.xml")).send().await.unwrap()), 404);
    assert_eq!(status(http.get(format!("{url}/files/1-huge.png")).send().await.unwrap()), 200);
    assert_eq!(status(http.get(format!("{url}/files/1-hugepx.png")).send().await.unwrap()), 400);
}

/// A redirection that the document does not declare is followed; one that it does is an answer, but not that
/// of another path.
#[tokio::test]
async fn redirections() {
    use axum::response::Redirect;
    use axum::routing::get;
    let routes = axum::Router::new()
        .route("/v1/text", get(|| async { Redirect::temporary("/v1/redirect") }))
        .route("/v1/redirect", get(|| async { Redirect::temporary("/v1/moved") }))
        .route("/v1/moved", get(|| async { ([("content-type", "text/plain")], "moved") }));
    let client = responses::client::Client::new(&format!("{}/v1", serve(routes).await));
    assert_eq!(*client.text().send().await.unwrap(), "moved");
    // The same status, of the same path: declared by one operation, and not by the other.
    let place = client.place().place("text").send().await.unwrap();
    assert_eq!(
        (place.status().as_u16(), &place.headers()["location"]),
        (307, &"/v1/redirect".parse().unwrap())
    );
    // Of the statuses, 302 is declared.
    let Err(error) = client.redirect().send().await else { panic!("redirect") };
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
}

/// Parameters that have one value tell operations of the same path apart.
#[tokio::test]
async fn paths_that_are_the_same() {
    use spec_goldens::paths::client::Client;
    use spec_goldens::paths::models::TargetMakeBody;
    let url = serve(spec_goldens::paths::server::router(Paths)).await;
    let client = Client::new(&url);
    assert_eq!(
        *client.target_list().x_target("Service.List").send().await.unwrap(),
        "TargetListParameters { x_target: ServiceList }"
    );
    let made = client
        .target_make()
        .x_target("Service.Make")
        .body(TargetMakeBody::builder().name("n"))
        .send()
        .await
        .unwrap();
    assert_eq!(*made, "make Some(\"n\")");
    // What stands in the query of a path can't say anything else.
    let copied = client.copied().name("n").key("a+b&mode=slow;c=d .").send().await.unwrap();
    assert_eq!(*copied, "CopiedParameters { name: \"n\", key: \"a+b&mode=slow;c=d .\" }");
    assert!(client.copied().name("n").key("").send().await.is_err());
    assert_eq!(
        *client.copied().name("n").key("..").send().await.unwrap(),
        "CopiedParameters { name: \"n\", key: \"..\" }"
    );
    let started = client.act_start().action("Start").version(2).send().await.unwrap();
    assert_eq!(*started, "ActStartParameters { action: Start, version: Value2 }");
    let started = client.act_start_post().action("Start").version(2).send().await.unwrap();
    assert_eq!(*started, "ActStartPostParameters { action: Start, version: Value2 }");
    let stopped = client.act_stop().action("Stop").version(2).send().await.unwrap();
    assert_eq!(*stopped, "ActStopParameters { action: Stop, version: Value2 }");
    assert_eq!(*client.target_otherwise().send().await.unwrap(), "otherwise");
    let http = reqwest::Client::new();
    // What all of them ask for does not tell them apart, but it has to be there.
    let without = http.get(format!("{url}/act?Action=Stop")).send().await.unwrap();
    assert_eq!(without.status(), 400);
    assert_eq!(http.get(format!("{url}/act?Action=Burn&Version=2")).send().await.unwrap().status(), 404);
}

mod negotiation {
    use super::serve;
    use spec_goldens::negotiation::{client, models, server};
    use spec_runtime::client::{Error, ResponseValue};
    use spec_runtime::server::{Context, Failure};
    use spec_runtime::{Extra, File};

    struct Pets;

    fn pet() -> models::Pet {
        models::Pet { name: "Rex, the 1st".to_owned(), age: Some(3), extra: Extra::new() }
    }

    fn header<'a>(context: &'a Context, name: &str) -> &'a str {
        context.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    impl server::Api for Pets {
        async fn suffixes(
            &self,
            context: Context,
            _: server::SuffixesParameters,
            body: models::Patch,
        ) -> Result<server::SuffixesResponse, Failure> {
            let content_type =
                format!("application/was.{}", header(&context, "content-type").replace('/', "."));
            // How long the body is and whether the connection ends, no service can say.
            let headers = server::SuffixesOkHeaders {
                content_type: content_type.replace("+json", "") + "+json",
                content_length: Some(1),
                connection: Some("close".to_owned()),
            };
            Ok(server::SuffixesResponse::Ok(body, headers))
        }

        async fn size(&self, _: Context) -> Result<server::SizeResponse, Failure> {
            Ok(server::SizeResponse::Ok(server::SizeOkHeaders { content_length: Some(12_345) }))
        }

        async fn add_pet(
            &self,
            context: Context,
            parameters: server::AddPetParameters,
            body: server::AddPetBody,
        ) -> Result<server::AddPetResponse, Failure> {
            use models::AddPetOkXForm as Form;
            use server::AddPetBody as Body;
            let (form, text) = match body {
                Body::Json(pet) => (Form::Json, format!("{} {pet:?}", header(&context, "content-type"))),
                Body::MergePatchJson(patch) => (Form::Patch, format!("{patch:?}")),
                Body::Xml(text) => (Form::Xml, text),
                Body::Multipart(parts) => {
                    (Form::Multipart, format!("{:?} {:?}", parts.note, parts.photo.map(|file| file.content)))
                }
                Body::Image(bytes) => (
                    Form::Image,
                    format!("{:?} {:?}", parameters.content_type, bytes.collect().await.unwrap()),
                ),
            };
            Ok(server::AddPetResponse::Ok(text, server::AddPetOkHeaders { x_form: form }))
        }

        async fn list_pets(
            &self,
            _: Context,
            parameters: server::ListPetsParameters,
        ) -> Result<server::ListPetsResponse, Failure> {
            let headers = server::ListPetsOkHeaders {
                x_total: i64::MAX,
                x_rates: Some([("a".to_owned(), 1), ("b".to_owned(), 2)].into_iter().collect()),
                x_next: Some(models::ListPetsOkXNext { page: 2, extra: Extra::new() }),
                x_seen: Some("2026-01-31T10:20:30Z".parse().unwrap()),
                set_cookie: Some(vec!["a=1, 2".to_owned(), "b=3".to_owned()]),
                etag: None,
            };
            let body = match (parameters.limit, parameters.accept.as_deref()) {
                (Some(0), _) => {
                    let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
                    let headers = server::ListPetsDefaultHeaders { retry_after: Some(30) };
                    let body = server::ListPetsDefaultBody::Html("<p>Wait.".to_owned());
                    return Ok(server::ListPetsResponse::Default(status, body, headers));
                }
                (_, Some("text/csv")) => server::ListPetsOkBody::Csv("name\nRex".to_owned()),
                (_, Some("application/pdf")) => server::ListPetsOkBody::Pdf("%PDF".into()),
                _ => server::ListPetsOkBody::Json(vec![pet()]),
            };
            Ok(server::ListPetsResponse::Ok(body, headers))
        }

        async fn get_pet(
            &self,
            _: Context,
            _: server::GetPetParameters,
        ) -> Result<server::GetPetResponse, Failure> {
            Ok(pet().into())
        }

        async fn maybe_pet(
            &self,
            _: Context,
            _: server::MaybePetParameters,
            body: Option<server::MaybePetBody>,
        ) -> Result<server::MaybePetResponse, Failure> {
            Ok(server::MaybePetResponse::Ok(format!("{body:?}")))
        }

        async fn styled_form(
            &self,
            _: Context,
            body: models::StyledFormBody,
        ) -> Result<server::StyledFormResponse, Failure> {
            Ok(server::StyledFormResponse::Ok(format!("{body:?}")))
        }

        async fn typed_parts(
            &self,
            _: Context,
            body: models::TypedPartsBody,
        ) -> Result<server::TypedPartsResponse, Failure> {
            Ok(server::TypedPartsResponse::Ok(format!("{body:?}")))
        }

        async fn open_parts(
            &self,
            _: Context,
            body: indexmap::IndexMap<String, serde_json::Value>,
        ) -> Result<server::OpenPartsResponse, Failure> {
            Ok(server::OpenPartsResponse::Ok(format!("{body:?}")))
        }

        async fn reserved(
            &self,
            context: Context,
            parameters: server::ReservedParameters,
        ) -> Result<server::ReservedResponse, Failure> {
            Ok(server::ReservedResponse::Ok(format!(
                "{} {parameters:?}",
                context.uri.query().unwrap_or_default()
            )))
        }
    }

    async fn client() -> client::Client {
        client::Client::new(&serve(server::router(Pets)).await)
    }

    #[tokio::test]
    async fn bodies_of_several_forms() {
        use client::AddPetBody as Body;
        let client = client().await;
        // A model that only one form has is that form.
        let answer = client.add_pet().body(pet()).send().await.unwrap();
        assert_eq!(
            client::AddPetOkHeaders::try_from(answer.headers()).unwrap().x_form,
            models::AddPetOkXForm::Json
        );
        assert_eq!(answer.into_inner(), format!("application/json {:?}", pet()));
        let patch = models::Patch { name: spec_runtime::Field::Null, extra: Extra::new() };
        let text = |answer: Result<ResponseValue<String>, Error<()>>| answer.unwrap().into_inner();
        let sent = client.add_pet().body(patch.clone()).send().await;
        assert_eq!(text(sent), format!("{patch:?}"));
        let sent = client.add_pet().body(Body::Xml("<pet/>".to_owned())).send().await;
        assert_eq!(text(sent), "<pet/>");
        let sent = client.add_pet().content_type("image/png").body(Body::Image("x".into())).send().await;
        assert_eq!(text(sent), "Some(\"image/png\") b\"x\"");
    }

    #[tokio::test]
    async fn answers_of_several_forms_and_their_headers() {
        use client::ListPetsOkBody as Body;
        let client = client().await;
        let answer = client.list_pets().send().await.unwrap();
        let headers = client::ListPetsOkHeaders::try_from(answer.headers()).unwrap();
        assert_eq!(headers.x_total, i64::MAX);
        assert_eq!(
            headers.x_rates.unwrap().into_iter().collect::<Vec<_>>(),
            [("a".to_owned(), 1), ("b".to_owned(), 2)]
        );
        assert_eq!(headers.x_next.unwrap().page, 2);
        assert_eq!(headers.set_cookie.unwrap(), ["a=1, 2", "b=3"]);
        assert_eq!(headers.etag, None);
        assert!(matches!(answer.into_inner(), Body::Json(pets) if pets == [pet()]));
        let csv = client.list_pets().accept("text/csv").send().await.unwrap().into_inner();
        assert!(matches!(csv, Body::Csv(text) if text == "name\nRex"));
        let error = client.list_pets().limit(0).send().await.unwrap_err();
        let Error::ErrorResponse(answer) = error else { panic!("{error}") };
        assert_eq!(answer.status().as_u16(), 429);
        assert_eq!(client::ListPetsDefaultHeaders::try_from(answer.headers()).unwrap().retry_after, Some(30));
        assert_eq!(answer.into_inner(), client::ListPetsDefaultBody::Html("<p>Wait.".to_owned()));
        assert_eq!(client.get_pet().id(1).send().await.unwrap().into_inner(), pet());
        let maybe = client.maybe_pet().id(1).send().await.unwrap().into_inner();
        assert_eq!(maybe, "None");
        let maybe = client
            .maybe_pet()
            .id(1)
            .body(client::MaybePetBody::Text("a".to_owned()))
            .send()
            .await
            .unwrap()
            .into_inner();
        assert_eq!(maybe, "Some(Text(\"a\"))");
    }

    #[tokio::test]
    async fn ranges_of_a_suffix_and_headers_of_connections() {
        let client = client().await;
        let patch: models::Patch = serde_json::from_str("{}").unwrap();
        let plain = client.suffixes().body(patch.clone()).send().await.unwrap();
        assert_eq!(plain.headers()["content-type"], "application/was.application.json+json");
        assert_eq!(
            (plain.headers()["content-length"].to_str().unwrap(), plain.headers().get("connection")),
            ("2", None)
        );
        let typed =
            client.suffixes().content_type("application/x.y+json").body(patch.clone()).send().await.unwrap();
        assert_eq!(typed.headers()["content-type"], "application/was.application.x.y+json");
        let refused = client.suffixes().content_type("application/x.y").body(patch).send().await.unwrap_err();
        assert_eq!(refused.status().map(|status| status.as_u16()), Some(415));
        let size = client.size().send().await.unwrap();
        assert_eq!(client::SizeOkHeaders::try_from(size.headers()).unwrap().content_length, Some(12_345));
    }

    #[tokio::test]
    async fn forms_as_the_document_writes_them() {
        let client = client().await;
        let body: models::StyledFormBody = serde_json::from_value(serde_json::json!({
            "tags": ["a", "b&c"], "ids": [1, 2], "deep": {"a": 1, "b": {"c": "d"}},
            "spread": {"left": 1, "right": "x"}, "document": {"name": "Rex", "age": 3}, "plain": "x y",
        }))
        .unwrap();
        assert_eq!(
            client.styled_form().body(body.clone()).send().await.unwrap().into_inner(),
            format!("{body:?}")
        );
        let icon = File::new("PNG").named("icon.png");
        let body = models::TypedPartsBody {
            icon,
            pet: Some(pet()),
            note: Some("# Note".to_owned()),
            extra: [("more".to_owned(), "parts".to_owned())].into_iter().collect(),
        };
        let mut arrived = body.clone();
        arrived.icon.content_type = Some("image/png".to_owned());
        assert_eq!(
            client.typed_parts().body(body).send().await.unwrap().into_inner(),
            format!("{arrived:?}")
        );
    }

    #[tokio::test]
    async fn reserved_characters_stay_where_they_may() {
        let client = client().await;
        let request = client
            .reserved()
            .url2("https://a.b/c?d=e&f#g+h")
            .urls(["a:b".to_owned(), "c/d".to_owned()])
            .other("a:b");
        let got = request.send().await.unwrap().into_inner();
        let (query, parameters) = got.split_once(' ').unwrap();
        assert_eq!(query, "other=a%3Ab&url=https://a.b/c?d%3De%26f%23g%2Bh&urls=a:b,c/d");
        assert!(
            parameters.contains("url2: Some(\"https://a.b/c?d=e&f#g+h\"), urls: Some([\"a:b\", \"c/d\"])"),
            "{parameters}"
        );
    }
}

struct Receiver;

impl Authenticate for Receiver {
    type Principal = ();

    async fn authenticate(&self, _: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        Ok(())
    }
}

impl spec_goldens::webhooks::server::Webhooks for Receiver {
    async fn new_pet_post(
        &self,
        context: Context,
        parameters: spec_goldens::webhooks::server::NewPetPostParameters,
        body: spec_goldens::webhooks::models::Pet,
    ) -> Result<spec_goldens::webhooks::server::NewPetPostResponse, Failure> {
        assert_eq!((context.credentials[0].secret.as_str(), body.name.as_str()), ("s", "Rex"));
        assert_eq!(parameters.x_delivery.to_string(), "67e55044-10b1-426f-9247-bb680e5fe0c8");
        Ok(spec_goldens::webhooks::server::NewPetPostResponse::NoContent)
    }
}

/// What the API sends arrives typed, under the name of its webhook, and is refused like any other request.
#[tokio::test]
async fn webhooks_are_received() {
    let url =
        serve(axum::Router::new().nest("/hooks", spec_goldens::webhooks::server::webhooks(Receiver))).await;
    let post = |path: &str| reqwest::Client::new().post(format!("{url}/hooks/{path}"));
    let request = post("new_pet")
        .header("X-Signature", "s")
        .header("X-Delivery", "67e55044-10b1-426f-9247-bb680e5fe0c8");
    let answer = request.json(&serde_json::json!({"name": "Rex"})).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    let answer =
        post("new_pet").header("X-Signature", "s").json(&serde_json::json!({})).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().contains("name")), (422, true));
    assert_eq!(post("new_pet").json(&serde_json::json!({})).send().await.unwrap().status(), 401);
    // Those of the API are not asked for, and a method that is left out says so.
    for path in ["subscribe/onEvent", "Pet%20moved!"] {
        let answer = post(path).json(&serde_json::json!({"name": "Rex"})).send().await.unwrap();
        assert_eq!(answer.status(), 501, "{path}");
    }
    // What a callback sends to a second place has a place of its own.
    let answer =
        post("subscribe/onEvent/2").json(&serde_json::json!({"title": "Lost"})).send().await.unwrap();
    assert_eq!(answer.status(), 501);
}

#[tokio::test]
async fn servers_are_chosen() {
    use spec_goldens::servers::client::{Client, servers};
    assert_eq!(servers::Default::default().to_string(), "https://eu-west.example.com:443/v1");
    let server = servers::Default { region: servers::DefaultRegion::UsEast, port: "8080".to_owned() };
    let client = Client::new().with_base_url(&server.to_string());
    assert_eq!(spec_runtime::client::ClientInfo::baseurl(&client), "https://us_east.example.com:8080/v1");
    // A server of an operation's own is asked only where nobody has chosen another.
    let failure = |error: Error<()>| format!("{error:?}");
    let error = failure(Client::new().with_base_url("http://127.0.0.1:9").upload().send().await.unwrap_err());
    assert!(error.contains("127.0.0.1"), "{error}");
    let error = failure(Client::new().replace().send().await.unwrap_err());
    assert!(error.contains("files.invalid"), "{error}");
}

mod tokens_of_clients {
    use super::serve;
    use axum::extract::State;
    use axum::http::header::CONTENT_TYPE;
    use axum::response::IntoResponse;
    use axum::routing::post;
    use serde_json::json;
    use spec_goldens::tokens::client::Client;
    use spec_goldens::tokens::server::{
        self, Api, EitherResponse, PersonResponse, ReadResponse, WriteResponse,
    };
    use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
    use std::sync::{Arc, Mutex};

    /// Takes the last token that was given out, and no other.
    #[derive(Clone, Default)]
    struct Service(Arc<Mutex<Vec<String>>>);

    impl Service {
        fn last(&self) -> String {
            format!("t{}", self.0.lock().unwrap().len())
        }
    }

    impl Authenticate for Service {
        type Principal = String;

        async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<String, Denied> {
            let told: Vec<String> =
                attempt.credentials.iter().map(|own| format!("{}={}", own.scheme, own.secret)).collect();
            let told = told.join(" ");
            let is_old = attempt.operation.0 == "read" && told != format!("machine={}", self.last());
            if is_old { Err(Denied::Unauthorized) } else { Ok(told) }
        }
    }

    impl Api for Service {
        async fn read(&self, context: Context<String>) -> Result<ReadResponse, Failure> {
            Ok(ReadResponse::Ok(context.principal))
        }

        async fn write(&self, context: Context<String>) -> Result<WriteResponse, Failure> {
            Ok(WriteResponse::Ok(context.principal))
        }

        async fn either(&self, context: Context<String>) -> Result<EitherResponse, Failure> {
            Ok(EitherResponse::Ok(context.principal))
        }

        async fn person(&self, context: Context<String>) -> Result<PersonResponse, Failure> {
            Ok(PersonResponse::Ok(context.principal))
        }
    }

    async fn token(State(service): State<Service>, form: String) -> impl IntoResponse {
        service.0.lock().unwrap().push(form);
        let answer = json!({"access_token": service.last(), "token_type": "Bearer", "expires_in": 3600});
        ([(CONTENT_TYPE, "application/json")], answer.to_string())
    }

    #[tokio::test]
    async fn clients_fetch_tokens_when_they_need_them() {
        let service = Service::default();
        let tokens = axum::Router::new().route("/token", post(token)).with_state(service.clone());
        let url = serve(server::router(service.clone()).merge(tokens)).await;
        let bare = Client::new(&url);
        assert_eq!(
            bare.read().send().await.unwrap_err().to_string(),
            "the operation needs credentials for machine"
        );
        let client = bare.clone().with_machine_client_credentials("me", "secret");
        assert_eq!(*client.read().send().await.unwrap(), "machine=t1");
        assert_eq!(*client.clone().read().send().await.unwrap(), "machine=t1");
        // More scopes are another token.
        assert_eq!(*client.write().send().await.unwrap(), "machine=t2");
        assert_eq!(*client.read().send().await.unwrap(), "machine=t2");
        // A token that is refused is fetched again, once.
        service.0.lock().unwrap().push("elsewhere".to_owned());
        assert_eq!(*client.read().send().await.unwrap(), "machine=t4");
        // A bearer token does not say which of two schemes it is for.
        assert_eq!(*client.either().send().await.unwrap(), "person=t4");
        assert!(client.person().send().await.is_err());
        let person = client.with_person("given");
        assert_eq!(*person.person().send().await.unwrap(), "person=given");
        assert_eq!(*person.either().send().await.unwrap(), "person=given");
        let asked = service.0.lock().unwrap().clone();
        assert_eq!(asked[0], "grant_type=client_credentials&scope=read");
        assert_eq!(asked[1], "grant_type=client_credentials&scope=read+write");
    }
}

mod streams_of_answers {
    use super::serve;
    use futures_util::{StreamExt, TryStreamExt, stream};
    use spec_goldens::streams::client::{self, Client};
    use spec_goldens::streams::models::{EitherBody, Problem, Step};
    use spec_goldens::streams::server::{
        self, Api, BytesOkHeaders, BytesResponse, DescribedResponse, EitherOkBody, EitherParameters,
        EitherResponse, EventsResponse, ImageOkHeaders, ImageResponse, LinesResponse, SequenceResponse,
        TextsResponse,
    };
    use spec_runtime::client::Error;
    use spec_runtime::server::{Context, Failure};
    use spec_runtime::stream::{ByteStream, Event, Events, JsonLines};
    use std::time::Duration;

    fn steps() -> Vec<Step> {
        (1..=3)
            .map(|number| Step::builder().number(number).text(format!("step\n{number}")).build().unwrap())
            .collect()
    }

    fn events() -> Events<Step> {
        Events::new(stream::iter(steps().into_iter().map(Event::from)))
    }

    struct Service;

    impl Api for Service {
        async fn bytes(&self, _: Context) -> Result<BytesResponse, Failure> {
            // More than anyone should hold at once.
            let pieces =
                stream::iter((0..256).map(|piece| Ok::<_, std::io::Error>(vec![piece as u8; 64 * 1024])));
            Ok(BytesResponse::Ok(ByteStream::new(pieces), BytesOkHeaders { x_length: 256 * 64 * 1024 }))
        }

        async fn image(&self, _: Context) -> Result<ImageResponse, Failure> {
            Ok(ImageResponse::Ok(
                ByteStream::from("png"),
                ImageOkHeaders { content_type: "image/png".to_owned() },
            ))
        }

        async fn events(&self, _: Context) -> Result<EventsResponse, Failure> {
            Ok(EventsResponse::Ok(events()))
        }

        async fn texts(&self, _: Context) -> Result<TextsResponse, Failure> {
            let event = Event::new("two\nlines".to_owned())
                .with_event("said")
                .with_id("7")
                .with_retry(Duration::from_secs(2));
            Ok(TextsResponse::Ok(Events::new(stream::iter([event]))))
        }

        async fn described(&self, _: Context) -> Result<DescribedResponse, Failure> {
            Ok(DescribedResponse::Ok(events()))
        }

        async fn lines(&self, _: Context) -> Result<LinesResponse, Failure> {
            Ok(LinesResponse::Ok(JsonLines::from(steps())))
        }

        async fn sequence(&self, _: Context) -> Result<SequenceResponse, Failure> {
            Ok(SequenceResponse::Success(axum::http::StatusCode::ACCEPTED, JsonLines::from(vec![1, 2])))
        }

        async fn either(
            &self,
            _: Context,
            _: EitherParameters,
            body: EitherBody,
        ) -> Result<EitherResponse, Failure> {
            let body = match body.stream {
                Some(true) => EitherOkBody::EventStream(events()),
                _ => EitherOkBody::Json(steps()),
            };
            Ok(EitherResponse::Ok(body))
        }
    }

    async fn data<T: Unpin>(events: Events<T>) -> Vec<T> {
        events.map_ok(|event| event.data).try_collect().await.unwrap()
    }

    #[tokio::test]
    async fn pieces_come_one_after_another() {
        let client = Client::new(&serve(server::router(Service)).await);
        let answer = client.bytes().send().await.unwrap();
        assert_eq!(client::BytesOkHeaders::try_from(answer.headers()).unwrap().x_length, 256 * 64 * 1024);
        let mut bytes = answer.into_inner();
        let (mut length, mut pieces) = (0, 0);
        while let Some(piece) = bytes.next().await {
            (length, pieces) = (length + piece.unwrap().len(), pieces + 1);
        }
        assert_eq!(length, 256 * 64 * 1024);
        assert!(pieces > 16, "{pieces} pieces");
        let image = client.image().send().await.unwrap();
        assert_eq!(client::ImageOkHeaders::try_from(image.headers()).unwrap().content_type, "image/png");
        assert_eq!(image.into_inner().collect().await.unwrap(), "png");
        assert_eq!(data(client.events().send().await.unwrap().into_inner()).await, steps());
        assert_eq!(data(client.described().send().await.unwrap().into_inner()).await, steps());
        let said: Vec<Event<String>> =
            client.texts().send().await.unwrap().into_inner().try_collect().await.unwrap();
        assert_eq!(said[0].data, "two\nlines");
        assert_eq!((said[0].event.as_deref(), said[0].id.as_deref()), (Some("said"), Some("7")));
        let lines: Vec<Step> = client.lines().send().await.unwrap().into_inner().try_collect().await.unwrap();
        assert_eq!(lines, steps());
        let sequence = client.sequence().send().await.unwrap();
        assert_eq!(sequence.status(), 202);
        assert_eq!(sequence.into_inner().try_collect::<Vec<i64>>().await.unwrap(), [1, 2]);
        let either = |stream| client.either().body(EitherBody::builder().stream(stream)).send();
        match either(false).await.unwrap().into_inner() {
            client::EitherOkBody::Json(all) => assert_eq!(all, steps()),
            client::EitherOkBody::EventStream(_) => panic!("events"),
        }
        match either(true).await.unwrap().into_inner() {
            client::EitherOkBody::EventStream(events) => assert_eq!(data(events).await, steps()),
            client::EitherOkBody::Json(_) => panic!("at once"),
        }
    }

    /// An item that can't be decoded is an error with its number; those before it are there.
    #[tokio::test]
    async fn broken_items_are_errors_with_their_number() {
        let broken = axum::Router::new()
            .route(
                "/lines",
                axum::routing::get(|| async {
                    ([("content-type", "application/x-ndjson")], "{\"number\":1}\n{\"text\":2}\n")
                }),
            )
            .route(
                "/events",
                axum::routing::get(|| async {
                    (
                        axum::http::StatusCode::CONFLICT,
                        [("content-type", "application/json")],
                        "{\"message\":\"no\"}",
                    )
                }),
            );
        let client = Client::new(&serve(broken).await);
        let mut lines = client.lines().send().await.unwrap().into_inner();
        assert_eq!(lines.next().await.unwrap().unwrap().number, 1);
        let error = lines.next().await.unwrap().unwrap_err().to_string();
        assert!(error.contains('2'), "{error}");
        let Err(Error::ErrorResponse(refused)) = client.events().send().await else { panic!("events") };
        assert_eq!(*refused, Problem { message: Some("no".to_owned()), ..Problem::default() });
    }
}

/// Bodies of requests that come piece by piece, and the files of forms.
mod streams_of_requests {
    use super::serve;
    use axum::extract::DefaultBodyLimit;
    use futures_util::{TryStreamExt, stream};
    use spec_goldens::streams::client::{Client, RecordsBody as Records};
    use spec_goldens::streams::models::{EitherFileBody, FilesBody, FilesBodyScans, FilesBodyStill, Step};
    use spec_goldens::streams::server::{
        self, Api, EitherFileResponse, FilesResponse, PictureParameters, PictureResponse, RecordsBody,
        RecordsResponse, StepsResponse, UploadResponse,
    };
    use spec_runtime::File;
    use spec_runtime::server::{Context, Failure};
    use spec_runtime::stream::{ByteStream, JsonLines};
    use std::io::Write;

    const MIB: usize = 1024 * 1024;

    struct Service;

    fn refuse(text: String) -> Failure {
        Failure::new(axum::http::StatusCode::CONFLICT, text)
    }

    impl Api for Service {
        async fn upload(&self, _: Context, body: ByteStream) -> Result<UploadResponse, Failure> {
            let (mut length, mut pieces) = (0, body);
            while let Some(piece) = pieces.try_next().await.map_err(|error| refuse(error.to_string()))? {
                length += piece.len();
            }
            // More than a body that is buffered may have.
            if length == 64 * MIB {
                Ok(UploadResponse::NoContent)
            } else {
                Err(refuse(format!("{length} bytes")))
            }
        }

        async fn picture(
            &self,
            _: Context,
            parameters: PictureParameters,
            body: Option<ByteStream>,
        ) -> Result<PictureResponse, Failure> {
            let body = match body {
                Some(body) => {
                    Some(body.collect_within(100).await.map_err(|error| refuse(error.to_string()))?)
                }
                None => None,
            };
            match (parameters.content_type.as_deref(), body.as_deref()) {
                (Some("image/png"), Some(b"png")) | (None, None) => Ok(PictureResponse::NoContent),
                other => Err(refuse(format!("{other:?}"))),
            }
        }

        async fn steps(&self, _: Context, body: JsonLines<Step>) -> Result<StepsResponse, Failure> {
            let steps: Result<Vec<Step>, _> = body.try_collect().await;
            match steps {
                Ok(steps) if steps.len() == 3 => Ok(StepsResponse::NoContent),
                Ok(steps) => Err(refuse(format!("{} steps", steps.len()))),
                Err(error) => Err(refuse(error.to_string())),
            }
        }

        async fn records(&self, _: Context, body: Option<RecordsBody>) -> Result<RecordsResponse, Failure> {
            let count = match body {
                Some(RecordsBody::Json(step)) => step.number,
                Some(RecordsBody::JsonSeq(steps)) => steps
                    .map_ok(|step| step.number)
                    .try_fold(0, |sum, own| async move { Ok(sum + own) })
                    .await
                    .unwrap(),
                Some(RecordsBody::Tar(bytes)) => i64::try_from(bytes.collect().await.unwrap().len()).unwrap(),
                None => 6,
            };
            if count == 6 { Ok(RecordsResponse::NoContent) } else { Err(refuse(format!("{count}"))) }
        }

        async fn files(&self, _: Context, body: FilesBody) -> Result<FilesResponse, Failure> {
            if body.note == "name" {
                return Err(refuse(body.film.name.unwrap_or_default()));
            }
            // However many files there are, few are open.
            if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
                assert!(open.count() < 900);
            }
            let mut lengths = Vec::new();
            let cover = body.cover.into_value();
            let stills = match &body.still {
                Some(FilesBodyStill::Binary(still)) => std::slice::from_ref(still),
                Some(FilesBodyStill::Array(stills)) => stills,
                None => &[],
            };
            let scans = match &body.scans {
                Some(FilesBodyScans::Binary(scan)) => std::slice::from_ref(scan),
                Some(FilesBodyScans::Array(scans)) => scans,
                None => &[],
            };
            let others = body.stamp.iter().chain(&body.seal).chain(scans).chain(&body.the_last_one);
            for file in [&body.film]
                .into_iter()
                .chain(body.more.iter().flatten())
                .chain(&cover)
                .chain(stills)
                .chain(others)
            {
                let bytes = file.content.collect().await.map_err(|error| refuse(error.to_string()))?;
                let first = bytes.first().copied();
                if bytes.starts_with(b"[") {
                    return Err(refuse(format!("{:?}", body.more)));
                }
                assert!(bytes.iter().all(|byte| Some(*byte) == first));
                assert_eq!(file.content.len(), u64::try_from(bytes.len()).ok());
                lengths.push(i64::try_from(bytes.len()).unwrap());
            }
            Ok(FilesResponse::Ok(lengths))
        }

        async fn either_file(&self, _: Context, body: EitherFileBody) -> Result<EitherFileResponse, Failure> {
            Ok(EitherFileResponse::Ok(match body {
                EitherFileBody::Variant1(scan) => {
                    let (name, bytes) =
                        (scan.scan.name.unwrap_or_default(), scan.scan.content.collect().await.unwrap());
                    format!("{name}: {bytes:?}")
                }
                EitherFileBody::Variant2(text) => format!("{:?}, {:?}", text.text, text.pages),
            }))
        }
    }

    fn chunks(count: usize) -> ByteStream {
        ByteStream::new(stream::iter((0..count).map(|_| Ok::<_, std::io::Error>(vec![7; MIB]))))
    }

    #[tokio::test]
    async fn bodies_come_one_piece_after_another() {
        let client = Client::new(&serve(server::router(Service)).await);
        client.upload().body(chunks(64)).send().await.unwrap();
        let error = client.upload().body(vec![1, 2, 3]).send().await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(409));
        client.picture().send().await.unwrap();
        client.picture().content_type("image/png").body("png").send().await.unwrap();
        assert!(client.picture().content_type("image/png").body(vec![0; 101]).send().await.is_err());
        let step = |number: i64| Step::builder().number(number).build().unwrap();
        client.steps().body((1..=3).map(step).collect::<JsonLines<_>>()).send().await.unwrap();
        assert!(client.steps().body(JsonLines::from(vec![step(1)])).send().await.is_err());
        client.records().send().await.unwrap();
        client.records().body(step(6)).send().await.unwrap();
        client.records().body(Records::JsonSeq((1..=3).map(step).collect())).send().await.unwrap();
        client.records().body(Records::Tar("6bytes".into())).send().await.unwrap();
    }

    /// Each line is held against the document when the handler comes to it.
    #[tokio::test]
    async fn lines_that_do_not_fit() {
        let url = serve(server::router(Service)).await;
        let lines = "{\"number\":1}\n{\"number\":10}\n";
        let request = reqwest::Client::new()
            .post(format!("{url}/steps"))
            .header("content-type", "application/x-ndjson");
        let answer = request.body(lines).send().await.unwrap();
        assert_eq!(answer.status(), 409);
        let text = answer.text().await.unwrap();
        assert!(text.contains("item 2") && text.contains("maximum of 9"), "{text}");
    }

    /// Items are asked for more than their type, as soon as the handler comes to them.
    #[tokio::test]
    async fn items_that_do_not_fit() {
        use spec_goldens::items::server::{Api, ListsResponse, router};
        struct Lists;
        impl Api for Lists {
            async fn lists(&self, _: Context, body: JsonLines<Vec<i64>>) -> Result<ListsResponse, Failure> {
                let lists: Vec<Vec<i64>> =
                    body.try_collect().await.map_err(|error| refuse(error.to_string()))?;
                if lists == [vec![], vec![1, 2]] {
                    Ok(ListsResponse::NoContent)
                } else {
                    Err(refuse(format!("{lists:?}")))
                }
            }
        }
        let client = spec_goldens::items::client::Client::new(&serve(router(Lists)).await);
        client.lists().body(JsonLines::from(vec![vec![], vec![1, 2]])).send().await.unwrap();
        let error =
            client.lists().body(JsonLines::from(vec![vec![], vec![1, 2, 3]])).send().await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("409") && text.contains("item 2"), "{text}");
    }

    #[tokio::test]
    async fn files_need_not_be_in_memory() {
        let routes = server::router(Service).layer(DefaultBodyLimit::max(40 * MIB));
        let client = Client::new(&serve(routes).await);
        let film = |content: File| FilesBody::builder().film(content.named("film")).note("n");
        let send = |body: FilesBody| client.files().body(body).send();

        let all = film(File::new(chunks(3)))
            .more([File::new(chunks(12)), File::new(chunks(0)), File::new(vec![1; 2 * MIB]), File::new("xx")])
            .cover(File::new(vec![2; 10]));
        let lengths = [3, 12, 0, 2].map(|length| i64::try_from(length * MIB).unwrap());
        assert_eq!(*send(all.build().unwrap()).await.unwrap(), [&lengths[..], &[2, 10]].concat());

        // One file or several.
        let still = |still: FilesBodyStill| film(File::new("xx")).still(still).build().unwrap();
        let one = still(FilesBodyStill::Binary(File::new(vec![255; 3 * MIB])));
        assert_eq!(*send(one).await.unwrap(), [2, lengths[0]]);
        let several = still(FilesBodyStill::Array(vec![File::new(vec![255; 9]), File::new(vec![254; 8])]));
        assert_eq!(*send(several).await.unwrap(), [2, 9, 8]);

        // The same, wherever the list stands; and names are what the document says.
        let scans =
            film(File::new("xx")).scans(FilesBodyScans::Array(vec![File::new("x"), File::new("xxx")]));
        assert_eq!(
            *send(scans.the_last_one(File::new("xxxxx")).build().unwrap()).await.unwrap(),
            [2, 1, 3, 5]
        );
        // A pattern is one of the whole file, on disk or not.
        let stamp = |sign: u8| film(File::new("xx")).stamp(File::new(vec![sign; 2 * MIB])).build().unwrap();
        assert_eq!(*send(stamp(b'x')).await.unwrap(), [2, lengths[3]]);
        assert!(
            send(stamp(b'y'))
                .await
                .is_err_and(|error| error.status().is_some_and(|status| status.as_u16() == 400))
        );

        // What is in a file is nobody's list.
        let lists = film(File::new("xx")).more([File::new("[]"), File::new("[1,2]")]).build().unwrap();
        let refused = send(lists).await;
        assert!(refused.is_err_and(|error| error.status().is_some_and(|status| status.as_u16() == 409)));

        // A file on disk can be sent again.
        let mut on_disk = tempfile::tempfile().unwrap();
        on_disk.write_all(&vec![5; 700 * 1024]).unwrap();
        let on_disk = spec_runtime::FileContent::from_file(on_disk).unwrap();
        let body = film(File::new(on_disk)).build().unwrap();
        assert_eq!(*send(body.clone()).await.unwrap(), [700 * 1024]);
        assert_eq!(*send(body).await.unwrap(), [700 * 1024]);

        // A stream can't.
        let body = film(File::new(chunks(1))).build().unwrap();
        assert_eq!(*send(body.clone()).await.unwrap(), [1024 * 1024]);
        assert!(send(body).await.is_err());
    }

    /// What the document says of the length of a file is said of its bytes; and no body is larger than the
    /// service allows.
    #[tokio::test]
    async fn files_that_are_too_long_or_too_short() {
        let url = serve(server::router(Service).layer(DefaultBodyLimit::max(6 * MIB))).await;
        let post = |length: usize| {
            let part = reqwest::multipart::Part::bytes(vec![0; length]);
            let form = reqwest::multipart::Form::new().text("note", "n").part("film", part);
            let request = reqwest::Client::new().post(format!("{url}/files")).multipart(form);
            async move {
                let answer = request.send().await.unwrap();
                (answer.status().as_u16(), answer.text().await.unwrap())
            }
        };
        assert_eq!(post(5_000_000).await, (200, "[5000000]".to_owned()));
        let (status, text) = post(5_000_001).await;
        assert_eq!(status, 400);
        assert!(text.contains("the file has 5000001 bytes, and may have 5000000"), "{text}");
        assert_eq!(post(2).await.0, 200);
        assert_eq!(post(1).await.0, 400);
        let (status, text) = post(7 * MIB).await;
        assert_eq!(status, 413, "{text}");
    }

    /// A form costs no more memory than its parts, in whatever pieces it comes.
    #[tokio::test]
    async fn forms_of_strangers() {
        let url = serve(server::router(Service).layer(DefaultBodyLimit::max(60 * MIB))).await;
        let post = |pieces: Vec<Vec<u8>>| {
            let pieces = stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
            let request = reqwest::Client::new().post(format!("{url}/files"));
            let request = request.header("content-type", "multipart/form-data; boundary=B");
            let request = request.body(reqwest::Body::wrap_stream(pieces));
            async move {
                let answer = request.send().await.unwrap();
                (answer.status().as_u16(), answer.text().await.unwrap())
            }
        };
        let part = |name: &str, content: &str| {
            format!("--B\r\nContent-Disposition: form-data; name={name}\r\n\r\n{content}\r\n")
        };
        let form = part("film", "xx") + &part("note", "\r\n--\r\n--C\r") + "--B--\r\n";
        assert_eq!(post(vec![form.clone().into()]).await, (200, "[2]".to_owned()));
        assert_eq!(post(form.bytes().map(|byte| vec![byte]).collect()).await, (200, "[2]".to_owned()));
        let before = |length: usize| vec![vec![b' '; length], format!("\r\n{form}").into()];
        assert_eq!(post(before(10_000)).await.0, 200);
        assert_eq!(post(before(MIB)).await.0, 413);
        assert_eq!(post(vec![b"--B\r\nX: ".to_vec(), vec![b'x'; MIB], b"\r\n\r\n".to_vec()]).await.0, 413);
        // Parts that hold nothing are not free either, nor are names of files, nor what a pattern is asked
        // of.
        let nothing = part("more", "").repeat(100_000);
        assert_eq!(post(vec![nothing.into()]).await.0, 413);
        let named = part(&format!("more; filename={}", "n".repeat(10_000)), "").repeat(2_000);
        assert_eq!(post(vec![named.into()]).await.0, 413);
        let end = "--B--\r\n";
        let sealed = form.replace(end, &part("seal", &"x".repeat(9 * MIB))) + end;
        assert_eq!(post(vec![sealed.into()]).await.0, 413);
        // What is wrong with a file is said once.
        let stamped = form.replace(end, &part("stamp", &"x".repeat(3_000_001))) + end;
        let (status, text) = post(vec![stamped.into()]).await;
        assert!(
            status == 400 && text.contains("3000001 bytes") && !text.contains("pattern"),
            "{status} {text}"
        );
        let file_name = part("\"film\"; filename=\"a%0D%0AX: y%22.\"", "xx") + &part("note", "name") + end;
        let (status, text) = post(vec![file_name.into()]).await;
        assert!(status == 409 && text.contains(r#"a  X: y\"."#), "{status} {text}");
        // Of many files, those that memory has no room for share one on disk.
        let mut many = (form.replace(end, "") + &part("more", &"x".repeat(MIB)).repeat(17)).into_bytes();
        for sign in 0..2_000_u32 {
            many.extend(
                part("more", &char::from(b'a' + u8::try_from(sign % 26).unwrap()).to_string().repeat(3))
                    .into_bytes(),
            );
        }
        many.extend(end.as_bytes());
        let (status, text) = post(vec![many]).await;
        assert_eq!(status, 200, "{text}");
        let lengths: Vec<usize> = serde_json::from_str(&text).unwrap();
        assert_eq!(lengths, [vec![2], vec![MIB; 17], vec![3; 2_000]].concat());
        let (status, text) = post(vec![form.replace(" name=note", "").into()]).await;
        assert_eq!(status, 400);
        assert!(text.contains("a part of the form has no name"), "{text}");
        let whole = "--B\r\nContent-Disposition: form-data; name=film\r\n\r\nxx";
        assert_eq!(post(vec![whole.into()]).await.0, 400);
    }

    #[tokio::test]
    async fn files_of_unions_are_files() {
        let client = Client::new(&serve(server::router(Service)).await);
        let send = |body: &str, file: Option<File>| {
            let json = serde_json::from_str::<EitherFileBody>(body).unwrap();
            let body = match (json, file) {
                (EitherFileBody::Variant1(mut own), Some(file)) => {
                    own.scan = file;
                    EitherFileBody::Variant1(own)
                }
                (other, _) => other,
            };
            client.either_file().body(body).send()
        };
        let scan = File::new(&[0, 255]).named("scan.png");
        assert_eq!(*send("{\"scan\":\"\"}", Some(scan)).await.unwrap(), "scan.png: b\"\\0\\xff\"");
        assert_eq!(*send("{\"text\":\"t\",\"pages\":3}", None).await.unwrap(), "Some(\"t\"), Some(3)");
    }
}

/// Signs in a path parameter are no parts of the path (RFC 6570, 3.2.2); those of the path itself stay.
#[tokio::test]
async fn segments_are_told_from_what_is_around_them() {
    use spec_goldens::segments::server::*;
    struct Service;
    impl Api for Service {
        async fn update(
            &self,
            context: Context,
            parameters: UpdateParameters,
        ) -> Result<UpdateResponse, Failure> {
            Ok(UpdateResponse::Ok(format!("update {} {}", parameters.id, context.uri.path())))
        }
        async fn undelete(
            &self,
            context: Context,
            parameters: UndeleteParameters,
        ) -> Result<UndeleteResponse, Failure> {
            Ok(UndeleteResponse::Ok(format!("undelete {} {}", parameters.id, context.uri.path())))
        }
        async fn literal(
            &self,
            context: Context,
            parameters: LiteralParameters,
        ) -> Result<LiteralResponse, Failure> {
            Ok(LiteralResponse::Ok(format!("literal {} {}", parameters.id, context.uri.path())))
        }
    }
    let client = spec_goldens::segments::client::Client::new(&serve(router(Service)).await);
    let updated = client.update().id("123:undelete").send().await.unwrap();
    assert_eq!(*updated, "update 123:undelete /files/123%3Aundelete");
    let signs = "a:;=&@+,$!'()*/ b~-._";
    let updated = client.update().id(signs).send().await.unwrap();
    assert_eq!(
        *updated,
        format!("update {signs} /files/a%3A%3B%3D%26%40%2B%2C%24%21%27%28%29%2A%2F%20b~-._")
    );
    assert_eq!(*client.undelete().id("1").send().await.unwrap(), "undelete 1 /files/1:undelete");
    assert_eq!(*client.literal().id("1").send().await.unwrap(), "literal 1 /files/1:with+signs@=;,&here");
}

/// Texts are in the charset that is named, on both sides.
#[tokio::test]
async fn texts_in_other_charsets() {
    use spec_goldens::charsets::server::*;
    struct Service;
    impl Api for Service {
        async fn latin(&self, _: Context, body: String) -> Result<LatinResponse, Failure> {
            Ok(LatinResponse::Ok(body))
        }
        async fn any(&self, _: Context, body: String) -> Result<AnyResponse, Failure> {
            Ok(AnyResponse::Ok(body))
        }
    }
    let url = serve(router(Service)).await;
    let client = spec_goldens::charsets::client::Client::new(&url);
    assert_eq!(*client.latin().body("grün").send().await.unwrap(), "grün");
    assert!(matches!(client.latin().body("Ж").send().await, Err(Error::InvalidRequest(_))));
    let post = |path: &str, charset: &str, body: &'static [u8]| {
        let request = reqwest::Client::new().post(format!("{url}{path}"));
        request.header("content-type", format!("text/plain; charset={charset}")).body(body).send()
    };
    let latin = post("/latin", "iso-8859-1", b"\xfc").await.unwrap();
    assert_eq!(latin.headers()["content-type"], "text/plain; charset=iso-8859-1");
    assert_eq!(latin.bytes().await.unwrap(), b"\xfc"[..]);
    assert_eq!(post("/any", "utf-16", b"\xff\xfe\xfc\x00").await.unwrap().text().await.unwrap(), "ü");
    assert_eq!(post("/any", "utf-8", b"\xfc").await.unwrap().status(), 400);
    assert_eq!(post("/any", "klingon", b"x").await.unwrap().status(), 415);
    assert_eq!(post("/latin", "utf-8", "Ж".as_bytes()).await.unwrap().status(), 400);
}

/// A page of a login is no file, and no text that was asked for.
#[tokio::test]
async fn answers_of_other_media_types_are_errors() {
    use axum::routing::get;
    let typed = |media_type: &'static str, body: &'static str| {
        get(move || async move { ([("content-type", media_type)], body) })
    };
    let html = || typed("text/html; charset=utf-8", "<html>");
    let routes =
        axum::Router::new().route("/v1/text", html()).route("/v1/image", html()).route("/v1/list", html());
    let client = responses::client::Client::new(&(serve(routes).await + "/v1"));
    let Err(Error::InvalidResponse(raw, why)) = client.text().send().await else { panic!("a text") };
    assert_eq!((raw.status.as_u16(), raw.text().as_str()), (200, "<html>"));
    assert_eq!(why.message, "it is text/html, and the document declares text/plain; charset=utf-8");
    assert!(matches!(client.image().send().await, Err(Error::InvalidResponse(..))));
    assert!(matches!(client.list().send().await, Err(Error::InvalidResponse(..))));
    // JSON shows by itself that it is some, and bytes that nobody says anything of may be anything.
    let routes = axum::Router::new()
        .route("/v1/list", typed("text/plain", "[]"))
        .route("/v1/image", typed("application/octet-stream", "x"));
    let client = responses::client::Client::new(&(serve(routes).await + "/v1"));
    assert!(client.list().send().await.is_ok());
    assert!(client.image().send().await.is_ok());
}

/// A file has a media type: the caller's, the one that the document names, or that of bytes; another than
/// declared is refused.
#[tokio::test]
async fn files_have_media_types() {
    use spec_goldens::negotiation::{client, models, server};
    struct Service;
    impl server::Api for Service {
        async fn image_parts(
            &self,
            _: Context,
            _: models::ImagePartsBody,
        ) -> Result<server::ImagePartsResponse, Failure> {
            Ok(server::ImagePartsResponse::NoContent)
        }
    }
    let url = serve(server::router(Service)).await;
    let client = client::Client::new(&url);
    let body = |file: File| models::ImagePartsBody::builder().image(file);
    let typed = |media_type: &str| File { content_type: Some(media_type.to_owned()), ..File::new("x") };
    assert!(client.image_parts().body(body(File::new("x"))).send().await.is_ok());
    assert!(client.image_parts().body(body(typed("image/png"))).send().await.is_ok());
    let Err(Error::UnexpectedResponse(raw)) =
        client.image_parts().body(body(typed("text/html"))).send().await
    else {
        panic!("a page");
    };
    assert_eq!(raw.status, 400);
    assert!(raw.text().contains("the part is of the media type text/html"), "{}", raw.text());
}
