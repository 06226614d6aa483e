//! Calls of those who do not wait asynchronously.

use super::support::{Server, client, ok};
use spec_runtime::client::Call;
use std::thread;

#[tokio::test(flavor = "multi_thread")]
async fn within_a_runtime_and_without() {
    let server = Server::scripted(vec![ok("done")]).await;
    let client = client(&server.url);
    assert_eq!(client.get::<0>().send_blocking().unwrap().status().as_u16(), 200);
    let others = (0..10).map(|_| {
        let client = client.clone();
        thread::spawn(move || client.get::<0>().send_blocking().unwrap().status().as_u16())
    });
    for other in others.collect::<Vec<_>>() {
        assert_eq!(other.join().unwrap(), 200);
    }
    assert_eq!(server.count(), 11);
}
