//! A plan as text, short enough to be read as the diff of a change.

use super::response::variant_name;
use super::{
    BodyPlan, ConversionPlan, Definition, Engine, ErrorShape, ErrorsPlan, ExtraPlan, FieldPlan, NextPlan,
    OperationPlan, Outcome, PageArgument, PaginationPlan, ParameterPlan, Payload, Plan, Presence, RustType,
    SchemeUse, Stream, StructPlan, TypePlan, UnionPlan,
};
use serde_json::{Map, Value};
use spec_api::{Calling, Retries, Style};
use std::fmt::{self, Formatter};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.types.iter().try_for_each(|ty| self.write_type(f, ty))?;
        self.operations.iter().try_for_each(|operation| self.write_operation(f, operation, ""))?;
        self.webhooks.iter().try_for_each(|webhook| self.write_operation(f, webhook, "webhook "))
    }
}

/// Returns what is remarkable about a model or an operation, to be put behind its name.
fn marks(is_deprecated: bool, engine: Engine) -> String {
    let deprecated = if is_deprecated { ", deprecated" } else { "" };
    let emitter = if engine == Engine::Emitter { ", by our emitter" } else { "" };
    format!("{deprecated}{emitter}")
}

/// Returns assertions as JSON, to be put behind a type; nothing where there are none.
fn asked(assertions: &Map<String, Value>) -> String {
    match serde_json::to_string(assertions) {
        Ok(text) if !assertions.is_empty() => format!(" {text}"),
        _ => String::new(),
    }
}

/// Returns a name on the wire, to be put behind the name in Rust; nothing where they are the same.
fn on_wire(wire: &str, name: &str) -> String {
    if wire == name { String::new() } else { format!(" ({wire:?})") }
}

/// Returns a style as it is called here.
fn styled(style: Style, explode: bool) -> String {
    format!("{style:?}{}", if explode { " exploded" } else { "" })
}

/// Returns what is said of a value that may be left out.
fn or_absent(required: bool) -> &'static str {
    if required { "" } else { " or absent" }
}

/// Writes what is said of calls, where anything is.
fn write_calling(f: &mut Formatter<'_>, operation: &OperationPlan) -> fmt::Result {
    let Calling { retries, timeout, idempotent } = &operation.calling;
    match retries {
        None => {}
        Some(Retries::Never) => writeln!(f, "  is never tried again")?,
        Some(Retries::Backoff(backoff)) => writeln!(f, "  is tried again: {backoff:?}")?,
    }
    timeout.iter().try_for_each(|timeout| writeln!(f, "  takes {timeout:?} at most"))?;
    idempotent.iter().try_for_each(|idempotent| writeln!(f, "  idempotent: {idempotent}"))?;
    operation.key_header.iter().try_for_each(|name| writeln!(f, "  takes a key in {name}"))
}

/// Writes how a client pages through the list of an operation.
fn write_pagination(f: &mut Formatter<'_>, operation: &OperationPlan, plan: &PaginationPlan) -> fmt::Result {
    let argument = |own: &PageArgument| match own {
        PageArgument::Parameter(index) => operation.parameters[*index].name.clone(),
        PageArgument::Body(path) => format!("body {path}"),
    };
    let (inputs, outputs) = (&plan.inputs, &plan.outputs);
    write!(f, "  pages by {:?}", plan.style)?;
    inputs.position.iter().try_for_each(|own| write!(f, " {}", argument(own)))?;
    inputs.first.iter().try_for_each(|first| write!(f, " from {first}"))?;
    inputs.limit.iter().try_for_each(|own| write!(f, ", limit {}", argument(own)))?;
    write!(f, ", items {}", outputs.items)?;
    match &outputs.next {
        Some(NextPlan::Field(path)) => write!(f, ", next {path}")?,
        Some(NextPlan::Header(name)) => write!(f, ", next in header {name}")?,
        None => {}
    }
    let told = [
        ("page", &outputs.page),
        ("pages", &outputs.total_pages),
        ("total", &outputs.total_items),
        ("more", &outputs.has_more),
    ];
    for (word, path) in told.iter().filter_map(|(word, path)| Some((word, path.as_ref()?))) {
        write!(f, ", {word} {path}")?;
    }
    writeln!(f, "; {}{}", if plan.is_inferred { "guessed from " } else { "as in " }, plan.reason)
}

impl Plan {
    fn write_type(&self, f: &mut Formatter<'_>, ty: &TypePlan) -> fmt::Result {
        let head = format!("{}{}", ty.name, marks(ty.deprecated, ty.engine));
        let asked = asked(&ty.assertions);
        match &ty.definition {
            Definition::Struct(body) => {
                writeln!(f, "struct {head}{asked}")?;
                self.write_fields(f, body)?;
                body.inputs.iter().try_for_each(|input| self.write_conversion(f, body, input))
            }
            Definition::Enum(body) => {
                writeln!(f, "enum {head} of {:?}", body.values)?;
                body.variants
                    .iter()
                    .try_for_each(|variant| writeln!(f, "  {} = {}", variant.name, variant.wire))
            }
            Definition::Union(union) => {
                let kind = if union.exclusive { "one of" } else { "any of" };
                writeln!(f, "union {head}: {kind}, {:?}{asked}", union.decoding)?;
                self.write_variants(f, union)
            }
            Definition::Alias(target) => writeln!(f, "alias {head} = {}", self.type_text(target)),
            Definition::Wrapper(inner) => writeln!(f, "wrapper {head} of {}{asked}", self.type_text(inner)),
            Definition::Opaque(schema, _) => writeln!(f, "opaque {head} {schema}"),
        }
    }

    fn write_fields(&self, f: &mut Formatter<'_>, body: &StructPlan) -> fmt::Result {
        body.fields.iter().try_for_each(|field| self.write_field(f, field))?;
        match &body.extra {
            None => writeln!(f, "  no other keys"),
            Some(ExtraPlan { ty: None, .. }) => Ok(()),
            Some(ExtraPlan { name, ty: Some(values), assertions }) => {
                writeln!(f, "  {name}: other keys, each {}{}", self.type_text(values), asked(assertions))
            }
        }
    }

    fn write_field(&self, f: &mut Formatter<'_>, field: &FieldPlan) -> fmt::Result {
        let presence = match field.presence {
            Presence::Required => "",
            Presence::RequiredNullable => " or null",
            Presence::Optional => " or absent",
            Presence::OptionalNullable => " or null or absent",
        };
        let wire = on_wire(&field.wire, &field.name);
        write!(f, "  {}{wire}: {}{presence}", field.name, self.type_text(&field.ty))?;
        if let Some(default) = &field.default {
            write!(f, " = {default}")?;
        }
        if field.asked {
            write!(f, " but in requests")?;
        }
        if let Some(constant) = &field.constant {
            write!(f, " always {constant:?}")?;
        }
        let deprecated = if field.deprecated { ", deprecated" } else { "" };
        writeln!(f, "{}{deprecated}", asked(&field.assertions))
    }

    fn write_conversion(
        &self,
        f: &mut Formatter<'_>,
        body: &StructPlan,
        conversion: &ConversionPlan,
    ) -> fmt::Result {
        let input = self.type_plan(conversion.input);
        let Definition::Struct(from) = &input.definition else { return Ok(()) };
        let names = |pairs: Vec<(&FieldPlan, &FieldPlan)>| {
            let names: Vec<&str> = pairs.iter().map(|(_, to)| to.name.as_str()).collect();
            names.join(", ")
        };
        let builder = match (conversion.whole, conversion.sometimes) {
            (true, _) => "",
            (false, true) => " (a builder, and what is whole)",
            (false, false) => " (a builder)",
        };
        writeln!(f, "  from {}{builder}: {}", input.name, names(conversion.taken(from, body)))?;
        match conversion.back {
            true => writeln!(f, "  into {}: {}", input.name, names(conversion.returned(from, body))),
            false => Ok(()),
        }
    }

    fn write_variants(&self, f: &mut Formatter<'_>, union: &UnionPlan) -> fmt::Result {
        union.variants.iter().try_for_each(|variant| {
            let asked = asked(&variant.assertions);
            writeln!(f, "  {}({}){asked}", variant.name, self.type_text(&variant.ty))
        })
    }

    fn write_operation(&self, f: &mut Formatter<'_>, operation: &OperationPlan, kind: &str) -> fmt::Result {
        let marks = marks(operation.deprecated, operation.engine);
        writeln!(f, "{kind}{} {} {}{marks}", operation.name, operation.method, operation.path)?;
        for (place, name, value) in &operation.routing_constants {
            writeln!(f, "  told by {} {name}: {value}", place.key())?;
        }
        operation.parameters.iter().try_for_each(|parameter| self.write_parameter(f, parameter))?;
        operation.body.iter().try_for_each(|body| self.write_body(f, body))?;
        self.write_outcome(f, &operation.success, "answers")?;
        self.write_outcome(f, &operation.error, "refuses")?;
        self.write_security(f, &operation.security)?;
        write_calling(f, operation)?;
        operation.pagination.iter().try_for_each(|plan| write_pagination(f, operation, plan))?;
        let ErrorsPlan { invalid, shapes } = &operation.errors;
        writeln!(f, "  what does not fit: {invalid}")?;
        for (status, shape) in shapes.iter().flat_map(|index| &self.errors[*index]) {
            let status = variant_name(*status);
            match shape {
                ErrorShape::Problem => writeln!(f, "  fails {status}: problem details")?,
                ErrorShape::Detail => writeln!(f, "  fails {status}: a list of what does not fit")?,
                ErrorShape::Filled(media_type, value) => {
                    writeln!(f, "  fails {status}: {media_type} {value}")?
                }
            }
        }
        Ok(())
    }

    fn write_parameter(&self, f: &mut Formatter<'_>, parameter: &ParameterPlan) -> fmt::Result {
        let (place, name, ty) = (parameter.place.key(), &parameter.name, self.type_text(&parameter.ty));
        let (wire, needed) = (on_wire(&parameter.wire, name), or_absent(parameter.required));
        write!(f, "  {place} {name}{wire}: {ty}{needed}")?;
        match (parameter.style, parameter.explode) {
            _ if parameter.is_json => write!(f, ", as JSON")?,
            (Style::Simple, false) | (Style::Form, true) => {}
            (style, explode) => write!(f, ", {}", styled(style, explode))?,
        }
        if let Some(default) = &parameter.default {
            write!(f, " = {default}")?;
        }
        writeln!(f, "{}", asked(&parameter.assertions))
    }

    fn write_body(&self, f: &mut Formatter<'_>, body: &BodyPlan) -> fmt::Result {
        let needed = or_absent(body.required);
        if let Some(name) = &body.enumeration {
            writeln!(f, "  body {}: {name}{needed}", body.name)?;
        }
        for form in &body.forms {
            let media_types: Vec<&str> = form.accepted.iter().map(|(name, _)| name.as_str()).collect();
            let (ty, media_types) = (self.type_text(&form.ty), media_types.join(" or "));
            match body.enumeration {
                Some(_) => write!(f, "    {}: {ty}, {media_types}", form.variant)?,
                None => write!(f, "  body {}: {ty}{needed}, {media_types}", body.name)?,
            }
            for own in &form.encodings {
                write!(f, ", {}", own.wire)?;
                if let Some((style, explode)) = own.style {
                    write!(f, " {}", styled(style, explode))?;
                }
                own.content_type.iter().try_for_each(|content_type| write!(f, " as {content_type}"))?;
            }
            writeln!(f, "{}", asked(&form.assertions))?;
        }
        Ok(())
    }

    fn write_outcome(&self, f: &mut Formatter<'_>, outcome: &Outcome, verb: &str) -> fmt::Result {
        if let Some(name) = &outcome.enumeration {
            writeln!(f, "  {verb} with {name}")?;
        }
        for response in &outcome.responses {
            let ty = self.type_text(&response.payload.ty());
            writeln!(f, "  {verb} {} {}: {ty}", response.status, response.variant)?;
            if let Payload::OneOf(_, variants) = &response.payload {
                for (variant, payload) in variants {
                    let ty = self.type_text(&payload.ty());
                    writeln!(f, "    {variant}: {ty}, {}", payload.media_types().join(" or "))?;
                }
            }
            for headers in response.headers.iter().filter(|headers| headers.component.is_some()) {
                writeln!(f, "    headers shared as {}", headers.name)?;
            }
            for field in response.headers.iter().flat_map(|headers| &headers.fields) {
                let (ty, needed) = (self.type_text(&field.ty), or_absent(field.required));
                writeln!(f, "    header {} ({:?}): {ty}{needed}", field.name, field.wire)?;
            }
        }
        Ok(())
    }

    fn write_security(&self, f: &mut Formatter<'_>, security: &[Vec<SchemeUse>]) -> fmt::Result {
        let name = |used: &SchemeUse| match used.scopes.as_slice() {
            [] => self.schemes[used.scheme].wire.clone(),
            scopes => format!("{} ({})", self.schemes[used.scheme].wire, scopes.join(" ")),
        };
        let alternative = |schemes: &Vec<SchemeUse>| match schemes.as_slice() {
            [] => "nothing".to_owned(),
            schemes => schemes.iter().map(name).collect::<Vec<_>>().join(" and "),
        };
        if security.is_empty() {
            return Ok(());
        }
        writeln!(f, "  needs {}", security.iter().map(alternative).collect::<Vec<_>>().join(", or "))
    }

    fn type_text(&self, ty: &RustType) -> String {
        match ty {
            RustType::Model(id) => self.type_plan(*id).name.clone(),
            RustType::Vec(inner) => format!("[{}]", self.type_text(inner)),
            RustType::Map(inner) => format!("{{{}}}", self.type_text(inner)),
            RustType::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.type_text(item)).collect();
                format!("({})", items.join(", "))
            }
            RustType::Option(inner) => format!("{}?", self.type_text(inner)),
            RustType::Box(inner) => format!("Box {}", self.type_text(inner)),
            RustType::Local(name) => name.clone(),
            RustType::Stream(Stream::Bytes) => "ByteStream".to_owned(),
            RustType::Stream(Stream::Texts) => "Events<String>".to_owned(),
            RustType::Stream(Stream::Events(item)) => format!("Events<{}>", self.type_text(item)),
            RustType::Stream(Stream::Lines(item)) => format!("JsonLines<{}>", self.type_text(item)),
            other => format!("{other:?}"),
        }
    }
}
