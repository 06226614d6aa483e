//! The server: what it says of itself, and what becomes of a call.
//!
//! Knows requests of the protocol. Must not know how they come.

use super::answer::{complained, result};
use super::tools::Offered;
use crate::arguments::Arguments;
use crate::called::Called;
use crate::failure::Failure;
use crate::options::Options;
use crate::table::Api;
use futures_util::future::{Either, select};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, JsonObject, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use spec_runtime::client::Configure;
use std::pin::pin;
use std::sync::Arc;

/// A server of the tools of one API.
pub(super) struct Server<C: 'static>(Arc<Parts<C>>);

struct Parts<C: 'static> {
    api: Api<C>,
    options: Options,
    client: C,
    tools: Vec<Offered<C>>,
}

// What is shared need not be copied.
impl<C> Clone for Server<C> {
    fn clone(&self) -> Self {
        Server(Arc::clone(&self.0))
    }
}

impl<C: Configure + Send + Sync> Server<C> {
    pub(super) fn new(api: Api<C>, options: Options, client: C, tools: Vec<Offered<C>>) -> Self {
        Server(Arc::new(Parts { api, options, client, tools }))
    }

    fn find(&self, name: &str) -> Option<&Offered<C>> {
        self.0.tools.iter().find(|own| own.tool.name == name)
    }

    /// Calls a tool. Whatever fails is an answer, too: a model may know what to do about it.
    async fn call(&self, offered: &Offered<C>, given: JsonObject) -> CallToolResult {
        let Parts { api, options, .. } = &*self.0;
        match self.answered(offered, given).await {
            Ok(result) => result,
            Err(failure) => complained(&options.explained(api, failure)),
        }
    }

    async fn answered(&self, offered: &Offered<C>, given: JsonObject) -> Result<CallToolResult, Failure> {
        let command = offered.command;
        let called = Called::new(command.parameters, command.body.as_ref(), given)?;
        let arguments = Arguments {
            parameters: command.parameters,
            body: command.body,
            called: Some(called),
            ..Arguments::default()
        };
        let prepared = (command.run)(&self.0.client, &arguments)?;
        result(prepared.send().await?, offered.tool.output_schema.is_some()).await
    }
}

impl<C: Configure + Send + Sync> ServerHandler for Server<C> {
    fn get_info(&self) -> ServerConfig {
        let api = &self.0.api;
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new(api.name, api.version))
            .with_instructions(api.about)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.find(name).map(|own| own.tool.clone())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.0.tools.iter().map(|own| own.tool.clone()).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(offered) = self.find(&request.name) else {
            let message = format!("there is no tool `{}`, or it is not offered", request.name);
            return Err(ErrorData::invalid_params(message, None));
        };
        let call = pin!(self.call(offered, request.arguments.unwrap_or_default()));
        match select(call, pin!(context.ct.cancelled())).await {
            Either::Left((result, _)) => Ok(result.into()),
            Either::Right(_) => Err(ErrorData::internal_error("the call was cancelled", None)),
        }
    }
}
