//! A plan as text, short enough to be read as the diff of a change.

use super::{Definition, Engine, ExtraPlan, Outcome, Payload, Plan, Presence, RustType, SchemeUse, Stream};
use spec_api::Style;
use std::fmt;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ty in &self.types {
            let marks = [(ty.deprecated, ", deprecated"), (ty.engine == Engine::Emitter, ", by our emitter")];
            let marks: String = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| *mark).collect();
            let extend =
                if ty.assertions.is_empty() { String::new() } else { format!(" {}", json(&ty.assertions)) };
            match &ty.definition {
                Definition::Struct(body) => {
                    writeln!(f, "struct {}{marks}{extend}", ty.name)?;
                    for field in &body.fields {
                        let presence = match field.presence {
                            Presence::Required => "",
                            Presence::RequiredNullable => " or null",
                            Presence::Optional => " or absent",
                            Presence::OptionalNullable => " or null or absent",
                        };
                        let wire = if field.wire == field.name {
                            String::new()
                        } else {
                            format!(" ({:?})", field.wire)
                        };
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
                        if !field.assertions.is_empty() {
                            write!(f, " {}", json(&field.assertions))?;
                        }
                        writeln!(f, "{}", if field.deprecated { ", deprecated" } else { "" })?;
                    }
                    match &body.extra {
                        None => writeln!(f, "  no other keys")?,
                        Some(ExtraPlan { ty: None, .. }) => {}
                        Some(ExtraPlan { name, ty: Some(values), assertions }) => {
                            let extend = if assertions.is_empty() {
                                String::new()
                            } else {
                                format!(" {}", json(assertions))
                            };
                            writeln!(f, "  {name}: other keys, each {}{extend}", self.type_text(values))?;
                        }
                    }
                }
                Definition::Enum(body) => {
                    writeln!(f, "enum {}{marks} of {:?}", ty.name, body.values)?;
                    body.variants
                        .iter()
                        .try_for_each(|variant| writeln!(f, "  {} = {}", variant.name, variant.wire))?;
                }
                Definition::Union(union) => {
                    let kind = if union.exclusive { "one of" } else { "any of" };
                    writeln!(f, "union {}{marks}: {kind}, {:?}{extend}", ty.name, union.decoding)?;
                    for own in &union.variants {
                        let extend = if own.assertions.is_empty() {
                            String::new()
                        } else {
                            format!(" {}", json(&own.assertions))
                        };
                        writeln!(f, "  {}({}){extend}", own.name, self.type_text(&own.ty))?;
                    }
                }
                Definition::Alias(target) => {
                    writeln!(f, "alias {}{marks} = {}", ty.name, self.type_text(target))?
                }
                Definition::Wrapper(inner) => {
                    writeln!(f, "wrapper {}{marks} of {}{extend}", ty.name, self.type_text(inner))?
                }
                Definition::Opaque(schema, _) => writeln!(f, "opaque {}{marks} {schema}", ty.name)?,
            }
        }
        for (operation, kind) in self
            .operations
            .iter()
            .map(|own| (own, ""))
            .chain(self.webhooks.iter().map(|own| (own, "webhook ")))
        {
            let marks = [
                (operation.deprecated, ", deprecated"),
                (operation.engine == Engine::Emitter, ", by our emitter"),
            ];
            let marks: String = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| *mark).collect();
            writeln!(f, "{kind}{} {} {}{marks}", operation.name, operation.method, operation.path)?;
            for (place, name, value) in &operation.told_by {
                writeln!(f, "  told by {} {name}: {value}", place.key())?;
            }
            for parameter in &operation.parameters {
                let needed = if parameter.required { "" } else { " or absent" };
                let wire = if parameter.wire == parameter.name {
                    String::new()
                } else {
                    format!(" ({:?})", parameter.wire)
                };
                write!(
                    f,
                    "  {} {}{wire}: {}{needed}",
                    parameter.place.key(),
                    parameter.name,
                    self.type_text(&parameter.ty)
                )?;
                let plain = matches!(
                    (parameter.style, parameter.explode),
                    (Style::Simple, false) | (Style::Form, true)
                );
                if parameter.is_json {
                    write!(f, ", as JSON")?;
                } else if !plain {
                    write!(f, ", {:?}{}", parameter.style, if parameter.explode { " exploded" } else { "" })?;
                }
                if let Some(default) = &parameter.default {
                    write!(f, " = {default}")?;
                }
                if !parameter.assertions.is_empty() {
                    write!(f, " {}", json(&parameter.assertions))?;
                }
                writeln!(f)?;
            }
            if let Some(body) = &operation.body {
                let needed = if body.required { "" } else { " or absent" };
                if let Some(name) = &body.enumeration {
                    writeln!(f, "  body {}: {name}{needed}", body.name)?;
                }
                for form in &body.forms {
                    let media_types: Vec<&str> =
                        form.accepted.iter().map(|(name, _)| name.as_str()).collect();
                    let (ty, media_types) = (self.type_text(&form.ty), media_types.join(" or "));
                    match body.enumeration {
                        Some(_) => write!(f, "    {}: {ty}, {media_types}", form.variant)?,
                        None => write!(f, "  body {}: {ty}{needed}, {media_types}", body.name)?,
                    }
                    for own in &form.encodings {
                        write!(f, ", {}", own.wire)?;
                        if let Some((style, explode)) = own.style {
                            write!(f, " {style:?}{}", if explode { " exploded" } else { "" })?;
                        }
                        own.content_type
                            .iter()
                            .try_for_each(|content_type| write!(f, " as {content_type}"))?;
                    }
                    if !form.assertions.is_empty() {
                        write!(f, " {}", json(&form.assertions))?;
                    }
                    writeln!(f)?;
                }
            }
            self.write_outcome(f, &operation.success, "answers")?;
            self.write_outcome(f, &operation.error, "refuses")?;
            let name = |used: &SchemeUse| match used.scopes.as_slice() {
                [] => self.schemes[used.scheme].wire.clone(),
                scopes => format!("{} ({})", self.schemes[used.scheme].wire, scopes.join(" ")),
            };
            let alternatives = operation
                .security
                .iter()
                .map(|schemes| schemes.iter().map(name).collect::<Vec<_>>().join(" and "));
            let alternatives: Vec<String> =
                alternatives.map(|text| if text.is_empty() { "nothing".to_owned() } else { text }).collect();
            if !alternatives.is_empty() {
                writeln!(f, "  needs {}", alternatives.join(", or "))?;
            }
            writeln!(f, "  what does not fit: {:?}", operation.rejection)?;
        }
        Ok(())
    }
}

fn json(members: &serde_json::Map<String, serde_json::Value>) -> String {
    serde_json::to_string(members).unwrap_or_default()
}

impl Plan {
    fn write_outcome(&self, f: &mut fmt::Formatter<'_>, outcome: &Outcome, verb: &str) -> fmt::Result {
        if let Some(name) = &outcome.enumeration {
            writeln!(f, "  {verb} with {name}")?;
        }
        for response in &outcome.responses {
            writeln!(
                f,
                "  {verb} {} {}: {}",
                response.status,
                response.variant,
                self.type_text(&response.payload.ty())
            )?;
            if let Payload::OneOf(_, variants) = &response.payload {
                for (variant, payload) in variants {
                    writeln!(
                        f,
                        "    {variant}: {}, {}",
                        self.type_text(&payload.ty()),
                        payload.media_types().join(" or ")
                    )?;
                }
            }
            for field in response.headers.iter().flat_map(|headers| &headers.fields) {
                let needed = if field.required { "" } else { " or absent" };
                writeln!(
                    f,
                    "    header {} ({:?}): {}{needed}",
                    field.name,
                    field.wire,
                    self.type_text(&field.ty)
                )?;
            }
        }
        Ok(())
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
