//! Routes: paths as routers take them.
//!
//! Knows what a router can tell apart. Must not know which router it is, beyond its braces.

use super::OperationPlan;
use crate::names::value_name;
use spec_api::Method;
use spec_document::{Code, Diagnostic, Diagnostics};
use spec_http::template::{Template, lone_placeholder};
use std::collections::{HashMap, hash_map::Entry};

/// Gives all operations their routes. Where several operations are meant by one route and method, the path
/// tells them apart, or parameters that have one value each.
pub(super) fn plan_routes(plans: &mut [OperationPlan], diagnostics: &mut Diagnostics) {
    let mut segments = HashMap::new();
    let mut counts: HashMap<(String, Method), usize> = HashMap::new();
    for plan in plans.iter_mut() {
        let (route, is_plain) = plan_route(&plan.path, &mut segments);
        plan.template = (!is_plain).then(|| plan.path.clone());
        plan.route = route;
        *counts.entry((plan.route.clone(), plan.method)).or_default() += 1;
    }
    for plan in plans.iter_mut() {
        if counts.get(&(plan.route.clone(), plan.method)).is_some_and(|count| *count > 1) {
            plan.template = Some(plan.path.clone());
        }
    }
    warn_same(plans, diagnostics);
}

/// Warns of operations that nothing tells apart.
fn warn_same(plans: &[OperationPlan], diagnostics: &mut Diagnostics) {
    let mut taken = HashMap::new();
    for plan in plans {
        let location = plan.location.clone().key();
        let shape = Template::new(&plan.path).shape();
        match taken.entry((&plan.route, plan.method, shape, &plan.routing_constants)) {
            Entry::Vacant(vacant) => {
                vacant.insert(location);
            }
            Entry::Occupied(first) => {
                let message =
                    format!("{} {} is the same request as that of another operation", plan.method, plan.path);
                let help = "servers call the first of them; give one of them a path or method of its own";
                let diagnostic = Diagnostic::warning(Code::Unsupported, location, message).help(help);
                diagnostics.push(diagnostic.related(first.get().clone(), "the first one"));
            }
        }
    }
}

/// Returns a path as routers take it, and whether a router can tell all that the path says. Where two paths
/// have different names for the same segment, the first name holds.
fn plan_route(path: &str, segments: &mut HashMap<String, String>) -> (String, bool) {
    let (mut route, mut prefix) = (String::new(), String::new());
    let mut is_plain = !path.contains(['?', '#']);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    for (position, segment) in path.split('/').skip(1).enumerate() {
        route.push('/');
        prefix.push('/');
        let name = lone_placeholder(segment);
        // Routers compare bytes, and take some signs for their own.
        let is_literal =
            segment.chars().all(|c| c.is_ascii_alphanumeric() || "-._~!$&'()+,;=@:%".contains(c));
        if name.is_none() && is_literal && !segment.starts_with(':') {
            prefix.push_str(segment);
            route.push_str(segment);
            continue;
        }
        is_plain &= name.is_some();
        prefix.push_str("{}");
        let wanted = name.map_or_else(|| format!("segment_{position}"), value_name);
        let known = segments.entry(prefix.clone()).or_insert_with(|| wanted.trim_end_matches('_').to_owned());
        route.push_str(&format!("{{{known}}}"));
    }
    (route, is_plain)
}
