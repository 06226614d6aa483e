//! Files of accepted changes: what they take away, and when they are stale.

use spec_api::{Api, Untyped};
use spec_diff::{Ignore, Report};
use spec_document::{Diagnostics, Sources};

fn read(text: &str) -> Api {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("pets.yaml", text);
    let document = sources.parse(id, None, &mut diagnostics).expect("a document");
    spec_api::read_as(&document, Untyped::Any, &mut diagnostics).expect("an API")
}

fn report() -> Report {
    let (base, revision) = include_str!("pairs/requests.yaml").split_once("\n---\n").expect("two documents");
    spec_diff::compare(&read(base), &read(revision))
}

const ENTRY: &str = "[[ignore]]\nid = 'new-required-request-parameter'\nreason = 'all clients send it'\n";

#[test]
fn an_entry_takes_its_change_away() {
    let mut report = report();
    let before = report.changes.len();
    let ignore =
        Ignore::read(&format!("{ENTRY}operation = 'POST /pets'\nuntil = 2027-01-31\n")).expect("a file");
    assert_eq!(ignore.apply(&mut report, "2026-11-27"), []);
    assert_eq!(report.changes.len(), before - 1);
    assert!(!report.changes.iter().any(|change| change.id == "new-required-request-parameter"));
}

#[test]
fn an_entry_is_stale_after_its_day_and_where_it_fits_nothing() {
    for (rest, words) in [
        ("operation = 'POST /pets'\nuntil = 2026-11-26\n", "until 2026-11-26"),
        ("operation = 'GET /pets'\n", "reaches other operations"),
        ("pointer = '/paths/~1pets/post/parameters/1'\n", "at another place"),
    ] {
        let mut report = report();
        let before = report.changes.len();
        let ignore = Ignore::read(&format!("{ENTRY}{rest}")).expect("a file");
        let stale = ignore.apply(&mut report, "2026-11-27");
        assert_eq!(stale.len(), 1, "{rest}");
        assert!(stale[0].message.contains(words), "{}", stale[0].message);
        assert_eq!(report.changes.len(), before, "{rest}");
    }
}

#[test]
fn files_that_say_too_little_are_refused() {
    for (text, words) in [
        ("[[ignore]]\nid = 'a'\noperation = 'GET /'\n", "`reason`"),
        ("[[ignore]]\nid = 'a'\nreason = 'b'\n", "`pointer` or an `operation`"),
        ("[[ignore]]\noperation = 'GET /'\nreason = 'b'\n", "`id`"),
        ("[[ignore]]\nid = 'a'\noperation = 'GET /'\nreason = 'b'\nuntil = 'soon'\n", "write a day"),
        ("[[ignore]]\nid = 'a'\noperation = 'GET /'\nreason = 'b'\nwhen = 1\n", "`when` is none of"),
        ("ignored = 1\n", "only tables"),
        ("[[ignore]\n", ""),
    ] {
        let faults = Ignore::read(text).expect_err(text);
        assert!(faults.iter().any(|fault| fault.message.contains(words)), "{text}: {faults:?}");
    }
}
