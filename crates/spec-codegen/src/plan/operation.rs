//! Operations: the functions of clients, and of what servers implement.
//!
//! Knows what functions and their types are called, and puts together what its siblings plan. Must not know
//! how any of it is printed.

use super::body::plan_body;
use super::claims::{claim, warn_taken};
use super::docs::lines;
use super::header::SharedHeaders;
use super::parameter::plan_parameters;
use super::rejection::ErrorPlanner;
use super::response::plan_outcomes;
use super::route::plan_routes;
use super::security::plan_requirements;
use super::server::{own_base_url, warn_ignored};
use super::{
    BodyPlan, Engine, ErrorShapes, ErrorsPlan, Outcome, PaginationPlan, ParameterPlan, Payload, Planner,
    PrincipalPlan, ResponsePlan, RustType, SchemePlan, SchemeUse, ambiguous, engine,
};
use crate::names::{Scope, type_name, value_name};
use serde_json::Value;
use spec_api::{Calling, Method, Operation, ParameterIn, Status};
use spec_document::{Code, Diagnostic, Location};
use spec_json_schema::pattern::Matcher;

/// Methods of every client.
const FUNCTIONS: [&str; 13] = [
    "new",
    "base_url_or",
    "with_base_url",
    "with_client",
    "from_env",
    "clone",
    "baseurl",
    "client",
    "inner",
    "api_version",
    "pre",
    "exec",
    "post",
];

/// Methods of a builder, and what `build` needs while arguments are still in use.
pub(super) const ARGUMENTS: [&str; 8] =
    ["client", "options", "send", "new", "self_", "url", "request", "form"];

/// One operation.
#[derive(Clone, Debug)]
pub struct OperationPlan {
    /// `operationId`.
    pub id: String,
    /// The name of its function.
    pub name: String,
    /// The name of what belongs to it: `OutboundCampaignUpdate`.
    pub type_name: String,
    /// Where it stands.
    pub location: Location,
    /// The method.
    pub method: Method,
    /// The path template.
    pub path: String,
    /// Of a callback, where it is sent: a runtime expression.
    pub sent_to: Option<String>,
    /// The path of its route, as routers take it.
    pub route: String,
    /// The path template, where the route alone does not tell whether the operation is meant.
    pub template: Option<String>,
    /// Parameters whose only value tells the operation from others of the same path: place, name on the wire,
    /// value.
    pub routing_constants: Vec<(ParameterIn, String, String)>,
    /// Its words.
    pub docs: Vec<String>,
    /// True if it should not be used any more.
    pub deprecated: bool,
    /// Its parameters.
    pub parameters: Vec<ParameterPlan>,
    /// Its body.
    pub body: Option<BodyPlan>,
    /// The responses of success.
    pub success: Outcome,
    /// The responses of failure.
    pub error: Outcome,
    /// Where it is served, if that is not where the API is served.
    pub base_url: Option<String>,
    /// What extensions say of how it is called.
    pub calling: Calling,
    /// The header in which the settings say that it takes a key that makes it idempotent.
    pub key_header: Option<String>,
    /// Alternatives, each with indices of [`Plan::schemes`](super::Plan::schemes); none where nothing is
    /// asked for.
    pub security: Vec<Vec<SchemeUse>>,
    /// The answers of a server to what fails.
    pub errors: ErrorsPlan,
    /// The module whose file it stands in, of [`Plan::groups`](super::Plan::groups); the first file where
    /// there is none.
    pub group: Option<usize>,
    /// The way in which a client pages through its list, if it comes in pages.
    pub pagination: Option<PaginationPlan>,
    /// Who prints its client.
    pub engine: Engine,
}

impl OperationPlan {
    /// Returns the statuses of redirections (RFC 9110, 15.4) that are answers of the operation, as far as
    /// clients follow them.
    #[must_use]
    pub fn redirections(&self) -> Vec<u16> {
        let is_declared = |code: &u16| {
            self.responses().iter().any(|response| match response.status {
                Status::Code(own) => own == *code,
                Status::Range(hundreds) => hundreds == 3,
                Status::Default => false,
            })
        };
        [301, 302, 303, 307, 308].into_iter().filter(is_declared).collect()
    }

    /// Returns the header in which the operation takes a key that makes it idempotent, if a UUID can be such
    /// a key (draft-ietf-httpapi-idempotency-key-header; `Repeatability-Request-ID` is that of OASIS).
    #[must_use]
    pub fn idempotency_header(&self) -> Option<&str> {
        const NAMES: [&str; 3] = ["idempotency-key", "x-idempotency-key", "repeatability-request-id"];
        let is_one = |parameter: &&ParameterPlan| {
            parameter.place == ParameterIn::Header
                && NAMES.contains(&parameter.wire.to_ascii_lowercase().as_str())
                && takes_uuids(parameter)
        };
        let declared = self.parameters.iter().find(is_one).map(|parameter| parameter.wire.as_str());
        declared.or(self.key_header.as_deref())
    }

    /// Says whether those who ask have to be known.
    #[must_use]
    pub fn principal(&self) -> PrincipalPlan {
        match self.security.iter().any(Vec::is_empty) {
            _ if self.security.is_empty() => PrincipalPlan::None,
            true => PrincipalPlan::Optional,
            false => PrincipalPlan::Required,
        }
    }

    /// Returns every declared answer once: a default that also stands for success is one answer.
    #[must_use]
    pub fn responses(&self) -> Vec<&ResponsePlan> {
        let mut responses: Vec<&ResponsePlan> = Vec::new();
        for response in self.success.responses.iter().chain(&self.error.responses) {
            if !responses.iter().any(|known| known.variant == response.variant) {
                responses.push(response);
            }
        }
        responses
    }

    /// Returns the names of the types that clients and servers have for this operation: bodies of several
    /// forms, and headers.
    pub(crate) fn local_types(&self) -> Vec<String> {
        let mut names = Vec::from_iter(self.body.as_ref().and_then(|body| body.enumeration.clone()));
        for response in self.responses() {
            if let Payload::OneOf(name, _) = &response.payload {
                names.push(name.clone());
            }
            names.extend(response.headers.as_ref().map(|headers| headers.name.clone()));
        }
        names
    }

    /// Calls a function with each type that it is made of.
    pub(super) fn each_type(&mut self, f: &mut dyn FnMut(&mut RustType)) {
        self.parameters.iter_mut().for_each(|parameter| f(&mut parameter.ty));
        self.body.iter_mut().flat_map(|body| &mut body.forms).for_each(|form| match &mut form.ty {
            RustType::Stream(stream) => stream.item_mut().into_iter().for_each(&mut *f),
            ty => f(ty),
        });
        for response in self.success.responses.iter_mut().chain(&mut self.error.responses) {
            response.payload.each_type(f);
            response
                .headers
                .iter_mut()
                .flat_map(|headers| &mut headers.fields)
                .for_each(|field| f(&mut field.ty));
        }
    }
}

/// Says whether any UUID is a value of a parameter.
fn takes_uuids(parameter: &ParameterPlan) -> bool {
    const SAMPLE: &str = "6ec58fd2-8a5d-4d2a-bd21-5a2e7f0e2b9c";
    let length = SAMPLE.len() as u64;
    let holds = |(keyword, value): (&String, &Value)| match keyword.as_str() {
        "minLength" => value.as_u64().is_some_and(|least| least <= length),
        "maxLength" => value.as_u64().is_some_and(|most| most >= length),
        "pattern" => value.as_str().and_then(Matcher::new).is_some_and(|pattern| pattern.is_in(SAMPLE)),
        "type" => value == "string",
        _ => false,
    };
    match parameter.ty {
        RustType::Uuid => true,
        RustType::String => !parameter.is_json && parameter.assertions.iter().all(holds),
        _ => false,
    }
}

/// The context in which the parts of one operation are planned.
pub(super) struct OperationContext<'p, 'a> {
    pub(super) planner: &'p mut Planner<'a>,
    /// The start of the names of its types.
    pub(super) type_name: &'p str,
    /// Names of types that belong to operations, beside their builders.
    pub(super) types: &'p mut Scope,
    /// Types of headers that operations share.
    pub(super) headers: &'p mut SharedHeaders,
    /// Names of its arguments.
    pub(super) arguments: Scope,
}

/// The parts that operations and webhooks have in common.
struct Shared {
    /// Names of builders.
    builders: Scope,
    /// Names of types that belong to operations, beside their builders.
    types: Scope,
    /// Types of headers.
    headers: SharedHeaders,
}

/// Plans all operations, and all webhooks, in the order of the document, with the shapes of their errors.
pub(super) fn plan_operations(
    planner: &mut Planner<'_>,
    schemes: &[SchemePlan],
) -> (Vec<OperationPlan>, Vec<OperationPlan>, Vec<ErrorShapes>) {
    let mut functions = Scope::reserving(&FUNCTIONS);
    for scheme in schemes {
        let name = scheme.name.trim_end_matches('_');
        for ending in ["", "_client_credentials", "_token_url"] {
            functions.reserve(&format!("with_{name}{ending}"));
        }
    }
    let mut shared = Shared {
        builders: Scope::reserving(&["Client", "Api"]),
        types: Scope::reserving(&["Api", "Client", "Webhooks"]),
        headers: SharedHeaders::new(),
    };
    let api = planner.api;
    let mut errors = ErrorPlanner::new(api);
    let operations = plan_all(planner, &api.operations, &mut functions, &mut shared, &mut errors);
    let webhooks = plan_all(planner, &api.webhooks, &mut Scope::default(), &mut shared, &mut errors);
    warn_ignored(api, planner.diagnostics);
    report_key_header(planner);
    (operations, webhooks, errors.shapes)
}

/// Plans operations of one kind. Those whose names are pinned have the first choice.
fn plan_all(
    planner: &mut Planner<'_>,
    operations: &[Operation],
    functions: &mut Scope,
    shared: &mut Shared,
    errors: &mut ErrorPlanner<'_>,
) -> Vec<OperationPlan> {
    let mut named = Vec::new();
    for pinned in [true, false] {
        for (index, operation) in operations.iter().enumerate() {
            if operation.pinned_name.is_some() == pinned {
                named.push((index, function_name(planner, functions, operation)));
            }
        }
    }
    named.sort_unstable();
    let mut plans = Vec::new();
    for (index, name) in named {
        let (type_name, _) = shared.builders.claim(&type_name(&name));
        let context = OperationContext {
            planner: &mut *planner,
            type_name: &type_name,
            types: &mut shared.types,
            headers: &mut shared.headers,
            arguments: Scope::reserving(&ARGUMENTS),
        };
        plans.push(plan_operation(context, &operations[index], name, errors));
    }
    for (plan, routing_constants) in
        plans.iter_mut().zip(spec_contract::routing_constants(planner.api, operations))
    {
        plan.routing_constants = routing_constants;
    }
    plan_routes(&mut plans, planner.diagnostics);
    for operation in operations {
        ambiguous::warn(planner.api, operation, planner.diagnostics);
    }
    plans
}

/// Takes the name of an operation's function.
fn function_name(planner: &mut Planner<'_>, functions: &mut Scope, operation: &Operation) -> String {
    let wanted = value_name(&operation.id);
    let (pinned, location) = (operation.pinned_name.as_deref(), &operation.location);
    let (name, is_taken) = claim(planner.diagnostics, functions, pinned, &wanted, location);
    if is_taken {
        warn_taken(planner.diagnostics, &wanted, location);
    }
    name
}

/// Plans one operation; what depends on all operations is still missing: its route, and the file that it
/// stands in.
fn plan_operation(
    mut context: OperationContext<'_, '_>,
    operation: &Operation,
    name: String,
    errors: &mut ErrorPlanner<'_>,
) -> OperationPlan {
    let api = context.planner.api;
    let parameters = plan_parameters(&mut context, operation);
    let body = operation.body.as_ref().and_then(|body| plan_body(&mut context, body));
    let (success, error) = plan_outcomes(&mut context, operation);
    let mut plan = OperationPlan {
        id: operation.id.clone(),
        name,
        type_name: context.type_name.to_owned(),
        location: operation.location.clone(),
        method: operation.method,
        path: operation.path.clone(),
        sent_to: operation.sent_to.clone(),
        route: String::new(),
        template: None,
        routing_constants: Vec::new(),
        docs: words(operation),
        deprecated: operation.deprecated,
        parameters,
        body,
        success,
        error,
        base_url: own_base_url(api, operation),
        calling: operation.calling.clone(),
        key_header: key_header(context.planner, operation),
        security: plan_requirements(api, operation),
        errors: errors.plan(operation),
        group: None,
        pagination: None,
        engine: Engine::Emitter,
    };
    plan.engine = engine::of_operation(context.planner, &plan);
    plan
}

/// Reports a setting that names no header (RFC 9110, 5.6.2).
fn report_key_header(planner: &mut Planner<'_>) {
    let Some(header) = planner.key_header else { return };
    let is_token = |sign: char| sign.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(sign);
    if header.value.is_empty() || !header.value.chars().all(is_token) {
        let message = format!("no header can be called {:?}", header.value);
        let diagnostic = Diagnostic::error(Code::InvalidSetting, header.location.clone(), message);
        planner.diagnostics.push(diagnostic.help("write the name of a header: \"Idempotency-Key\""));
    }
}

/// Returns the header for a key, where the settings name one, and only a key makes the operation idempotent.
fn key_header(planner: &Planner<'_>, operation: &Operation) -> Option<String> {
    let by_method = !matches!(operation.method, Method::Post | Method::Patch);
    let header = planner.key_header?;
    (!operation.calling.idempotent.unwrap_or(by_method)).then(|| header.value.clone())
}

/// Returns the words of an operation: its summary, and its description below.
fn words(operation: &Operation) -> Vec<String> {
    let mut docs = lines(operation.summary.as_deref().unwrap_or_default());
    let description = lines(operation.description.as_deref().unwrap_or_default());
    if !docs.is_empty() && !description.is_empty() {
        docs.push(String::new());
    }
    docs.extend(description);
    docs
}
