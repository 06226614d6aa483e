//! The commands of the guide, as a shell reads them.

use crate::support::{Stage, VARIABLE, told};
use std::path::Path;
use std::process::Command;

const BODY: &str =
    r#"{"campaign_name": "A", "campaign_variables": {}, "caller_id": "1", "active_days": ["mon"]}"#;

/// Each of them calls the service, or shows something, and all is well.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn commands_of_the_guide_do_what_they_say() {
    let page = include_str!("../../../spec-guide/pages/command-line.md");
    let stage = Stage::new().await;
    std::fs::write(stage.home.path().join("campaign.json"), BODY).unwrap();
    std::fs::write(stage.home.path().join("campaign.yaml"), BODY).unwrap();
    let completions = stage.home.path().join(".local/share/bash-completion/completions");
    std::fs::create_dir_all(completions).unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_outbound")).parent().unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let commands: Vec<&str> =
        blocks.flat_map(str::lines).filter(|line| line.starts_with("outbound ")).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for line in commands {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", line]).env_clear().env("HOME", stage.home.path()).current_dir(stage.home.path());
        shell.env("PATH", folder).env("SYLLABLESDK_BASE_URL", &stage.url).env(VARIABLE, crate::support::KEY);
        let (code, printed, complaint) = told(&shell.output().unwrap());
        assert_eq!((code, complaint.as_str()), (0, ""), "{line}: {printed}");
    }
    assert!(stage.home.path().join("campaign.yaml").exists());
    assert!(stage.home.path().join(".local/share/man/man1/outbound-campaigns-list.1").exists());
}
