//! What holds of the service on every database.

use futures_util::TryStreamExt;
use outbound_client::Client;
use outbound_client::models::{
    CampaignProperties, DaysOfWeek, OrderByDirection, OutboundCampaign, OutboundCampaignInput,
    OutboundCampaignInputBuilder,
};
use outbound_service::keys::Keys;
use outbound_service::service::Service;
use outbound_service::store::Store;
use outbound_service::{routes, server};
use reqwest::StatusCode;
use reqwest::header::{ETAG, IF_MATCH, RETRY_AFTER};
use spec_document::{Diagnostics, Sources};
use spec_guard::{Contract, Counters, Guard, Report, Sides};
use spec_runtime::Field;
use spec_runtime::client::Error;
use spec_runtime::pages::{PagedCall, Pager};
use std::collections::HashSet;
use std::num::NonZeroU32;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

/// A guard that holds all answers to the document, and tells what is wrong with them.
fn guard() -> Guard {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/outbound-campaigns.yaml");
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(path, std::fs::read_to_string(path).unwrap());
    let document = sources.parse(source, None, &mut diagnostics).unwrap();
    let contract = Contract::new(spec_api::read(&document, &mut diagnostics).unwrap());
    let tell = |report: &Report<'_>| eprintln!("{report:?}");
    Guard::new(contract).observe(tell).sides(Sides::Responses)
}

/// A service that runs on loopback, behind a guard.
pub struct Running {
    /// Where it is.
    pub url: String,
    counters: Counters,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts a service on a database.
    pub async fn start(database: &str) -> Running {
        let keys = Keys::from_variable("ada@example.com:key-a,bob@example.com:key-b").unwrap();
        Running::start_with(database, keys).await
    }

    async fn start_with(database: &str, keys: Keys) -> Running {
        let store = Store::open(database).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = server(&store, None).listen(([127, 0, 0, 1], 0)).shutdown(async { drop(stopped.await) });
        let server = server.bind().await.unwrap();
        let url = format!("http://{}", server.addresses().unwrap()[0]);
        let guard = guard();
        let counters = guard.counters();
        let routes = routes(Service::new(store, keys)).unwrap().layer(guard);
        let task = tokio::spawn(async {
            server.run(routes).await.unwrap();
        });
        Running { url, counters, stop, task }
    }

    /// Returns a client with the key of Ada.
    pub fn client(&self) -> Client {
        Client::new().with_base_url(&self.url).with_api_key("key-a")
    }

    /// Ends the service. Whatever it answered was what the document says.
    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap();
        let counts = self.counters.snapshot();
        assert!(counts.responses > 0);
        assert_eq!((counts.violations.len(), counts.beyond_limit, counts.unchecked), (0, 0, 0), "{counts:?}");
    }
}

/// Settings with what must be there.
pub fn settings(name: &str) -> OutboundCampaignInputBuilder {
    OutboundCampaignInput::builder()
        .campaign_name(name)
        .campaign_variables([("key", "value")])
        .caller_id(None)
        .active_days([DaysOfWeek::Mon])
}

/// Creates a campaign, and returns it.
pub async fn created(client: &Client, settings: OutboundCampaignInputBuilder) -> OutboundCampaign {
    client.outbound_campaign_create().body(settings).send().await.unwrap().into_inner()
}

/// Checks everything that does not need a database of its own.
pub async fn check(database: &str) {
    let running = Running::start(database).await;
    three_states(&running).await;
    lists(&running).await;
    pages(&running).await;
    odd_texts(&running).await;
    versions(&running).await;
    writers(&running).await;
    creations(&running).await;
    strangers(&running).await;
    running.stop().await;
    restart(database).await;
    rates(database).await;
}

/// What is left out, null, or a value is answered as it was given, from the answer and from the database.
async fn three_states(running: &Running) {
    let client = running.client();
    let made = created(&client, settings("states")).await;
    let cases: [(OutboundCampaignInputBuilder, Field<usize>, Field<String>); 3] = [
        (settings("absent"), Field::Value(3), Field::Absent),
        (settings("null").voicemail_detection(Field::Null).mode(Field::Null), Field::Null, Field::Null),
        (settings("value").voicemail_detection([("a", 1.5)]).mode("sms"), Field::Value(1), "sms".into()),
    ];
    for (settings, detection, mode) in cases {
        let put = client.outbound_campaign_update().campaign_id(made.id).body(settings).send().await.unwrap();
        let got = client.outbound_campaign_get_by_id().campaign_id(made.id).send().await.unwrap();
        assert_eq!(put.headers()[ETAG], got.headers()[ETAG]);
        let (put, got) = (put.into_inner(), got.into_inner());
        assert_eq!(put, got);
        assert_eq!(got.voicemail_detection.map(|detection| detection.len()), detection);
        assert_eq!(got.mode, mode);
        assert_eq!((got.hourly_rate, got.retry_count), (Some(1), Some(0)));
        assert_eq!((got.created_at, &*got.last_updated_by), (made.created_at, "ada@example.com"));
        assert!(got.updated_at > made.updated_at);
    }
    let bob = Client::new().with_base_url(&running.url).with_api_key("key-b");
    let put =
        bob.outbound_campaign_update().campaign_id(made.id).body(settings("bob's")).send().await.unwrap();
    assert_eq!(put.last_updated_by, "bob@example.com");
    client.outbound_campaign_delete().campaign_id(made.id).send().await.unwrap();
    let gone = client.outbound_campaign_get_by_id().campaign_id(made.id).send().await;
    assert!(matches!(gone, Err(Error::ErrorResponse(answer)) if answer.status() == 404));
}

async fn lists(running: &Running) {
    let client = running.client();
    let mut ids = Vec::new();
    for (name, source, labels) in
        [("b", "list", &["x", "y"][..]), ("a", "list", &[]), ("c", "list", &["x y"]), ("d", "other", &["x"])]
    {
        let settings =
            settings(name).source(source).labels(labels.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>());
        ids.push(created(&client, settings).await.id);
    }
    let search = |fields: &[CampaignProperties], values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        client.outbound_campaign_list().search_fields(fields.to_vec()).search_field_values(values)
    };
    let source = [CampaignProperties::Source];
    let in_order =
        |order, direction| search(&source, &["list"]).order_by(order).order_by_direction(direction);
    let names = async |list: outbound_client::builder::OutboundCampaignList<'_>| {
        let page = list.send().await.unwrap().into_inner();
        page.items.into_iter().map(|campaign| campaign.campaign_name).collect::<Vec<_>>().join("")
    };
    let name = CampaignProperties::CampaignName;
    assert_eq!(names(search(&source, &["list"])).await, "bac");
    assert_eq!(names(in_order(name.clone(), OrderByDirection::Asc)).await, "abc");
    assert_eq!(names(in_order(name.clone(), OrderByDirection::Desc)).await, "cba");
    assert_eq!(names(in_order(CampaignProperties::UpdatedAt, OrderByDirection::Desc)).await, "cab");
    assert_eq!(names(in_order(name.clone(), OrderByDirection::Asc).limit(2).page(1)).await, "c");
    assert_eq!(names(in_order(name.clone(), OrderByDirection::Asc).page(2_147_483_647)).await, "");
    let two = [CampaignProperties::Source, CampaignProperties::Labels];
    assert_eq!(names(search(&two, &["list", "x"])).await, "b");
    assert_eq!(names(search(&two, &["list", "x y"])).await, "c");
    assert_eq!(names(search(&two, &["list", "z"])).await, "");
    assert_eq!(names(search(&[CampaignProperties::Id], &[&ids[3].to_string()])).await, "d");
    assert_eq!(names(search(&[CampaignProperties::Id], &["none"])).await, "");
    assert_eq!(names(search(&two[..1], &["other", "no field"])).await, "d");
    // What a caller writes is a value, never a part of the statement.
    assert_eq!(names(search(&source, &["' OR 1=1 --"])).await, "");

    let page = search(&source, &["list"]).limit(2).send().await.unwrap().into_inner();
    assert_eq!((page.page, page.page_size, page.total_pages, page.total_count), (0, 2, 2.into(), 3.into()));
    let none = search(&source, &["list"]).limit(0).send().await.unwrap().into_inner();
    assert_eq!((none.items.len(), none.total_pages, none.total_count), (0, Field::Null, 3.into()));
    let lean = search(&source, &["list"]).fields(vec![CampaignProperties::Id]).send().await.unwrap();
    assert!(lean.items.iter().all(|campaign| campaign.source.is_absent() && campaign.created_at.is_none()));
    let before = created(&client, settings("e").source("list")).await.created_at.unwrap();
    assert_eq!(names(search(&source, &["list"]).end_datetime(before)).await, "bace");
    assert_eq!(names(search(&source, &["list"]).start_datetime(before)).await, "e");
}

/// A list is read whole, whatever a page holds: as a stream, as an iterator, and after a pause.
async fn pages(running: &Running) {
    let client = running.client();
    let mut ids = Vec::new();
    for number in 0..25 {
        ids.push(created(&client, settings(&format!("{number:02}")).source("pages")).await.id);
    }
    let list = || {
        let fields = client.outbound_campaign_list().search_fields(vec![CampaignProperties::Source]);
        let found = fields.search_field_values(vec!["pages".to_owned()]);
        found.order_by(CampaignProperties::CampaignName).order_by_direction(OrderByDirection::Asc)
    };
    for limit in [1, 10, 25, 1000] {
        let found: Vec<OutboundCampaign> = list().limit(limit).items().try_collect().await.unwrap();
        assert_eq!(found.iter().map(|campaign| campaign.id).collect::<Vec<_>>(), ids, "{limit} a page");
    }
    let found: Result<Vec<_>, _> = list().limit(7).items_blocking().collect();
    assert_eq!(found.unwrap().len(), 25);
    let pages: Result<Vec<_>, _> = list().limit(7).page(2).pages_blocking().collect();
    assert_eq!(pages.unwrap().iter().map(|page| page.items.len()).collect::<Vec<_>>(), [7, 4]);
    let mut pager = list().limit(10).pager().max_pages(1);
    assert_eq!(pager.next().await.unwrap().unwrap().items.len(), 10);
    assert_eq!(pager.next().await.unwrap(), None);
    let position = pager.position().unwrap().to_string().parse().unwrap();
    let rest = Pager::from_position(list().limit(10), position);
    assert_eq!(rest.items().try_collect::<Vec<_>>().await.unwrap().len(), 15);
}

/// Texts that databases have a notion of come back as they were, and are found.
async fn odd_texts(running: &Running) {
    let client = running.client();
    let long = "x".repeat(10_000);
    for text in ["a\0b", r"a\0b", "line\nline", "%_", "\u{1F600}\u{FFFF}", "", "'\"", &long] {
        let settings = settings(text).labels(vec![text.to_owned()]).mode(text).source("odd");
        let made = created(&client, settings).await;
        for field in [CampaignProperties::CampaignName, CampaignProperties::Labels, CampaignProperties::Mode]
        {
            let list = client.outbound_campaign_list().search_fields(vec![field, CampaignProperties::Id]);
            let list = list.search_field_values(vec![text.to_owned(), made.id.to_string()]);
            let Ok(page) = list.send().await else { continue };
            assert_eq!(page.items.first(), Some(&made), "{text:?}");
        }
        let got = client.outbound_campaign_get_by_id().campaign_id(made.id).send().await.unwrap();
        assert_eq!((&*got.campaign_name, &got.mode), (text, &text.into()));
    }
}

async fn versions(running: &Running) {
    let client = running.client();
    let id = created(&client, settings("versions")).await.id;
    let url = format!("{}/api/v1/outbound/campaigns/{id}", running.url);
    let body = settings("versions").build().unwrap();
    let http = reqwest::Client::new();
    let put = async |tag: &str| {
        let request = http.put(&url).header("Syllable-API-Key", "key-a").header(IF_MATCH, tag);
        let answer = request.json(&body).send().await.unwrap();
        (
            answer.status().as_u16(),
            answer.headers().get(ETAG).cloned().map(|tag| tag.to_str().unwrap().to_owned()),
        )
    };
    assert_eq!(put("\"1\"").await, (200, Some("\"2\"".to_owned())));
    assert_eq!(put("\"1\"").await, (412, None));
    assert_eq!(put("W/\"2\"").await, (412, None), "a weak tag");
    assert_eq!(put("\"1\", \"2\"").await, (200, Some("\"3\"".to_owned())));
    assert_eq!(put("*").await, (200, Some("\"4\"".to_owned())));
    assert_eq!(put("nonsense").await, (412, None));
    let delete = http.delete(&url).header("Syllable-API-Key", "key-a").header(IF_MATCH, "\"3\"");
    assert_eq!(delete.send().await.unwrap().status(), 412);
    client.outbound_campaign_delete().campaign_id(id).send().await.unwrap();
    assert_eq!(put("\"4\"").await, (404, None));
}

/// Many who add one to what they read: none of it is lost, because each update names the version it is of.
async fn writers(running: &Running) {
    const WRITERS: i64 = 8;
    const TIMES: i64 = 10;
    let client = running.client();
    let id = created(&client, settings("writers").hourly_rate(0)).await.id;
    let mut tasks = JoinSet::new();
    for _ in 0..WRITERS {
        let (client, url) = (client.clone(), format!("{}/api/v1/outbound/campaigns/{id}", running.url));
        tasks.spawn(async move {
            let http = reqwest::Client::new();
            let mut done = 0;
            while done < TIMES {
                let got = client.outbound_campaign_get_by_id().campaign_id(id).send().await.unwrap();
                let more = settings("writers").hourly_rate(got.hourly_rate() + 1).build().unwrap();
                let request = http.put(&url).header("Syllable-API-Key", "key-a").json(&more);
                let answer = request.header(IF_MATCH, &got.headers()[ETAG]).send().await.unwrap();
                match answer.status() {
                    StatusCode::OK => done += 1,
                    status => assert_eq!(status, StatusCode::PRECONDITION_FAILED),
                }
            }
        });
    }
    tasks.join_all().await;
    let got = client.outbound_campaign_get_by_id().campaign_id(id).send().await.unwrap();
    assert_eq!(got.hourly_rate(), WRITERS * TIMES);
    assert_eq!(got.headers()[ETAG], format!("\"{}\"", WRITERS * TIMES + 1));
}

/// A creation with a name happens once, however often and at once it is sent.
async fn creations(running: &Running) {
    let client = running.client();
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let create = client.clone();
        tasks.spawn(async move {
            let create = create.outbound_campaign_create().idempotency_key("once").body(settings("once"));
            create.send().await.unwrap().into_inner()
        });
    }
    let made = tasks.join_all().await;
    let ids: HashSet<i64> = made.iter().map(|campaign| campaign.id).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert!(made.iter().all(|campaign| *campaign == made[0]));

    let other =
        client.outbound_campaign_create().idempotency_key("once").body(settings("other")).send().await;
    assert!(matches!(other, Err(Error::ErrorResponse(answer)) if answer.status() == 409));
    let bob = Client::new().with_base_url(&running.url).with_api_key("key-b");
    let his =
        bob.outbound_campaign_create().idempotency_key("once").body(settings("his")).send().await.unwrap();
    assert_ne!(his.id, made[0].id, "names are those of a key");
    // The answer is the first one, whatever has become of the campaign.
    client.outbound_campaign_delete().campaign_id(made[0].id).send().await.unwrap();
    let again = client.outbound_campaign_create().idempotency_key("once").body(settings("once")).send().await;
    assert_eq!(again.unwrap().into_inner(), made[0]);
}

async fn strangers(running: &Running) {
    for client in [Client::new().with_api_key("key-c"), Client::new().with_api_key("KEY-A")] {
        let client = client.with_base_url(&running.url);
        let answer = client.outbound_campaign_get_by_id().campaign_id(1).send().await;
        assert!(matches!(answer, Err(Error::ErrorResponse(answer)) if answer.status() == 401));
    }
    // A good key is needed before anything else is said of a request.
    let url = format!("{}/api/v1/outbound/campaigns/x", running.url);
    let put = reqwest::Client::new().put(url).header("Syllable-API-Key", "key-c").body("{");
    assert_eq!(put.send().await.unwrap().status(), 401);
    for path in ["/health", "/ready", "/docs", "/openapi.json", "/openapi.yaml"] {
        assert_eq!(reqwest::get(format!("{}{path}", running.url)).await.unwrap().status(), 200);
    }
}

/// What was acknowledged is there when the service starts again, and the tables are left as they are.
async fn restart(database: &str) {
    let running = Running::start(database).await;
    let made = created(&running.client(), settings("kept")).await;
    running.stop().await;
    let running = Running::start(database).await;
    let got = running.client().outbound_campaign_get_by_id().campaign_id(made.id).send().await.unwrap();
    assert_eq!(got.into_inner(), made);
    running.stop().await;
}

async fn rates(database: &str) {
    let keys = Keys::from_variable("ada:key-a,bob:key-b").unwrap().with_rate(NonZeroU32::new(3));
    let running = Running::start_with(database, keys).await;
    let url = format!("{}/api/v1/outbound/campaigns?limit=0", running.url);
    let http = reqwest::Client::new();
    let get = async |key| http.get(&url).header("Syllable-API-Key", key).send().await.unwrap();
    let mut refused = None;
    for _ in 0..20 {
        let answer = get("key-a").await;
        if answer.status() != StatusCode::OK {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("twenty requests at once are more than three in a second");
    assert_eq!((refused.status().as_u16(), &refused.headers()[RETRY_AFTER]), (429, &"1".parse().unwrap()));
    assert_eq!(get("key-b").await.status(), StatusCode::OK);
    running.stop().await;
}
