//! A few thousand calls through the proxy.

use super::endurance;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_twice_and_nothing_is_lost() {
    let report = endurance::endure(3000, 32, fastrand::u64(..)).await.unwrap();
    println!("{report}");
    assert!(report.faults.is_empty(), "{report}");
    assert!(report.failed() > 0, "the proxy does not fail: {report}");
}
