//! The cells of an operation, walked through a generated client and a generated server: each value arrives as
//! it was, in bytes that the standards have for it, or is refused by whoever writes it.
//!
//! Knows what is sent beside what, and whom a refusal names. What is right is for [`cells`](crate::cells) to
//! say.

mod compare;
mod together;
mod whole;

use super::judge::{panic_text, serve};
use super::stage::{Prepared, Scene};
use super::{Caller, Document, Given, Returned, Stage, Values};
use crate::cells::{Carrier, Grid, Kind, Walked};
use bytes::Bytes;
use spec_api::Api;
use spec_contract::Contract;
use std::time::Duration;
use together::Together;
use tokio::time::timeout;

/// The longest time that an exchange may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request, and its answer.
type Exchange = (http::Request<Bytes>, http::Response<Bytes>);

/// A document that is being walked through.
pub struct Walk {
    document: Document,
    contract: Contract,
    stage: Stage,
    client: Box<dyn Caller>,
}

impl Walk {
    /// Serves what is generated of a document on a loopback port. There must be a tokio runtime.
    ///
    /// # Errors
    ///
    /// That it is generated of another document, or that there is no port.
    pub async fn new(document: Document, api: Api) -> Result<Walk, String> {
        let stage = Stage::default();
        let client = serve(document, &api, &stage).await?;
        Ok(Walk { document, contract: Contract::new(api), stage, client })
    }

    /// Walks through the cells of an operation.
    pub async fn operation(&self, index: usize, grid: &Grid, cells: &[usize]) -> Vec<Walked> {
        let contract = self.contract.clone();
        let mut walked: Vec<Walked> =
            cells.iter().map(|cell| Walked { cell: *cell, ..Walked::default() }).collect();
        let Some((own, api)) = self.document.operations.get(index).zip(contract.api().operations.get(index))
        else {
            walked
                .iter_mut()
                .for_each(|one| one.fault(Kind::NoRust, "there is no such operation".to_owned()));
            return walked;
        };
        let Some(first) = cells.first().map(|cell| grid.cells[*cell].carrier) else { return walked };
        match first {
            Carrier::Parameter(_) | Carrier::Segment(_) | Carrier::Overshadowed => {
                self.together(Together::Parameters, index, own, api, grid, &mut walked).await
            }
            Carrier::Property(..) => {
                self.together(Together::Properties, index, own, api, grid, &mut walked).await
            }
            Carrier::Header { .. } => {
                self.together(Together::Headers, index, own, api, grid, &mut walked).await
            }
            Carrier::Body(_) | Carrier::BodyAmong => self.bodies(index, own, grid, &mut walked).await,
            Carrier::Answer(..) | Carrier::AnswerAmong => {
                self.answers(index, own, api, grid, &mut walked).await
            }
        }
        walked
    }

    /// One request and its answer.
    async fn exchange(&self, values: Values, prepared: Prepared) -> (Result<Returned, String>, Scene) {
        let operation = prepared.operation;
        self.stage.prepare(prepared);
        let mut asking = tokio::spawn(self.client.call(operation, Given::new(values)));
        let returned = match timeout(PATIENCE, &mut asking).await {
            Ok(Ok(returned)) => returned,
            Ok(Err(error)) => Err(format!("the client panicked: {}", panic_text(error))),
            Err(_) => {
                asking.abort();
                Err(format!("no answer within {} seconds", PATIENCE.as_secs()))
            }
        };
        (returned, self.stage.take())
    }

    /// Asks the document's own judge.
    fn contract(&self, scene: &Scene) -> Option<String> {
        let (request, response) = scene.exchanges.first()?;
        self.contract.exchange(request, response).violations.first().map(ToString::to_string)
    }
}
