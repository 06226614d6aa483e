//! The same without the feature `tracing`: nothing is told, and nothing done.

use super::super::evidence::Evidence;
use super::super::interceptor::Reason;
use super::super::operation::CalledOperation;
use super::super::transport::AttemptError;
use reqwest::{Request, Response};
use std::marker::PhantomData;
use std::time::Duration;

/// Nothing that is asked for.
#[derive(Clone, Copy, Default)]
pub(in crate::client) struct Observer<'o>(PhantomData<&'o ()>);

/// A call of which nothing is told.
#[derive(Debug)]
pub(in crate::client) struct CallTrace;

impl CallTrace {
    pub(in crate::client) fn begin(_operation: &CalledOperation) -> Self {
        CallTrace
    }

    pub(in crate::client) fn follow<F: Future>(&self, call: F) -> F {
        call
    }

    pub(in crate::client) fn request(&self, _observer: Observer<'_>, _request: &mut Request) -> InRequest {
        InRequest
    }

    pub(in crate::client) fn answered(
        &self,
        _observer: Observer<'_>,
        _answered: &Result<Response, AttemptError>,
    ) {
    }

    pub(in crate::client) fn tried(&self, _outcome: Reason<'_>) {}

    pub(in crate::client) fn retrying(&self, _attempts: u32, _wait: Duration, _reason: Reason<'_>) {}

    pub(in crate::client) fn ended(&self, _evidence: &Evidence) {}
}

/// A request of which nothing is told.
#[derive(Debug)]
pub(in crate::client) struct RequestTrace;

impl RequestTrace {
    pub(in crate::client) fn of_token(_observer: Observer<'_>, _request: &mut Request) -> Self {
        RequestTrace
    }

    pub(in crate::client) fn inside(&self) -> InRequest {
        InRequest
    }

    pub(in crate::client) fn answered(
        &mut self,
        _observer: Observer<'_>,
        _answered: &Result<Response, AttemptError>,
    ) {
    }

    pub(in crate::client) fn failed(&mut self, _error: &AttemptError) {}
}

/// No span.
#[derive(Debug)]
pub(in crate::client) struct InRequest;

impl InRequest {
    pub(in crate::client) fn around<F: Future>(self, future: F) -> F {
        future
    }
}
