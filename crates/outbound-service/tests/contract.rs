//! The service under the tester of contracts: clean, and each planted defect is found.
//!
//! `SPEC_SEED` chooses other requests, and `SPEC_BUDGET` how many there are.

mod flawed;

use flawed::Defect;
use outbound_service::keys::Keys;
use outbound_service::routes;
use outbound_service::service::Service;
use outbound_service::store::Store;
use spec_guard::{Contract, Guard, Report, Sides};
use spec_suite::Suite;

const DOCUMENT: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/outbound-campaigns.yaml"));

/// The number of requests that find each defect, at most.
const ENOUGH: usize = 1_300;

fn contract() -> Contract {
    Contract::read("outbound-campaigns.yaml", DOCUMENT).unwrap()
}

/// Makes a service on a database of its own, that lasts as long as the folder.
async fn service(folder: &tempfile::TempDir) -> Service {
    let store = Store::open(folder.path().join("campaigns.db").to_str().unwrap()).await.unwrap();
    let keys = Keys::from_variable("ada@example.com:key-a,bob@example.com:key-b").unwrap();
    Service::new(store, keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_keeps_its_document() {
    let folder = tempfile::tempdir().unwrap();
    let tell = |report: &Report<'_>| eprintln!("{report:?}");
    let guard = Guard::new(contract()).sides(Sides::Responses).observe(tell);
    let counters = guard.counters();
    let router = routes(service(&folder).await).unwrap().layer(guard);
    let budget = std::env::var("SPEC_BUDGET").map_or(1_500, |budget| budget.parse().unwrap());
    let report = Suite::new(contract())
        .credential("apiKey", "key-a")
        .seed_from_env()
        .budget(budget)
        .router(router)
        .await;
    report.assert_clean();
    // The guard judges by itself.
    let counts = counters.snapshot();
    assert!(counts.responses > 1_000, "{counts:?}");
    assert_eq!((counts.violations.len(), counts.beyond_limit, counts.unchecked), (0, 0, 0), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_planted_defect_is_found() {
    let mut missed = Vec::new();
    for defect in Defect::ALL {
        let folder = tempfile::tempdir().unwrap();
        let router = flawed::routes(service(&folder).await, defect);
        let suite = Suite::new(contract()).credential("apiKey", "key-a").seed_from_env().budget(ENOUGH);
        let report = suite.fail_fast(true).router(router).await;
        match report.findings.first() {
            Some(found) => {
                println!("{defect:?}: {} after {}: {}", found.check.name(), found.found_after, found.message)
            }
            None => missed.push(defect),
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}
