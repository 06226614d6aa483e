//! Calls: operations with their arguments, as generated builders hold them.
//!
//! Must not know how requests are built, nor how answers are read.

use super::answer::Answer;
use super::credentials::Secret;
use super::error::{Error, RawResponse};
use super::operation::CalledOperation;
use super::options::{Configure, Options};
use super::secrets::ShownRequest;
use super::send::{ApiClient, send};
use super::trace::CallTrace;
use progenitor_client::ResponseValue;
use std::fmt;

/// An operation with its arguments, before it is sent. What can be set of any call is in [`Configure`].
///
/// Each generated builder is one, and has a `send` of its own beside.
pub trait Call: Configure + Send {
    /// The client that sends it.
    #[doc(hidden)]
    type Client: ApiClient;

    /// The body of an answer of success.
    type Success: Send;

    /// The body of an answer of failure.
    type Failure: fmt::Debug + Send;

    /// The operation.
    const OPERATION: CalledOperation;

    /// Builds the request.
    #[doc(hidden)]
    fn build(self) -> Result<BuiltCall<Self::Client>, Error<Self::Failure>>;

    /// Reads an answer.
    #[doc(hidden)]
    fn read(
        answer: Answer,
    ) -> impl Future<Output = Result<ResponseValue<Self::Success>, Error<Self::Failure>>> + Send;

    /// Sends this call to another server: scheme, host and, where there is one, port and path.
    #[must_use]
    fn with_base_url(mut self, base_url: &str) -> Self {
        self.options_mut().set_base_url(base_url);
        self
    }

    /// Uses another credential than the client's: for the first security scheme that the operation asks for.
    #[must_use]
    fn with_credential(mut self, secret: impl Into<Secret>) -> Self {
        self.options_mut().set_credential(secret.into());
        self
    }

    /// Sets the key by which the server knows a request that is repeated. It makes the call idempotent: it is
    /// tried again whatever its method is. It is sent in the header that the document declares for it, else
    /// in `Idempotency-Key`.
    #[must_use]
    fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.options_mut().set_idempotency_key(key.into());
        self
    }

    /// Says whether this call may be repeated, whatever its method is.
    #[must_use]
    fn with_idempotent(mut self, is_idempotent: bool) -> Self {
        self.options_mut().set_idempotent(is_idempotent);
        self
    }

    /// Returns the request as the arguments make it, without what belongs to the client: credentials, and
    /// headers that are set of all calls.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] when an argument is missing or can't be sent.
    fn request(self) -> Result<reqwest::Request, Error<Self::Failure>> {
        Ok(self.build()?.request)
    }

    /// Sends the call, and returns the answer as it comes, whatever its status is. A body is buffered.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being answered.
    fn send_raw(self) -> impl Future<Output = Result<RawResponse, Error<Self::Failure>>> + Send {
        async {
            let trace = CallTrace::begin(&Self::OPERATION);
            trace.follow(async { answer(self, &trace).await?.into_raw().await }).await
        }
    }

    /// Sends the call, and waits for the answer, anywhere: within an asynchronous runtime, too, whose thread
    /// then waits. A body that is a stream is read on by whoever gets it, asynchronously.
    ///
    /// # Errors
    ///
    /// Those of `send`.
    #[cfg(feature = "blocking")]
    fn send_blocking(self) -> Result<ResponseValue<Self::Success>, Error<Self::Failure>> {
        let begun = super::blocking::block_on(call(self));
        begun
            .unwrap_or_else(|error| Err(Error::InvalidRequest(format!("no runtime can be started: {error}"))))
    }
}

/// A request that is built, and whom it is sent by. `Debug` shows nothing of it that may be secret.
pub struct BuiltCall<C> {
    /// The client.
    pub client: C,
    /// The request.
    pub request: reqwest::Request,
    /// The options that the caller has set.
    pub options: Options,
}

impl<C: fmt::Debug> fmt::Debug for BuiltCall<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuiltCall")
            .field("client", &self.client)
            .field("request", &ShownRequest(&self.request))
            .field("options", &self.options)
            .finish()
    }
}

async fn answer<T: Call>(call: T, trace: &CallTrace) -> Result<Answer, Error<T::Failure>> {
    answer_to_built::<T>(call.build()?, trace).await
}

async fn answer_to_built<T: Call>(
    built: BuiltCall<T::Client>,
    trace: &CallTrace,
) -> Result<Answer, Error<T::Failure>> {
    let BuiltCall { client, request, options } = built;
    send(&client, &T::OPERATION, &options, request, trace).await.map_err(Error::of_any)
}

/// Sends a call, and reads the answer as the document declares it.
///
/// # Errors
///
/// When the answer is an error that the document declares, or the call is not answered as declared.
pub async fn call<T: Call>(call: T) -> Result<ResponseValue<T::Success>, Error<T::Failure>> {
    let trace = CallTrace::begin(&T::OPERATION);
    trace.follow(async { T::read(answer(call, &trace).await?).await }).await
}

/// Sends a call that is built like [`call`].
pub(crate) async fn call_built<T: Call>(
    built: BuiltCall<T::Client>,
) -> Result<ResponseValue<T::Success>, Error<T::Failure>> {
    let trace = CallTrace::begin(&T::OPERATION);
    trace.follow(async { T::read(answer_to_built::<T>(built, &trace).await?).await }).await
}
