//! HTTPS.

use crate::support::{SHORT, builder, start, within};
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use spec_server::Tls;

fn certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

#[tokio::test]
async fn both_versions_are_spoken_and_handshakes_are_not_waited_for() {
    let (chain, key) = certificate();
    let version = |request: Request| async move { format!("{:?}", request.version()) };
    let tls = Tls::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    let server =
        start(builder().tls(tls).header_timeout(SHORT * 5), Router::new().route("/", get(version))).await;
    let url = format!("https://localhost:{}/", server.address.port());
    let trusted = reqwest::Certificate::from_pem(chain.as_bytes()).unwrap();
    let client = || {
        let resolved = reqwest::Client::builder().resolve("localhost", server.address);
        resolved.tls_certs_only([trusted.clone()])
    };
    for (client, version) in [(client(), "HTTP/2.0"), (client().http1_only(), "HTTP/1.1")] {
        let answer = within(client.build().unwrap().get(&url).send()).await.unwrap();
        assert_eq!(answer.text().await.unwrap(), version);
    }
    assert_eq!(server.raw("").await, "");
    assert!(!server.raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.contains("HTTP/1.1 200"));
    server.stop().await;
}

#[test]
fn what_is_no_certificate_is_said() {
    let (chain, key) = certificate();
    let other = certificate().1;
    let said =
        |chain: &str, key: &str| Tls::from_pem(chain.as_bytes(), key.as_bytes()).unwrap_err().to_string();
    assert_eq!(said("", &key), "the certificates: there is no `BEGIN CERTIFICATE` in the text");
    assert!(said(&chain, "").starts_with("the private key: "));
    assert!(said(&chain, &other).starts_with("the certificate and its key: "));
}
