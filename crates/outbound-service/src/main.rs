//! Serves outbound campaigns: `outbound-service --help`.

use outbound_service::arguments::{Command, HELP, LogFormat, Settings, read};
use outbound_service::service::Service;
use outbound_service::store::Store;
use outbound_service::{keys, routes, server};
use std::error::Error;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut message = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                let text = cause.to_string();
                if !message.ends_with(&text) {
                    message = format!("{message}: {text}");
                }
                source = cause.source();
            }
            eprintln!("outbound-service: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    match read(std::env::args_os(), |name| std::env::var(name).ok())? {
        Command::Help => println!("{HELP}"),
        Command::Key(name) => {
            let (key, line) = keys::make(&name)?;
            println!("key:  {key}\nline: {line}");
        }
        Command::Serve(settings) => serve(*settings).await?,
    }
    Ok(())
}

async fn serve(settings: Settings) -> Result<(), Box<dyn Error>> {
    let subscriber = tracing_subscriber::fmt().with_max_level(settings.level);
    match settings.log {
        LogFormat::Text => subscriber.init(),
        LogFormat::Json => subscriber.json().with_span_list(false).init(),
    }
    let store = Store::open(&settings.database)
        .await
        .map_err(|error| Opened { database: shown(&settings.database), error })?;
    let server = server(&store, settings.metrics).listen(settings.listen).bind().await?;
    for address in server.addresses()? {
        tracing::info!(database = shown(&settings.database), "listening at http://{address}");
    }
    if let Some(key) = settings.made {
        println!("There are no keys, so here is one for this run: {key}");
    }
    server.run(routes(Service::new(store, settings.keys))?).await?;
    Ok(())
}

/// A database that can't be opened.
#[derive(Debug, thiserror::Error)]
#[error("the database {database} can't be opened")]
struct Opened {
    database: String,
    #[source]
    error: outbound_service::store::StoreError,
}

/// Returns the name of a database without the password that it may hold.
fn shown(database: &str) -> String {
    match database.rsplit_once('@') {
        Some((_, host)) if database.contains("://") => format!("at {host}"),
        _ => database.to_owned(),
    }
}
