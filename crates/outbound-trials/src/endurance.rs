//! The real service behind a proxy that fails at random.
//!
//! Workers create, update, read and delete campaigns, each its own, and write down what their calls came to.
//! Then the service is asked without the proxy, and each call is held against what is there: nothing was
//! created twice, nothing that was acknowledged is lost, and what is said not to have been sent has not
//! happened.

use crate::proxy::{Fate, Proxy};
use outbound_client::Client;
use outbound_client::models::{
    CampaignProperties, DaysOfWeek, OutboundCampaign, OutboundCampaignInput, OutboundCampaignInputBuilder,
};
use outbound_service::keys::Keys;
use outbound_service::service::Service;
use outbound_service::store::Store;
use outbound_service::{routes, server};
use spec_runtime::client::{Call, Configure, Error, Retry};
use std::collections::{BTreeMap, HashMap};
use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// It was answered as one of success.
    Acknowledged,
    /// It failed, and may have been done.
    Unknown,
    /// It failed, and is said not to have been sent.
    NotSent,
    /// It found nothing to delete; an attempt before may have deleted it.
    Missing,
}

impl Outcome {
    fn of<T, E: fmt::Debug>(answer: &Result<T, Error<E>>) -> Outcome {
        match answer {
            Ok(_) => Outcome::Acknowledged,
            Err(error) if error.status().is_some_and(|status| status == 404) => Outcome::Missing,
            Err(error) if error.may_have_been_sent() => Outcome::Unknown,
            Err(_) => Outcome::NotSent,
        }
    }
}

/// A campaign of one worker, from its creation to its end.
#[derive(Debug)]
struct Life {
    name: String,
    is_keyed: bool,
    creation: Outcome,
    /// Each with its number.
    updates: Vec<(i64, Outcome)>,
    deletion: Option<Outcome>,
}

/// The outcomes of all calls, and the faults among them.
pub struct Report {
    calls: usize,
    elapsed: Duration,
    fates: BTreeMap<Fate, u32>,
    outcomes: BTreeMap<(&'static str, Outcome), u32>,
    retried: u32,
    /// The outcomes that may never be.
    pub faults: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fates: Vec<String> = self.fates.iter().map(|(fate, count)| format!("{fate} {count}")).collect();
        writeln!(f, "{} calls in {:.0} s", self.calls, self.elapsed.as_secs_f64())?;
        writeln!(f, "requests that the proxy: {}", fates.join(", "))?;
        writeln!(f, "reads that succeeded after more than one attempt: {}", self.retried)?;
        for ((what, outcome), count) in &self.outcomes {
            writeln!(f, "{what}: {outcome:?} {count}")?;
        }
        for fault in self.faults.iter().take(20) {
            writeln!(f, "FAULT: {fault}")?;
        }
        write!(f, "faults: {}", self.faults.len())
    }
}

/// Makes about as many calls through a proxy that fails at random, and judges them.
///
/// # Errors
///
/// When the service or the proxy does not start, or what is there can't be read in the end.
pub async fn endure(calls: usize, workers: usize, seed: u64) -> Result<Report, Box<dyn StdError>> {
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("campaigns.db");
    let store = Store::open(database.to_str().ok_or("the folder has no name in Unicode")?).await?;
    let running = server(&store, None).listen(SocketAddr::from(([127, 0, 0, 1], 0))).bind().await?;
    let address = running.addresses()?[0];
    let keys = Keys::from_variable("ada@example.com:key")?.with_rate(None);
    let routes = routes(Service::new(store, keys))?;
    let service = tokio::spawn(running.run(routes));
    let proxy = Proxy::start(address, seed).await?;

    let client = |url: &str| Client::new().with_base_url(url).with_api_key("key");
    // Waits are short, so that many calls fit into a minute; the rules are the client's own.
    let retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(200));
    let through = client(&proxy.url).with_retry(retry).with_head_timeout(Duration::from_millis(1000));
    let begun = Instant::now();
    let made = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for number in 0..workers {
        let worker = Worker { number, client: through.clone(), made: Arc::clone(&made), calls, retried: 0 };
        tasks.spawn(worker.work());
    }
    let (mut lives, mut retried) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let (own, own_retried) = done?;
        lives.extend(own);
        retried += own_retried;
    }
    let elapsed = begun.elapsed();
    let fates = proxy.counts();
    drop(proxy);
    let kept = all_campaigns(&client(&format!("http://{address}"))).await?;
    service.abort();
    let mut report = Report {
        calls: made.load(Ordering::Relaxed),
        elapsed,
        fates,
        outcomes: BTreeMap::new(),
        retried,
        faults: Vec::new(),
    };
    report.judge(&lives, &kept);
    Ok(report)
}

/// Reads all campaigns, by name.
async fn all_campaigns(client: &Client) -> Result<HashMap<String, Vec<OutboundCampaign>>, Box<dyn StdError>> {
    let mut kept: HashMap<String, Vec<OutboundCampaign>> = HashMap::new();
    for page in 0.. {
        let list = client.outbound_campaign_list().page(page).limit(1000u64);
        let answer = list.order_by(CampaignProperties::Id).send().await?.into_inner();
        if answer.items.is_empty() {
            break;
        }
        for campaign in answer.items {
            kept.entry(campaign.campaign_name.clone()).or_default().push(campaign);
        }
    }
    Ok(kept)
}

struct Worker {
    number: usize,
    client: Client,
    /// The number of calls that all workers have made.
    made: Arc<AtomicUsize>,
    calls: usize,
    retried: u32,
}

fn settings(name: &str) -> OutboundCampaignInputBuilder {
    OutboundCampaignInput::builder()
        .campaign_name(name)
        .campaign_variables([("key", "value")])
        .caller_id(None)
        .active_days([DaysOfWeek::Mon])
}

impl Worker {
    /// Says whether there is anything left to do, and takes one call of it.
    fn goes_on(&self) -> bool {
        self.made.fetch_add(1, Ordering::Relaxed) < self.calls
    }

    async fn work(mut self) -> (Vec<Life>, u32) {
        let mut lives = Vec::new();
        while self.goes_on() {
            let name = format!("worker {} campaign {}", self.number, lives.len());
            let life = self.live(name, lives.len()).await;
            lives.push(life);
        }
        (lives, self.retried)
    }

    /// Creates a campaign, updates and reads it, and deletes some.
    async fn live(&mut self, name: String, number: usize) -> Life {
        let is_keyed = number.is_multiple_of(2);
        let call = self.client.outbound_campaign_create().body(settings(&name));
        // Without a key it is what it was before keys: nobody may repeat it.
        let call = if is_keyed { call } else { call.with_attempts(3).with_idempotent(false) };
        let answer = call.send().await;
        let creation = Outcome::of(&answer);
        let mut life = Life { name, is_keyed, creation, updates: Vec::new(), deletion: None };
        let Ok(campaign) = answer else { return life };
        let id = campaign.into_inner().id;
        for value in 1..=3 {
            if !self.goes_on() {
                return life;
            }
            let body = settings(&life.name).hourly_rate(value);
            let answer = self.client.outbound_campaign_update().campaign_id(id).body(body).send().await;
            life.updates.push((value, Outcome::of(&answer)));
            // It could overtake a later one.
            if answer.is_err() {
                return life;
            }
            self.read(id, &mut life, value).await;
        }
        if number.is_multiple_of(3) && self.goes_on() {
            let answer = self.client.outbound_campaign_delete().campaign_id(id).send().await;
            life.deletion = Some(Outcome::of(&answer));
        }
        life
    }

    /// Reads what was written; what was acknowledged must be there.
    async fn read(&mut self, id: i64, life: &mut Life, value: i64) {
        if !self.goes_on() {
            return;
        }
        if let Ok(raw) = self.client.outbound_campaign_get_by_id().campaign_id(id).send_raw().await {
            self.retried += u32::from(raw.evidence.attempts > 1 && raw.status.is_success());
            let is_there = raw.text().contains(&format!("\"hourly_rate\":{value}"));
            if raw.status.is_success() && !is_there {
                life.updates.push((-value, Outcome::Acknowledged));
            }
        }
    }
}

impl Report {
    /// Returns how many requests the proxy failed.
    #[cfg(test)]
    pub fn failed(&self) -> u32 {
        self.fates.iter().filter(|(fate, _)| **fate != Fate::Passed).map(|(_, count)| count).sum()
    }

    fn count(&mut self, what: &'static str, outcome: Outcome) {
        *self.outcomes.entry((what, outcome)).or_default() += 1;
    }

    fn judge(&mut self, lives: &[Life], kept: &HashMap<String, Vec<OutboundCampaign>>) {
        for life in lives {
            let found = kept.get(&life.name).map_or(&[][..], Vec::as_slice);
            self.judge_creation(life, found.len());
            self.judge_updates(life, found.first());
            if let Some(deletion) = life.deletion {
                self.count("delete", deletion);
                let is_gone = found.is_empty();
                match deletion {
                    Outcome::Acknowledged | Outcome::Missing if !is_gone => {
                        self.fault("is not deleted", life)
                    }
                    Outcome::NotSent if is_gone => self.fault("was deleted by what was not sent", life),
                    _ => {}
                }
            }
        }
    }

    fn judge_creation(&mut self, life: &Life, found: usize) {
        self.count(if life.is_keyed { "create with a key" } else { "create without a key" }, life.creation);
        let deleted = life.deletion.is_some_and(|deletion| deletion != Outcome::NotSent);
        match (life.creation, found) {
            (_, 2..) => self.fault("was created more than once", life),
            (Outcome::Acknowledged, 0) if !deleted => self.fault("was acknowledged and is not there", life),
            (Outcome::NotSent, 1) => self.fault("was created by what was not sent", life),
            _ => {}
        }
    }

    fn judge_updates(&mut self, life: &Life, found: Option<&OutboundCampaign>) {
        let mut possible = vec![1];
        for (value, outcome) in &life.updates {
            if *value < 0 {
                self.fault("was read without what had been acknowledged", life);
                continue;
            }
            self.count("update", *outcome);
            match outcome {
                Outcome::Acknowledged => possible = vec![*value],
                Outcome::Unknown => possible.push(*value),
                Outcome::NotSent => {}
                Outcome::Missing => self.fault("was not there to be updated", life),
            }
        }
        if let Some(campaign) = found.filter(|_| !life.updates.is_empty()) {
            let rate = campaign.hourly_rate.unwrap_or(1);
            if !possible.contains(&rate) {
                self.fault("does not have what was acknowledged", life);
            }
        }
    }

    fn fault(&mut self, what: &str, life: &Life) {
        self.faults.push(format!("{} {what}: {life:?}", life.name));
    }
}

#[cfg(test)]
mod tests {
    use super::{HashMap, Life, OutboundCampaign, Outcome, Report};
    use outbound_client::models::OutboundCampaignBuilder;
    use std::time::Duration;

    fn campaign(rate: i64) -> OutboundCampaign {
        let now = chrono::Utc::now();
        OutboundCampaignBuilder::from(super::settings("a").hourly_rate(rate).build().unwrap())
            .id(1)
            .last_updated_by("ada")
            .created_at(now)
            .updated_at(now)
            .build()
            .unwrap()
    }

    fn faults(
        creation: Outcome,
        updates: &[(i64, Outcome)],
        deletion: Option<Outcome>,
        kept: &[i64],
    ) -> Vec<String> {
        let life =
            Life { name: "a".to_owned(), is_keyed: false, creation, updates: updates.to_vec(), deletion };
        let kept = HashMap::from([("a".to_owned(), kept.iter().map(|rate| campaign(*rate)).collect())]);
        let mut report = Report {
            calls: 1,
            elapsed: Duration::ZERO,
            fates: Default::default(),
            outcomes: Default::default(),
            retried: 0,
            faults: Vec::new(),
        };
        report.judge(&[life], &kept);
        report.faults
    }

    #[test]
    fn what_may_never_be_is_seen() {
        use Outcome::{Acknowledged, Missing, NotSent, Unknown};
        for (creation, updates, deletion, kept, is_right) in [
            (Acknowledged, &[][..], None, &[1][..], true),
            (Acknowledged, &[], None, &[], false),
            (Acknowledged, &[], None, &[1, 1], false),
            (Unknown, &[], None, &[], true),
            (Unknown, &[], None, &[1], true),
            (Unknown, &[], None, &[1, 1], false),
            (NotSent, &[], None, &[], true),
            (NotSent, &[], None, &[1], false),
            (Acknowledged, &[(2, Acknowledged)], None, &[2], true),
            (Acknowledged, &[(2, Acknowledged)], None, &[1], false),
            (Acknowledged, &[(2, Acknowledged), (3, Unknown)], None, &[2], true),
            (Acknowledged, &[(2, Acknowledged), (3, Unknown)], None, &[3], true),
            (Acknowledged, &[(2, Acknowledged), (3, NotSent)], None, &[3], false),
            (Acknowledged, &[(2, Missing)], None, &[1], false),
            (Acknowledged, &[(-2, Acknowledged)], None, &[1], false),
            (Acknowledged, &[], Some(Acknowledged), &[], true),
            (Acknowledged, &[], Some(Acknowledged), &[1], false),
            (Acknowledged, &[], Some(Missing), &[1], false),
            (Acknowledged, &[], Some(Unknown), &[1], true),
            (Acknowledged, &[], Some(NotSent), &[], false),
        ] {
            let found = faults(creation, updates, deletion, kept);
            assert_eq!(
                found.is_empty(),
                is_right,
                "{creation:?} {updates:?} {deletion:?} {kept:?}: {found:?}"
            );
        }
    }
}
