//! The life of a thing: made, read, changed, listed, kept from others, taken away, and gone with all that
//! belongs to it.

use crate::case::{Case, Content, Expect, Place, Source, Who};
use crate::check::Paging;
use crate::links::{Target, last_name};
use crate::make::{Making, mixed};
use crate::resource::Resource;
use crate::session::{Halt, Session};
use serde_json::{Value, json};
use spec_api::{Method, Operation};
use spec_values::random::Filling;

/// The life of one thing, as far as it has come.
struct Life<'a> {
    session: &'a Session,
    resource: &'a Resource,
    /// Exchanges that made it, and what stands above it.
    context: Vec<usize>,
    /// The exchange that made it.
    made: usize,
    /// The exchange that showed it last.
    newest: usize,
    filling: Filling,
    seed: u64,
    steps: u64,
    /// Exchanges that changed it, or took it away.
    changes: Vec<usize>,
}

impl Session {
    /// Leads a thing through its life.
    pub(super) async fn lifecycle(
        &self,
        resource: &Resource,
        filling: Filling,
        seed: u64,
    ) -> Result<(), Halt> {
        let Some(create) = resource.create.as_deref().and_then(|id| self.operation(id)) else {
            return self.single(resource, filling, seed).await;
        };
        let making = Making { filling, seed, is_fresh: true, ..Making::new(filling, seed) };
        let case = self.make(create, making).await?;
        let made = self.send(Case { expect: Expect::Accepted(None), ..case }).await?;
        let exchange = self.exchange(made).ok_or(Halt::Stop)?;
        // What is only accepted may come later (RFC 9110, 15.3.3).
        if !exchange.is_success() || exchange.status() == Some(202) {
            return Ok(());
        }
        let mut context: Vec<usize> = exchange.case.rests_on().collect();
        context.sort_unstable();
        let mut other = self.bystander(resource, create, &context, seed).await?;
        context.push(made);
        let mut life = Life::new(self, resource, context, (filling, seed));
        life.read(vec![made]).await?;
        life.follow_location().await?;
        life.conditions().await?;
        life.patch().await?;
        life.put().await?;
        if let Some(other) = &mut other {
            other.stays(&life.changes).await?;
        }
        life.list(None).await?;
        life.strangers().await?;
        life.changes.clear();
        life.end().await?;
        match &mut other {
            Some(other) => other.stays(&life.changes).await,
            None => Ok(()),
        }
    }

    /// Makes another thing beside the one whose life is led, in which nothing must change; once for each
    /// sort.
    async fn bystander<'a>(
        &'a self,
        resource: &'a Resource,
        create: &Operation,
        context: &[usize],
        seed: u64,
    ) -> Result<Option<Life<'a>>, Halt> {
        let changes = resource.patch.is_some() || resource.put.is_some() || resource.delete.is_some();
        if !changes || resource.get.is_none() || !self.state().watched.insert(resource.path.clone()) {
            return Ok(None);
        }
        let seed = mixed(seed, &[23]);
        let making = Making { context, is_fresh: true, ..Making::new(Filling::All, seed) };
        let made = match self.make(create, making).await {
            Ok(case) => self.send(Case { expect: Expect::Accepted(None), ..case }).await,
            Err(halt) => Err(halt),
        };
        let made = match made {
            Ok(made) => made,
            Err(Halt::Stop) => return Err(Halt::Stop),
            Err(Halt::Skip(_)) => return Ok(None),
        };
        let is_there = self.exchange(made).is_some_and(|own| own.is_success() && own.status() != Some(202));
        let context = context.iter().copied().chain([made]).collect();
        Ok(is_there.then(|| Life::new(self, resource, context, (Filling::All, seed))))
    }

    /// Writes what there is one of, and reads it.
    async fn single(&self, resource: &Resource, filling: Filling, seed: u64) -> Result<(), Halt> {
        let Some(get) = resource.get.as_deref().and_then(|id| self.operation(id)) else { return Ok(()) };
        let making = Making::new(filling, seed);
        let first = match (&resource.put, last_name(&resource.path)) {
            (Some(put), _) => {
                let Some(put) = self.operation(put) else { return Ok(()) };
                let case = self.make(put, making).await?;
                self.send(Case { expect: Expect::Accepted(None), ..case }).await?
            }
            (None, Some(_)) => return Ok(()),
            (None, None) => {
                let case = self.make(get, making).await?;
                self.send(Case { expect: Expect::Accepted(None), ..case }).await?
            }
        };
        if !self.exchange(first).is_some_and(|own| own.is_success() && own.status() != Some(202)) {
            return Ok(());
        }
        let mut context: Vec<usize> =
            self.exchange(first).map(|own| own.case.rests_on().collect()).unwrap_or_default();
        context.push(first);
        let mut life = Life::new(self, resource, context, (filling, seed));
        if resource.put.is_some() {
            life.read(vec![first]).await?;
        }
        life.conditions().await?;
        life.patch().await?;
        life.put().await?;
        match last_name(&resource.path) {
            Some(_) => life.end().await,
            None => Ok(()),
        }
    }

    /// Asks for two pages, one after the other.
    pub(super) async fn pages(&self, list: &str, seed: u64) -> Result<(), Halt> {
        let Some(operation) = self.operation(list) else { return Ok(()) };
        let Some(paging) = Paging::of(self.api(), operation) else { return Ok(()) };
        let Some((limit, place, [first, second])) = paging.turn() else { return Ok(()) };
        let maker = self.api().operations.iter().find(|own| {
            own.method == Method::Post
                && own.path.trim_end_matches('/') == operation.path.trim_end_matches('/')
        });
        if let Some(maker) = maker {
            for number in 0..2 {
                let making = Making::new(Filling::Least, mixed(seed, &[number]));
                self.produce(&maker.id, making).await?;
            }
        }
        let base = self.make(operation, Making::new(Filling::Least, seed)).await?;
        let page = |start: u64, expect: Expect| {
            let mut case = Case { expect, ..base.clone() };
            case.set(Place::Query, limit, json!(1));
            case.set(Place::Query, place, json!(start));
            case
        };
        let mut whole = page(first, Expect::Accepted(None));
        whole.set(Place::Query, limit, json!(2));
        let first = self.send(page(first, Expect::Accepted(None))).await?;
        self.send(page(second, Expect::NextPage(first))).await?;
        // Both at once, and the second of them alone: none is passed over.
        if self.meant(whole.clone()).is_ok() {
            let whole = self.send(whole).await?;
            self.send(page(second, Expect::NextPage(whole))).await?;
        }
        let Some(order) = &paging.order else { return Ok(()) };
        let mut case = Case { expect: Expect::Accepted(None), ..base };
        order.ask(&mut case);
        self.send(case).await.map(|_| ())
    }
}

impl<'a> Life<'a> {
    /// Begins the life of what the last exchange of a context made.
    fn new(
        session: &'a Session,
        resource: &'a Resource,
        context: Vec<usize>,
        (filling, seed): (Filling, u64),
    ) -> Life<'a> {
        let made = context.last().copied().unwrap_or_default();
        let (newest, steps, changes) = (made, 0, Vec::new());
        Life { session, resource, context, made, newest, filling, seed, steps, changes }
    }
}

impl Life<'_> {
    /// Reads it, after something was done to another one.
    async fn stays(&mut self, changes: &[usize]) -> Result<(), Halt> {
        let session = self.session;
        let get = self.resource.get.as_deref().and_then(|id| session.operation(id));
        let Some(get) = get.filter(|_| !changes.is_empty()) else { return Ok(()) };
        let Some(case) = self.case(get, Filling::Least).await? else { return Ok(()) };
        let (expect, after) = (Expect::Reads(vec![self.made]), changes.to_vec());
        self.try_send(Case { expect, after, ..case }).await.map(|_| ())
    }

    fn operation(&self, id: Option<&String>) -> Option<&Operation> {
        id.and_then(|id| self.session.operation(id))
    }

    /// Makes a case of an operation on this thing; none where nothing leads from the thing to it.
    async fn case(&mut self, operation: &Operation, filling: Filling) -> Result<Option<Case>, Halt> {
        self.steps += 1;
        let seed = mixed(self.seed, &[self.steps]);
        let making =
            Making { context: &self.context, filling, seed, is_fresh: true, ..Making::new(filling, seed) };
        let mut case = match self.session.make(operation, making).await {
            Ok(case) => case,
            Err(Halt::Stop) => return Err(Halt::Stop),
            Err(Halt::Skip(_)) => return Ok(None),
        };
        self.keep_path(operation, &mut case);
        // Of a thing that its maker names, the path has to be the same one.
        let is_own = case.rests_on().any(|step| self.context.contains(&step))
            || last_name(&self.resource.path).is_none();
        Ok(is_own.then_some(case))
    }

    /// Takes the path from what made the thing, where that stands at the same path or above it.
    fn keep_path(&self, operation: &Operation, case: &mut Case) {
        let Some(made) = self.session.exchange(self.made) else { return };
        let Some(maker) = self.session.operation(&made.case.operation) else { return };
        if !operation.path.starts_with(&maker.path) {
            return;
        }
        for own in case.arguments.iter_mut().filter(|own| own.place == Place::Path && own.from.is_none()) {
            let source = Source::Argument(Place::Path, own.name.clone());
            if let Some((value, from)) = self.session.taken(self.made, &source) {
                (own.value, own.from) = (value, Some(from));
            }
        }
    }

    /// Sends a case of an operation on this thing.
    async fn ask(
        &mut self,
        id: Option<&String>,
        filling: Filling,
        expect: Expect,
    ) -> Result<Option<usize>, Halt> {
        self.ask_as(id, filling, expect, Who::Own).await
    }

    async fn ask_as(
        &mut self,
        id: Option<&String>,
        filling: Filling,
        expect: Expect,
        who: Who,
    ) -> Result<Option<usize>, Halt> {
        let session = self.session;
        let Some(operation) = id.and_then(|id| session.operation(id)) else { return Ok(None) };
        let Some(case) = self.case(operation, filling).await? else { return Ok(None) };
        self.try_send(Case { expect, who, ..case }).await
    }

    fn is_success(&self, step: Option<usize>) -> bool {
        let exchange = step.and_then(|step| self.session.exchange(step));
        exchange.is_some_and(|own| own.is_success() && own.status() != Some(202))
    }

    async fn read(&mut self, steps: Vec<usize>) -> Result<Option<usize>, Halt> {
        let get = self.resource.get.clone();
        let read = self.ask(get.as_ref(), Filling::Least, Expect::Reads(steps)).await?;
        if let (true, Some(read)) = (self.is_success(read), read) {
            self.newest = read;
        }
        Ok(read)
    }

    /// Asks for what the answer says it made.
    async fn follow_location(&mut self) -> Result<(), Halt> {
        let session = self.session;
        let Some(get) = self.operation(self.resource.get.as_ref()).map(|own| own.id.clone()) else {
            return Ok(());
        };
        let by_location = session.links.iter().find(|link| {
            link.to == get
                && matches!(link.source, Source::Path { .. })
                && session.exchange(self.made).is_some_and(|own| own.case.operation == link.from)
        });
        let Some((Target::Argument(place, name), source)) = by_location.map(|own| (&own.target, &own.source))
        else {
            return Ok(());
        };
        let taken = session.taken(self.made, source);
        let Some(operation) = session.operation(&get) else { return Ok(()) };
        let Some(mut case) = self.case(operation, Filling::Least).await? else { return Ok(()) };
        let Some((value, from)) = taken else { return Ok(()) };
        let own = case.arguments.iter_mut().find(|own| own.place == *place && own.name == *name);
        match own {
            // It leads where the id leads, of which it was asked already.
            Some(own) if spec_http::style::scalar(&own.value) == spec_http::style::scalar(&value) => Ok(()),
            Some(own) => {
                (own.value, own.from) = (value, Some(from));
                match session.send(Case { expect: Expect::There(self.made), ..case }).await {
                    Err(Halt::Stop) => Err(Halt::Stop),
                    _ => Ok(()),
                }
            }
            None => Ok(()),
        }
    }

    /// Asks under conditions, where the document says what becomes of that.
    async fn conditions(&mut self) -> Result<(), Halt> {
        let session = self.session;
        let declares = |own: &Operation, code| {
            own.responses.iter().any(|own| own.status == spec_api::Status::Code(code))
        };
        let resource = self.resource.clone();
        if let Some(get) = resource.get.as_deref().and_then(|id| session.operation(id))
            && declares(get, 304)
            && let Some(read) = self.ask(resource.get.as_ref(), Filling::Least, Expect::Declared).await?
            && let Some((etag, from)) = session.taken(read, &Source::Header("etag".to_owned()))
            && let Some(case) = self.case(get, Filling::Least).await?
        {
            let headers = vec![("if-none-match".to_owned(), spec_http::style::scalar(&etag))];
            let headers_from = vec![("if-none-match".to_owned(), from)];
            self.try_send(Case { headers, headers_from, expect: Expect::NotModified(read), ..case }).await?;
        }
        for id in [&resource.patch, &resource.put, &resource.delete] {
            let Some(operation) = id.as_deref().and_then(|id| session.operation(id)) else { continue };
            if declares(operation, 412)
                && let Some(case) = self.case(operation, Filling::Least).await?
            {
                let headers = vec![("if-match".to_owned(), "\"spec-suite-none\"".to_owned())];
                self.try_send(Case { headers, expect: Expect::Precondition, ..case }).await?;
            }
        }
        Ok(())
    }

    /// Sends a case; returns its number, or none where it is not what it is meant to be.
    async fn try_send(&self, case: Case) -> Result<Option<usize>, Halt> {
        match self.session.send(case).await {
            Ok(step) => Ok(Some(step)),
            Err(Halt::Stop) => Err(Halt::Stop),
            Err(Halt::Skip(_)) => Ok(None),
        }
    }

    /// Changes one member, and reads all.
    async fn patch(&mut self) -> Result<(), Halt> {
        let session = self.session;
        let Some(operation) = self.resource.patch.as_deref().and_then(|id| session.operation(id)) else {
            return Ok(());
        };
        let get = self.resource.get.clone();
        for round in 0..2 {
            let before = self.ask(get.as_ref(), Filling::Least, Expect::Declared).await?;
            let Some(mut case) = self.case(operation, Filling::All).await? else { return Ok(()) };
            if let Some(Value::Object(members)) = case.value().cloned() {
                let count = members.len().max(1) as u64;
                let kept = (mixed(self.seed, &[3]).wrapping_add(round) % count) as usize;
                let one = members.into_iter().skip(kept).take(1).collect();
                let mut alone = case.clone();
                alone.set_value(Value::Object(one));
                if let Some(body) = &mut alone.body {
                    body.from.retain(|(pointer, _)| match &body.content {
                        Content::Value(value) => value.pointer(pointer).is_some(),
                        Content::Text(_) => false,
                    });
                }
                if session.meant(alone.clone()).is_ok() {
                    case = alone;
                }
            }
            let patched = self.try_send(Case { expect: Expect::Accepted(None), ..case }).await?;
            if let (true, Some(before), Some(patched)) = (self.is_success(patched), before, patched) {
                self.changes.push(patched);
                if let Some(now) = self.read(vec![before, patched]).await? {
                    self.stale(operation, before, now).await?;
                }
            }
        }
        Ok(())
    }

    /// Changes it under the condition that it is what it was before a change, where that is declared to fail
    /// (RFC 9110, 13.1.1).
    async fn stale(&mut self, operation: &Operation, before: usize, now: usize) -> Result<(), Halt> {
        let tag = |step| self.session.taken(step, &Source::Header("etag".to_owned()));
        let (Some((old, from)), Some((new, _))) = (tag(before), tag(now)) else { return Ok(()) };
        let is_declared = operation.responses.iter().any(|own| own.status == spec_api::Status::Code(412));
        if !is_declared || old == new {
            return Ok(());
        }
        let Some(case) = self.case(operation, Filling::Least).await? else { return Ok(()) };
        let headers = vec![("if-match".to_owned(), spec_http::style::scalar(&old))];
        let (headers_from, after) = (vec![("if-match".to_owned(), from)], vec![now]);
        self.try_send(Case { headers, headers_from, after, expect: Expect::Precondition, ..case })
            .await
            .map(|_| ())
    }

    /// Puts another one in its place, twice, and reads it.
    async fn put(&mut self) -> Result<(), Halt> {
        let put = self.resource.put.clone();
        let first = self.ask(put.as_ref(), Filling::All, Expect::Accepted(None)).await?;
        if let (true, Some(first)) = (self.is_success(first), first) {
            self.changes.push(first);
            self.read(vec![first]).await?;
            let again = self.ask(put.as_ref(), Filling::Least, Expect::Accepted(None)).await?;
            if let (true, Some(again)) = (self.is_success(again), again) {
                self.read(vec![again]).await?;
            }
        }
        Ok(())
    }

    /// Looks for it in the list, or looks that it is there no more.
    async fn list(&mut self, deleted: Option<usize>) -> Result<(), Halt> {
        let Some(source) = self.handle() else { return Ok(()) };
        self.ask_list(Expect::Lists(self.made, source, deleted), Who::Own).await.map(|_| ())
    }

    /// Asks for as much of the list as comes at once.
    async fn ask_list(&mut self, expect: Expect, who: Who) -> Result<Option<usize>, Halt> {
        let session = self.session;
        let Some(operation) = self.resource.list.as_deref().and_then(|id| session.operation(id)) else {
            return Ok(None);
        };
        let making =
            Making { context: &self.context, is_fresh: true, ..Making::new(Filling::Least, self.seed) };
        let mut case = match session.make(operation, making).await {
            Ok(case) => case,
            Err(Halt::Stop) => return Err(Halt::Stop),
            Err(Halt::Skip(_)) => return Ok(None),
        };
        if let Some(limit) = Paging::of(session.api(), operation).and_then(|own| own.limit) {
            let parameter = operation.parameters.iter().find(|own| own.name == limit);
            let most =
                parameter.and_then(|own| session.api().json_schema(own.schema).get("maximum").cloned());
            let mut more = case.clone();
            more.set(Place::Query, &limit, most.unwrap_or_else(|| json!(100)));
            if session.meant(more.clone()).is_ok() {
                case = more;
            }
        }
        if matches!(expect, Expect::Lists(..)) {
            self.filter(operation, &mut case);
        }
        self.try_send(Case { expect, who, ..case }).await
    }

    /// Asks for those that are as this one is, since a service may show only some where nothing is said.
    fn filter(&self, operation: &Operation, case: &mut Case) {
        let changes = self.resource.patch.is_some() || self.resource.put.is_some();
        // Nobody has seen what it is by now.
        if self.resource.get.is_none() && changes {
            return;
        }
        let filters = Paging::of(self.session.api(), operation).map(|own| own.filters).unwrap_or_default();
        let shown = self.session.exchange(self.newest).and_then(|own| own.json());
        for name in filters {
            let value = shown.as_ref().and_then(|own| own.get(&name)).filter(|own| !own.is_null());
            let Some(value) = value else { continue };
            let mut narrow = case.clone();
            narrow.set(Place::Query, &name, value.clone());
            if self.session.meant(narrow.clone()).is_ok() {
                *case = narrow;
            }
        }
    }

    /// Returns where the answer that made it tells its name.
    fn handle(&self) -> Option<Source> {
        let session = self.session;
        let made = session.exchange(self.made)?;
        let users = [&self.resource.get, &self.resource.delete, &self.resource.patch, &self.resource.put];
        let mut links = session
            .links
            .iter()
            .filter(|link| link.from == made.case.operation && users.contains(&&Some(link.to.clone())));
        links
            .find(|link| matches!(link.source, Source::Answer(_)) && made.value(&link.source).is_some())
            .map(|link| link.source.clone())
    }

    /// Has others ask for it.
    async fn strangers(&mut self) -> Result<(), Halt> {
        let session = self.session;
        let mut names: Vec<String> =
            session.settings.identities.iter().map(|(name, _)| name.clone()).collect();
        names.dedup();
        let resource = self.resource.clone();
        let is_protected = |id: &&Option<String>| {
            let operation = id.as_deref().and_then(|id| session.operation(id));
            operation.is_some_and(|own| crate::credentials::is_protected(own, &session.settings))
        };
        for name in names {
            if self.is_listed_for(&name).await? {
                continue;
            }
            let ids = [&resource.get, &resource.patch, &resource.put, &resource.delete];
            for id in ids.into_iter().filter(is_protected) {
                let (expect, who) = (Expect::Hidden(self.made), Who::Other(name.clone()));
                self.ask_as(id.as_ref(), Filling::Least, expect, who).await?;
            }
        }
        Ok(())
    }

    /// Returns whether it is listed for somebody else, so that it is meant for all. If it is, and yet they
    /// do not get it, the list shows too much.
    async fn is_listed_for(&mut self, name: &str) -> Result<bool, Halt> {
        let session = self.session;
        let list = self.resource.list.clone();
        let (Some(source), Some(_)) = (self.handle(), &list) else { return Ok(false) };
        let who = || Who::Other(name.to_owned());
        let Some(listed) = self.ask_list(Expect::Declared, who()).await? else { return Ok(false) };
        let (listed, made) = (session.exchange(listed), session.exchange(self.made));
        let value = made.and_then(|own| own.value(&source));
        let is_listed = value
            .zip(listed.filter(|own| own.is_success()).and_then(|own| own.json()))
            .is_some_and(|(value, list)| crate::check::expected::has(&list, &value));
        if is_listed {
            let get = self.resource.get.clone();
            let got = self.ask_as(get.as_ref(), Filling::Least, Expect::Declared, who()).await?;
            let status = got.and_then(|step| session.exchange(step)).and_then(|own| own.status());
            if matches!(status, Some(401 | 403 | 404)) {
                self.ask_list(Expect::HiddenIn(self.made, source), who()).await?;
            }
        }
        Ok(is_listed)
    }

    /// Takes it away, and asks for it, and for what is below it, once more.
    async fn end(&mut self) -> Result<(), Halt> {
        let resource = self.resource.clone();
        let children = self.children().await?;
        // What still has something below it may be kept.
        let expect = if children.is_empty() { Expect::Accepted(None) } else { Expect::Declared };
        let Some(deleted) = self.ask(resource.delete.as_ref(), Filling::Least, expect).await? else {
            return Ok(());
        };
        if !self.is_success(Some(deleted)) {
            return Ok(());
        }
        self.changes.push(deleted);
        self.ask(resource.get.as_ref(), Filling::Least, Expect::Gone(deleted)).await?;
        for child in children {
            self.ask(Some(&child), Filling::Least, Expect::Gone(deleted)).await?;
        }
        self.ask(resource.patch.as_ref(), Filling::Least, Expect::Gone(deleted)).await?;
        // What is put may be made anew, unless the document says otherwise.
        let has = |own: &Operation, code| {
            own.responses.iter().any(|own| own.status == spec_api::Status::Code(code))
        };
        if self.operation(resource.put.as_ref()).is_some_and(|own| !has(own, 201) && has(own, 404)) {
            self.ask(resource.put.as_ref(), Filling::Least, Expect::Gone(deleted)).await?;
        }
        self.list(Some(deleted)).await?;
        self.ask(resource.delete.as_ref(), Filling::Least, Expect::Declared).await.map(|_| ())
    }

    /// Makes what is below it; returns the operations that must find nothing once it is gone.
    async fn children(&mut self) -> Result<Vec<String>, Halt> {
        let session = self.session;
        // Once without any, for services that keep what has something below it.
        let is_bare = self.filling == Filling::Least;
        if self.resource.delete.is_none() {
            return Ok(Vec::new());
        }
        let mut below = Vec::new();
        for id in &self.resource.children {
            let Some(operation) = session.operation(id) else { continue };
            let asks = matches!(operation.method, Method::Get | Method::Post | Method::Patch);
            if !asks {
                continue;
            }
            below.push(id.clone());
            if !is_bare
                && operation.method == Method::Post
                && let Some(step) = self.ask(Some(id), Filling::All, Expect::Accepted(None)).await?
                && self.is_success(Some(step))
            {
                self.context.push(step);
            }
        }
        Ok(below)
    }
}
