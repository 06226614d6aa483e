//! JUnit XML: a suite for each operation, a case in it for each check.

use super::{Report, text};
use crate::check::Check;
use crate::finding::Finding;

/// Writes a report.
pub(super) fn junit(report: &Report) -> String {
    let mut suites = String::new();
    for (id, coverage) in &report.coverage.operations {
        let own: Vec<&Finding> = report.findings.iter().filter(|own| own.operation == *id).collect();
        let mut cases = String::new();
        for check in Check::ALL {
            let found: Vec<&&Finding> = own.iter().filter(|own| own.check == check).collect();
            let name = format!("    <testcase classname=\"{}\" name=\"{}\"", escaped(id), check.name());
            if found.is_empty() {
                cases.push_str(&format!("{name}/>\n"));
                continue;
            }
            cases.push_str(&format!("{name}>\n"));
            for finding in found {
                cases.push_str(&format!(
                    "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                    check.name(),
                    escaped(&report.scrub(&finding.message)),
                    escaped(&text::one(report, finding))
                ));
            }
            cases.push_str("    </testcase>\n");
        }
        let skipped = usize::from(coverage.requests == 0);
        let (name, tests, failures) = (escaped(id), Check::ALL.len(), own.len());
        suites.push_str(&format!("  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\""));
        suites.push_str(&format!(" errors=\"0\" skipped=\"{skipped}\">\n{cases}  </testsuite>\n"));
    }
    let title = escaped(&report.contract.api().title);
    let mut whole = String::new();
    if let Some(error) = report.error.iter().chain(&report.stale).next() {
        let message = escaped(&report.scrub(error));
        whole.push_str("  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\">\n");
        whole.push_str(&format!("    <testcase name=\"run\"><error message=\"{message}\"/></testcase>\n"));
        whole.push_str("  </testsuite>\n");
    }
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    format!("{head}\n<testsuites name=\"{title}\">\n{whole}{suites}</testsuites>\n")
}

/// Escapes a text for XML, without the signs that it can't have (XML 1.0, 2.2).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for sign in text.chars() {
        match sign {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' | '\r' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            sign if sign < ' ' => escaped.push('\u{fffd}'),
            sign => escaped.push(sign),
        }
    }
    escaped
}
