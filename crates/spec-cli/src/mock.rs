//! `spec mock`: answers requests as a document says.
//!
//! Knows the arguments, which are Prism's where it has them. Must not know how answers are made.

use crate::watched::{Found, PAUSE, Watched};
use spec_contract::Contract;
use spec_mock::{Fault, Mock};
use std::ffi::OsString;
use std::net::IpAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;

const HELP: &str = "\
Answers requests as an OpenAPI document says. Every answer is held against the document before it leaves.

Usage: spec mock DOCUMENT [OPTIONS]

The document is a path, a URL, or REVISION:PATH for a file as a revision of Git has it. One at a URL is not
looked at again.

  -p, --port PORT      the port: 4010 is the default, 0 is any that is free
  -h, --host HOST      the address to listen on: 127.0.0.1 is the default, 0.0.0.0 is every one
  -d, --dynamic        values that are made from the schemas, instead of examples
      --ignore-examples
                       answers as if the document had no examples
      --seed NUMBER    what made values and faults depend on, besides the request
      --errors         500 where an example is not what its schema says, instead of leaving it out
      --credential SCHEME=VALUE
                       a credential that is good, and others of its scheme are not; env:NAME as VALUE takes it
                       from a variable; may be given again
      --state          remember what requests make; DELETE /__state forgets it
      --callbacks=false   send no callbacks
      --watch=false    answer by the document as it was at the start, whatever becomes of the file
      --cors=false     no headers for pages of other origins
      --header=false   do not tell, in the header `sl-violations`, what is wrong with a request
      --delay MS       wait before each answer
      --fault FAULT    reset, truncate or a status, with `;rate=` from 0 to 1
      --quiet          write no line for each request that is refused
      --help           this text

A request asks for an answer in the header `Prefer` or in the query: code=404 or __code=404, and so for
example, dynamic, seed, delay and fault.

Exits with 2 when the document or the command itself is wrong.
";

/// Arguments of Prism that mean nothing here, and whether each has a value.
const IGNORED: [(&str, bool); 6] = [
    ("verbose-level", true),
    ("verboseLevel", true),
    ("multiprocess", false),
    ("json-schema-faker-fillProperties", true),
    ("jsonSchemaFakerFillProperties", true),
    ("v", true),
];

struct Arguments {
    document: String,
    port: u16,
    host: IpAddr,
    dynamic: bool,
    ignores_examples: bool,
    errors: bool,
    state: bool,
    credentials: Vec<(String, String)>,
    callbacks: bool,
    watch: bool,
    cors: bool,
    header: bool,
    quiet: bool,
    seed: u64,
    delay: Option<Duration>,
    fault: Option<(Fault, f64)>,
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    crate::command(arguments(words), HELP, |own| serve(&own).map(|()| ExitCode::SUCCESS))
}

fn arguments(words: Vec<OsString>) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        document: String::new(),
        port: 4010,
        host: IpAddr::from([127, 0, 0, 1]),
        dynamic: false,
        ignores_examples: false,
        errors: false,
        state: false,
        credentials: Vec::new(),
        callbacks: true,
        watch: true,
        cors: true,
        header: true,
        quiet: false,
        seed: 0,
        delay: None,
        fault: None,
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(document) if arguments.document.is_empty() => arguments.document = document.string()?,
            Long("port") | Short('p') => arguments.port = parser.value()?.parse()?,
            Long("host") | Short('h') => arguments.host = host(&parser.value()?.string()?)?,
            Long("dynamic") | Short('d') => arguments.dynamic = flag(&mut parser)?,
            Long("ignore-examples" | "ignoreExamples") => arguments.ignores_examples = flag(&mut parser)?,
            Long("errors") => arguments.errors = flag(&mut parser)?,
            Long("state") => arguments.state = flag(&mut parser)?,
            Long("credential") => {
                arguments.credentials.push(crate::test::credential(&parser.value()?.string()?)?);
            }
            Long("callbacks") => arguments.callbacks = flag(&mut parser)?,
            Long("watch") => arguments.watch = flag(&mut parser)?,
            Long("cors") => arguments.cors = flag(&mut parser)?,
            Long("header") => arguments.header = flag(&mut parser)?,
            Long("quiet") => arguments.quiet = flag(&mut parser)?,
            Long("seed") => arguments.seed = parser.value()?.parse()?,
            Long("delay") => arguments.delay = Some(Duration::from_millis(parser.value()?.parse()?)),
            Long("fault") => arguments.fault = Some(fault(&parser.value()?.string()?)?),
            Long("help") => return Ok(None),
            Long(name) if IGNORED.iter().any(|(own, _)| *own == name) => {
                let name = name.to_owned();
                ignore(&name, &mut parser)?;
            }
            Short('v') => ignore("v", &mut parser)?,
            Short('m') => ignore("multiprocess", &mut parser)?,
            other => return Err(other.unexpected()),
        }
    }
    if arguments.document.is_empty() {
        return Err("say which document to answer by".into());
    }
    Ok(Some(arguments))
}

/// Reads a flag, which may have a value: `--cors=false`.
fn flag(parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
    match parser.optional_value().map(|value| value.to_string_lossy().into_owned()).as_deref() {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(other) => Err(format!("write true or false, not `{other}`").into()),
    }
}

/// Reads an address; `localhost` is the only name.
fn host(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        other => other.parse().map_err(|_| format!("`{other}` is no IP address")),
    }
}

fn fault(text: &str) -> Result<(Fault, f64), String> {
    let (name, rate) = text.split_once(';').unwrap_or((text, "rate=1"));
    let rate = rate
        .strip_prefix("rate=")
        .and_then(|rate| rate.parse().ok())
        .filter(|rate| (0.0..=1.0).contains(rate));
    Fault::parse(name).zip(rate).ok_or_else(|| {
        format!("`{text}` is no fault: write reset, truncate or a status, then `;rate=` from 0 to 1")
    })
}

/// Passes over an argument of Prism, and says so.
fn ignore(name: &str, parser: &mut lexopt::Parser) -> Result<(), lexopt::Error> {
    let has_value = IGNORED.iter().any(|(own, has_value)| *own == name && *has_value);
    if has_value {
        parser.value()?;
    } else {
        parser.optional_value();
    }
    eprintln!("note: `{name}` means nothing here, and is passed over");
    Ok(())
}

/// Serves until the process is ended.
fn serve(arguments: &Arguments) -> Result<(), String> {
    let mut document = Watched::new(&arguments.document);
    let Found { api, diagnostics, has_errors } = document.read().map_err(|own| format!("error: {own}"))?;
    if has_errors {
        eprintln!("{diagnostics}\n");
    }
    let api = api.ok_or("error: the document has no operation to answer")?;
    let schemes: Vec<&str> = api.security_schemes.keys().map(String::as_str).collect();
    let is_unknown = |(own, _): &&(String, String)| !schemes.contains(&own.as_str());
    if let Some((unknown, _)) = arguments.credentials.iter().find(is_unknown) {
        let known = if schemes.is_empty() { "none".to_owned() } else { schemes.join(", ") };
        return Err(format!("error: the document has no security scheme `{unknown}`; it has {known}"));
    }
    let quiet = arguments.quiet;
    let mut mock = Mock::new(Contract::new(api))
        .seed(arguments.seed)
        .dynamic(arguments.dynamic)
        .examples(!arguments.ignores_examples)
        .errors(arguments.errors)
        .state(arguments.state)
        .callbacks(arguments.callbacks)
        .cors(arguments.cors)
        .violations_header(arguments.header)
        .log(move |line| {
            if !quiet {
                eprintln!("{line}");
            }
        });
    for (scheme, credential) in &arguments.credentials {
        mock = mock.credential(scheme, credential);
    }
    if let Some(delay) = arguments.delay {
        mock = mock.delay(delay);
    }
    if let Some((fault, rate)) = arguments.fault {
        mock = mock.fault(fault, rate);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("error: no thread can be started: {error}"))?;
    runtime.block_on(async {
        let place = (arguments.host, arguments.port);
        let listener = TcpListener::bind(place)
            .await
            .map_err(|error| format!("error: {}:{} can't be listened on: {error}", place.0, place.1))?;
        let address = listener.local_addr().map_err(|error| format!("error: {error}"))?;
        eprintln!("listening on http://{address}");
        let own = mock.clone();
        std::thread::spawn(move || own.prepare());
        if arguments.watch {
            let mock = mock.clone();
            std::thread::spawn(move || watch(document, &mock, has_errors));
        }
        mock.serve_on(listener).await;
        Ok(())
    })
}

/// Answers by the document as it is now whenever one of its files changes. One that is broken does not take
/// the place of one that was not.
fn watch(mut document: Watched, mock: &Mock, mut was_broken: bool) {
    loop {
        std::thread::sleep(PAUSE);
        if !document.has_changed() {
            continue;
        }
        match document.read() {
            Ok(Found { api: Some(api), has_errors, .. }) if was_broken || !has_errors => {
                mock.replace(Contract::new(api));
                was_broken = has_errors;
                eprintln!("the document has changed, and is answered by from now on");
            }
            Ok(Found { diagnostics, has_errors, .. }) => {
                if has_errors {
                    eprintln!("{diagnostics}\n");
                } else {
                    eprintln!("error: the document has no operation to answer");
                }
                eprintln!("the document is answered by as it was before");
            }
            // Editors take a file away for a moment.
            Err(error) => eprintln!("error: {error}; the document is answered by as it was before"),
        }
    }
}
