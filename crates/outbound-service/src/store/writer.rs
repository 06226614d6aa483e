//! Who writes: changes that wait are done in one transaction, and answered when it is committed.
//!
//! Knows queues and transactions. Must not know what a change does.

use super::change::{Change, Done};
use super::{ACQUIRE, StoreError};
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc, oneshot};

/// The most changes that wait; more are refused. It is less than the server takes on at once, so that there
/// is room for those who read.
const WAITING: usize = 256;

/// The longest time of a transaction. A connection that hangs longer is given up.
const TRANSACTION: Duration = Duration::from_secs(20);

/// A change, and who waits for it.
#[derive(Debug)]
struct Waiting {
    change: Change,
    since: Instant,
    answer: oneshot::Sender<Result<Done, StoreError>>,
}

impl Waiting {
    /// Answers. Whoever has given up by now is not there to be told.
    fn answer(self, done: Result<Done, StoreError>) {
        drop(self.answer.send(done));
    }
}

/// Takes changes, and does those that wait in one transaction.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
}

impl Writer {
    /// Starts tasks that write, each with a connection of its own. They end when nobody has the writer any
    /// more, and what is waiting is done.
    pub(super) fn start(pool: &AnyPool, tasks: usize, begin: &'static str) -> Writer {
        let (queue, waiting) = mpsc::channel(WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..tasks {
            tokio::spawn(run(pool.clone(), begin, waiting.clone()));
        }
        Writer { queue }
    }

    /// Does a change. Whoever gives up before it is begun has changed nothing.
    pub(super) async fn write(&self, change: Change) -> Result<Done, StoreError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { change, since: Instant::now(), answer };
        self.queue.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => sqlx::Error::WorkerCrashed.into(),
        })?;
        answered.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }
}

/// Does what waits, as long as there is somebody to ask for it.
async fn run(pool: AnyPool, begin: &'static str, waiting: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    loop {
        let mut group = Vec::new();
        if waiting.lock().await.recv_many(&mut group, WAITING).await == 0 {
            return;
        }
        finish(&pool, begin, group).await;
    }
}

/// Does a group of changes, and answers each. A group that fails is done in two halves, so that a change
/// which can't be done fails alone.
async fn finish(pool: &AnyPool, begin: &'static str, group: Vec<Waiting>) {
    let mut group: Vec<Waiting> = group.into_iter().filter_map(wanted).collect();
    group.sort_by(|one, other| one.change.rank().cmp(&other.change.rank()));
    let mut groups = vec![group];
    let mut gone = None;
    while let Some(mut group) = groups.pop() {
        if gone.is_none() && !group.is_empty() {
            match together(pool, begin, &group).await {
                Ok(answers) => {
                    group.into_iter().zip(answers).for_each(|(waiting, answer)| waiting.answer(answer));
                    continue;
                }
                Err(Undone::Because(error)) => {
                    let half = group.split_off(group.len().div_ceil(2));
                    match group.pop() {
                        Some(alone) if half.is_empty() => alone.answer(Err(error)),
                        last => groups.extend([half, group.into_iter().chain(last).collect()]),
                    }
                    continue;
                }
                Err(Undone::Gone(error)) => gone = Some(Arc::new(error)),
            }
        }
        if let Some(error) = &gone {
            group.into_iter().for_each(|waiting| waiting.answer(Err(error.clone().into())));
        }
    }
}

/// Leaves out a change that nobody waits for, and one that has waited as long as a caller waits for a
/// database.
fn wanted(waiting: Waiting) -> Option<Waiting> {
    if waiting.answer.is_closed() {
        return None;
    }
    if waiting.since.elapsed() > ACQUIRE {
        waiting.answer(Err(sqlx::Error::PoolTimedOut.into()));
        return None;
    }
    Some(waiting)
}

/// Why nothing of a group was done.
enum Undone {
    /// One of its changes failed, or they can't be committed together. Fewer of them might be.
    Because(StoreError),
    /// The database is not there, or it does not say whether it has committed.
    Gone(sqlx::Error),
}

/// Does changes in one transaction, and returns what is to be answered, once it is committed.
async fn together(
    pool: &AnyPool,
    begin: &'static str,
    group: &[Waiting],
) -> Result<Vec<Result<Done, StoreError>>, Undone> {
    let mut connection = pool.acquire().await.map_err(Undone::Gone)?;
    let attempt = tokio::time::timeout(TRANSACTION, transaction(&mut connection, begin, group)).await;
    let (answers, is_usable) = attempt.unwrap_or_else(|_| {
        let error = std::io::Error::new(std::io::ErrorKind::TimedOut, "the transaction took too long");
        (Err(Undone::Gone(sqlx::Error::Io(error))), false)
    });
    if !is_usable {
        // To close it ends its transaction, if there is one.
        drop(connection.detach().close_hard().await);
    }
    answers
}

/// Does changes in a transaction. Says, too, whether the connection is free of it afterwards.
async fn transaction(
    connection: &mut AnyConnection,
    begin: &'static str,
    group: &[Waiting],
) -> (Result<Vec<Result<Done, StoreError>>, Undone>, bool) {
    if let Err(error) = connection.execute(begin).await {
        return (Err(Undone::Gone(error)), false);
    }
    let mut answers = Vec::with_capacity(group.len());
    for waiting in group {
        match waiting.change.apply(connection).await {
            Err(error) if !error.is_refusal() => {
                let is_rolled_back = connection.execute("ROLLBACK").await.is_ok();
                return (Err(Undone::Because(error)), is_rolled_back);
            }
            answer => answers.push(answer),
        }
    }
    match connection.execute("COMMIT").await {
        Ok(_) => (Ok(answers), true),
        Err(error @ sqlx::Error::Database(_)) => (Err(Undone::Because(error.into())), false),
        Err(error) => (Err(Undone::Gone(error)), false),
    }
}
