//! Other processes: what may run over its stack, or never end, is run in one, and what it said is a value.
//!
//! Knows no commands.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The longest time that an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The end of a process.
#[derive(Debug)]
pub struct Ended {
    /// Its status; none where it had to be ended.
    pub status: Option<ExitStatus>,
    /// Its output.
    pub out: String,
    /// Its complaints.
    pub complaint: String,
}

/// Runs a command for as long as `patience` lasts; `watch` is told the number of its process every now and
/// then.
///
/// # Errors
///
/// That it can't be started or waited for.
pub fn run(command: &mut Command, patience: Duration, watch: &mut dyn FnMut(u32)) -> Result<Ended, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
    let out = reader(child.stdout.take());
    let complaint = reader(child.stderr.take());
    let status = wait(&mut child, patience, watch).map_err(|error| format!("{program}: {error}"))?;
    Ok(Ended { status, out: out.join().unwrap_or_default(), complaint: complaint.join().unwrap_or_default() })
}

/// Runs a command, and returns what it wrote.
///
/// # Errors
///
/// When it complains, or does not end well.
pub fn ask(command: &mut Command) -> Result<String, String> {
    let Ended { status, out, complaint } = run(command, PATIENCE, &mut |_| {})?;
    match status {
        Some(status) if status.success() => Ok(out),
        // An exit code is an answer; without one it was ended.
        Some(status) if status.code().is_some() && !complaint.trim().is_empty() => {
            Err(complaint.trim().to_owned())
        }
        Some(status) => Err(ending(status)),
        None => Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
    }
}

fn reader(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits as long as patience lasts; a child that is still there then is ended.
fn wait(
    child: &mut Child,
    patience: Duration,
    watch: &mut dyn FnMut(u32),
) -> std::io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    while start.elapsed() < patience {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        watch(child.id());
        thread::sleep(Duration::from_millis(2));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

fn ending(status: ExitStatus) -> String {
    format!("the process ended: {status}")
}

/// Asks for `count` answers, one line of JSON each, of a program that is given a file and the number of the
/// first answer wanted. Where it ends or stands still, `broken` makes the answer, and it is started again
/// behind that.
///
/// # Errors
///
/// That it can't be started, or that an answer is no JSON.
pub fn answers(
    program: &Path,
    file: &Path,
    count: usize,
    broken: &dyn Fn(&str) -> Value,
    each: &mut dyn FnMut(usize),
) -> Result<Vec<Value>, String> {
    let mut answers = Vec::with_capacity(count);
    while answers.len() < count {
        let mut command = Command::new(program);
        command.arg(file).arg(answers.len().to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let complaint = reader(child.stderr.take());
        let (sender, lines) = channel();
        let stream = child.stdout.take();
        thread::spawn(move || {
            for line in
                stream.into_iter().flat_map(|stream| BufReader::new(stream).lines()).map_while(Result::ok)
            {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let why = loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let answer = serde_json::from_str(&line)
                        .map_err(|error| format!("{}: {error}: {line}", program.display()))?;
                    answers.push(answer);
                    each(answers.len());
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = child.wait().map_err(|error| format!("{}: {error}", program.display()))?;
                    let said = complaint.join().unwrap_or_default();
                    break format!(
                        "{}{}",
                        ending(status),
                        said.lines()
                            .find(|line| !line.is_empty())
                            .map_or_else(String::new, |line| format!(": {line}"))
                    );
                }
                Err(RecvTimeoutError::Timeout) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break format!("no answer within {} seconds", PATIENCE.as_secs());
                }
            }
        };
        if answers.len() < count {
            answers.push(broken(&why));
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::{answers, ask, run};
    use serde_json::json;
    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    #[test]
    fn a_child_answers_complains_or_ends() {
        let shell = |script: &str| ask(Command::new("sh").args(["-c", script]));
        assert_eq!(shell("echo out"), Ok("out\n".to_owned()));
        assert_eq!(shell("echo no >&2; exit 1"), Err("no".to_owned()));
        assert!(shell("kill -SEGV $$").is_err_and(|error| error.contains("signal")));
    }

    #[test]
    fn patience_ends() {
        let mut seen = 0;
        let mut sleep = Command::new("sleep");
        let ended = run(sleep.arg("30"), Duration::from_millis(20), &mut |_| seen += 1).expect("it starts");
        assert!(ended.status.is_none() && seen > 0);
    }

    #[test]
    fn a_child_that_ends_is_started_again() {
        let script = "tests/answers.sh";
        let found = answers(Path::new("sh"), Path::new(script), 4, &|_| json!("broken"), &mut |_| {})
            .expect("answers");
        assert_eq!(found, [json!(0), json!("broken"), json!(2), json!(3)]);
    }
}
