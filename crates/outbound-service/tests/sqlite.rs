//! The service on SQLite: `cargo test -p outbound-service`.

mod suite;

use outbound_service::store::{Store, StoreError};

#[tokio::test(flavor = "multi_thread")]
async fn the_service_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    // Signs that mean something in a URL.
    let path = folder.path().join("a b%20?c#d.db");
    suite::check(path.to_str().unwrap()).await;
    assert!(path.is_file());
}

#[tokio::test]
async fn a_database_that_can_not_be_had_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let missing = Store::open(&inside("missing/a.db")).await.unwrap_err();
    assert!(matches!(&missing, StoreError::NoFolder(_)), "{missing:?}");
    assert!(missing.to_string().contains("make it, or name another file"), "{missing}");
    std::fs::write(inside("text.db"), "this is no database, but a text of some length").unwrap();
    let text = Store::open(&inside("text.db")).await.unwrap_err();
    assert!(matches!(&text, StoreError::Database(_)), "{text:?}");
    assert!(Store::open("postgres://nobody@127.0.0.1:1/none").await.is_err());
}
