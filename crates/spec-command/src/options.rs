//! The flags that every command has, and what they do to a client.
//!
//! Must not know any command.

use crate::arguments::Arguments;
use crate::config;
use crate::failure::{Failure, Reason};
use crate::output::{Format, Output, complain};
use crate::query::Query;
use crate::shown::{Capture, Names, curl, is_secret, message};
use crate::table::{Api, Command};
use clap::ArgMatches;
use spec_runtime::client::Configure;
use std::path::PathBuf;
use std::time::Duration;

/// The values of the flags that every command has.
pub(crate) struct Options {
    /// Where the answer goes.
    pub(crate) output: Output,
    dry_run: bool,
    curl: bool,
    profile: Option<String>,
    base_url: Option<String>,
    timeout: Option<f64>,
    attempts: Option<u32>,
    headers: Vec<(String, String)>,
    is_verbose: bool,
    most_items: Option<usize>,
}

impl Options {
    /// Reads the flags of a command; of one whose answers are pages, tables show the items.
    pub(crate) fn read(matches: &ArgMatches, is_page: bool) -> Result<Options, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let headers = matches.get_many::<String>("header").into_iter().flatten().map(|typed| {
            // What was typed may be a secret.
            let (name, value) = typed.split_once(':').ok_or_else(|| {
                Failure::usage("--header: there is no colon in it").help("write --header 'NAME: VALUE'")
            })?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        });
        let all = matches.try_get_one::<bool>("all").ok().flatten().copied().unwrap_or_default();
        let most = matches.try_get_one::<usize>("max-items").ok().flatten().copied();
        Ok(Options {
            output: Output {
                format: text("output").and_then(|word| Format::of_word(&word)),
                query: text("query").map(|text| Query::read(&text)).transpose()?,
                file: text("output-file").map(PathBuf::from),
                is_page,
            },
            dry_run: matches.get_flag("dry-run"),
            curl: matches.get_flag("curl"),
            profile: text("profile"),
            base_url: text("base-url"),
            timeout: matches.get_one::<f64>("timeout").copied(),
            attempts: matches.get_one::<u32>("attempts").copied(),
            headers: headers.collect::<Result<Vec<_>, Failure>>()?,
            is_verbose: matches.get_flag("verbose"),
            most_items: most.or(all.then_some(usize::MAX)),
        })
    }

    /// Says whether the request is only to be shown.
    pub(crate) fn shows_request(&self) -> bool {
        self.dry_run || self.curl
    }

    /// Returns the number of items to go through pages for; none where one answer is asked for.
    pub(crate) fn most_items(&self) -> Option<usize> {
        self.most_items
    }

    /// Makes the client that calls the API.
    pub(crate) fn client<C: Configure>(&self, api: &Api<C>) -> Result<C, Failure> {
        let profile = config::profile(api.name, self.profile.as_deref())?;
        let client = self.configured(api, &profile)?;
        let client = config::with_credentials(api, &profile, client)?;
        Ok(match self.is_verbose {
            true => client.with_interceptor_fn(|attempt, next| {
                let (request, number) = (&attempt.request, attempt.number);
                let mut url = request.url().clone();
                url.set_query(None);
                let said = format!("{} {url}", request.method());
                Box::pin(async move {
                    let answered = next.call(attempt).await;
                    match &answered {
                        Ok(answer) => {
                            complain(&format!("attempt {number}: {said}: {}", answer.status()));
                            for (name, value) in answer.headers() {
                                let shown = value.to_str().ok().filter(|_| !is_secret(name, value));
                                let value = shown.unwrap_or("…");
                                complain(&format!("  {name}: {value}"));
                            }
                        }
                        Err(error) => complain(&format!("attempt {number}: {said}: {error}")),
                    }
                    answered
                })
            }),
            false => client,
        })
    }

    /// Returns the request of a command as it would be sent, without credentials.
    pub(crate) async fn request<C: Configure>(
        &self,
        api: &Api<C>,
        command: &Command<C>,
        arguments: &Arguments,
    ) -> Result<String, Failure> {
        let capture = Capture::default();
        let profile = config::profile(api.name, self.profile.as_deref())?;
        let client = config::with_placeholders(api, self.configured(api, &profile)?);
        let client = client.with_transport(capture.clone());
        let sent = (command.run)(&client, arguments)?.send().await;
        let names = Names(api.schemes.iter().map(config::placeholder).collect());
        match (capture.take(), sent) {
            (Some(request), _) if self.curl => curl(&request, &names),
            (Some(request), _) => Ok(message(&request, &names)),
            (None, Err(failure)) => Err(failure),
            (None, Ok(_)) => Err(Failure::usage("the command sends no request")),
        }
    }

    /// Makes a client without credentials.
    fn configured<C: Configure>(&self, api: &Api<C>, profile: &config::Profile) -> Result<C, Failure> {
        let mut client = (api.connect)(&config::base_url(api, self.base_url.as_deref(), profile)?);
        if let Some(seconds) = self.timeout.or(profile.timeout) {
            let timeout = Duration::try_from_secs_f64(seconds).map_err(|error| {
                Failure::usage(format!("a timeout of {seconds} seconds can't be kept: {error}"))
            })?;
            client = client.with_timeout(timeout);
        }
        if let Some(attempts) = self.attempts.or(profile.attempts) {
            client = client.with_attempts(attempts);
        }
        let of_profile = profile.headers.iter();
        for (name, value) in of_profile.chain(self.headers.iter().map(|(name, value)| (name, value))) {
            client = client.with_header(name, value);
        }
        Ok(client)
    }

    /// Adds to a failure what a user may want to know, or do.
    pub(crate) fn explained<C>(&self, api: &Api<C>, failure: Failure) -> Failure {
        if self.is_verbose
            && let Some(body) = failure.body()
        {
            complain(&String::from_utf8_lossy(body));
        }
        match failure.reason() {
            Reason::Credentials if !api.schemes.is_empty() => {
                failure.help(&config::where_credentials_go(api))
            }
            _ => failure,
        }
    }
}
