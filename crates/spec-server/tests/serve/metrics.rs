//! The page for Prometheus.

use crate::support::{builder, start, within};
use axum::Router;
use axum::routing::get;
use spec_server::{Metrics, RoutedOperation, Server};

static OPERATIONS: [RoutedOperation; 1] = [RoutedOperation::new("showPet", "GET", "/pets/{id}")];

fn router() -> Router {
    Router::new().route("/pets/{id}", get(|| async { "here" }))
}

#[tokio::test]
async fn requests_are_measured_by_operation_method_and_status() {
    let settings = builder().operations(&OPERATIONS).metrics(Metrics::beside_the_service());
    let server = start(settings, router()).await;
    let client = reqwest::Client::new();
    let get =
        async |path: &str| within(client.get(server.url(path)).send()).await.unwrap().text().await.unwrap();
    for path in ["/pets/1", "/pets/2", "/nowhere/1", "/nowhere/2"] {
        get(path).await;
    }
    client.request("BREW".parse().unwrap(), server.url("/pets/1")).send().await.unwrap();
    let count = |labels: &str, number: usize| format!("duration_seconds_count{{{labels}}} {number}\n");
    let expected = [
        count(
            "http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/pets/{id}\",\
             operation_id=\"showPet\"",
            2,
        ),
        // What callers make up makes no labels.
        count(
            "http_request_method=\"GET\",http_response_status_code=\"404\",http_route=\"\",operation_id=\"\"",
            2,
        ),
        count(
            "http_request_method=\"_OTHER\",http_response_status_code=\"405\",http_route=\"/pets/{id}\",\
             operation_id=\"\"",
            1,
        ),
        "# TYPE http_server_request_duration_seconds histogram\n".to_owned(),
        ",le=\"0.005\"} ".to_owned(),
    ];
    // What is measured is there when the answer has been sent, which the caller may notice before.
    within(async {
        loop {
            let page = get("/metrics").await;
            if expected.iter().all(|text| page.contains(text)) {
                return;
            }
            println!("{page}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn the_page_may_stand_at_an_address_of_its_own() {
    let address = ([127, 0, 0, 1], 0);
    let settings = Server::builder().listen(address).metrics(Metrics::on(address.into()));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let settings = settings.shutdown(async {
        let _ = stopped.await;
    });
    let server = settings.bind().await.unwrap();
    let (own, pages) = (server.addresses().unwrap()[0], server.metrics_address().unwrap());
    let task = tokio::spawn(server.run(router()));
    let status = async |address: std::net::SocketAddr| {
        within(reqwest::get(format!("http://{address}/metrics"))).await.unwrap().status().as_u16()
    };
    assert_eq!(status(own).await, 404);
    assert_eq!(status(pages).await, 200);
    stop.send(()).unwrap();
    within(task).await.unwrap().unwrap();
}
