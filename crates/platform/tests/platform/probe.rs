//! A part made for tests: notes about enterprises, a reaction that copies them, a clock that
//! waits for an answer, and an import. What it does can be made to fail from the outside.
use axum::Json;
use events::organisations::PersonRegistered;
use events::platform::AccessRecorded;
use futures_util::future::BoxFuture;
use platform::auth::Org;
use platform::http::Body;
use platform::sheets::{Column, ColumnKind, Row, Sheet};
use platform::{
    Action, App, Clock, ClockRule, Ctx, Error, Event, Grant, Import, ImportMode, Migration, Ms, NewClock, NewEvent,
    Part, Phase, Reaction, Receipt, Result, Role, args, sql,
};
use serde::Deserialize;
use testing::{Engine, TestPlatform};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The clock's rule.
pub const ANSWER: &str = "probe.answer";
/// Milliseconds between the steps of the clock.
pub const STEP: i64 = 60_000;

const ALL: &[Action] = &[Action::View, Action::Register, Action::Import];
const GRANTS: &[Grant] =
    &[Grant { role: Role::SafetyManager, actions: ALL }, Grant { role: Role::Officer, actions: ALL }];
const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_init",
    sql: "create table probe_note (id text primary key, enterprise text not null, n bigint not null);
          create table probe_effect (seq bigint primary key, enterprise text not null, n bigint not null);
          create table probe_step (clock text not null, step bigint not null, at bigint not null, primary key (clock, step));
          create table probe_block (key text primary key)",
    pg: None,
}];
const SHEET: Sheet = Sheet {
    title: "记事",
    columns: &[
        Column::new("name", "名称", ColumnKind::Text(40)).required(),
        Column::new("n", "数量", ColumnKind::Int(0, 100)).required(),
    ],
};
const IMPORTS: &[Import] = &[Import { kind: "notes", action: Action::Import, sheet: &SHEET, row }];
const REACTIONS: &[Reaction] = &[Reaction { name: "probe.copy", kinds: &["person.registered"], run: copy }];
const CLOCKS: &[ClockRule] = &[
    ClockRule { key: ANSWER, title: "答复", basis: "测试", fire },
    ClockRule { key: "probe.broken", title: "坏", basis: "测试", fire: broken },
];

/// The part.
pub static PROBE: Part = {
    let mut part = Part::new("probe", "probe", "试验", Phase::Base);
    part.migrations = MIGRATIONS;
    part.grants = GRANTS;
    part.routes = || OpenApiRouter::new().routes(routes!(note));
    part.reactions = REACTIONS;
    part.clocks = CLOCKS;
    part.imports = IMPORTS;
    part
};

/// Cases of a property: as many as usual, or as `make soak` wants.
pub fn cases(usual: u32) -> u32 {
    std::env::var("ANLAN_PROPERTY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// The databases of this run.
pub fn engines() -> impl Iterator<Item = Engine> {
    [Some(Engine::Sqlite), Engine::postgres()].into_iter().flatten()
}

/// A node with the probe and some organisations.
pub async fn start(engine: Engine) -> TestPlatform {
    let t = TestPlatform::start(engine, vec![&PROBE]).await;
    for id in ["E001", "E002", "E003"] {
        t.org(platform::Subject::Enterprise, id, "990121103").await;
    }
    t
}

#[derive(Deserialize, ToSchema)]
struct Note {
    enterprise: String,
    name: String,
    n: i64,
}

/// 记一条
#[utoipa::path(post, path = "/probe/notes", tag = "probe", request_body = Note, responses((status = 200, body = Receipt)))]
async fn note(ctx: Ctx, Body(form): Body<Note>) -> Result<Json<Receipt>> {
    ctx.allow(&PROBE, Action::Register)?;
    Ok(Json(write(&ctx, &form.enterprise, &form.name, form.n).await?))
}

/// Writes a note with its event.
pub async fn write(ctx: &Ctx, enterprise: &str, name: &str, n: i64) -> Result<Receipt> {
    let org = Org::find(ctx.db(), enterprise).await?.ok_or(Error::NotFound)?;
    let mut tx = ctx.begin().await?;
    let event = person(ctx, &org, name, n)?;
    let fresh = tx
        .run(sql(
            "insert into probe_note (id, enterprise, n) values ($1, $2, $3) on conflict (id) do nothing",
            args![name, enterprise, n],
        ))
        .await?;
    if fresh == 0 {
        return Err(Error::invalid("name", "已经登记"));
    }
    ctx.commit(tx, event, vec![]).await
}

fn person(ctx: &Ctx, org: &Org, name: &str, n: i64) -> Result<NewEvent> {
    let payload = PersonRegistered {
        person: ctx.new_id(),
        org: org.id.as_str().into(),
        name: name.to_owned().into(),
        phone: format!("1390000{n:04}").into(),
        id_number: "11010519491231002X".to_owned().into(),
        posts: vec!["worker".into()],
        specialities: vec![],
    };
    ctx.event(&payload, format!("note/{n}"), &org.placed())
}

/// An event about nothing much, to end a write of the test's own.
pub async fn say(ctx: &Ctx, enterprise: &str, act: &str, statements: Vec<platform::Sql>) -> Receipt {
    let org = Org::find(ctx.db(), enterprise).await.unwrap().unwrap();
    let mut tx = ctx.begin().await.unwrap();
    for statement in statements {
        tx.run(statement).await.unwrap();
    }
    let event = ctx.event(&spoken(act), "probe/x", &org.placed()).unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap()
}

/// The payload of [`say`].
pub fn spoken(act: &str) -> AccessRecorded {
    AccessRecorded { act: act.into(), address: "127.0.0.1".to_owned().into(), reason: None }
}

/// Makes what the probe does for this key fail, until it is unblocked.
pub async fn block(t: &TestPlatform, key: &str) {
    say(&t.ctx(), "E001", "block", vec![sql("insert into probe_block (key) values ($1)", args![key])]).await;
}

/// Ends [`block`].
pub async fn unblock(t: &TestPlatform, key: &str) {
    say(&t.ctx(), "E001", "unblock", vec![sql("delete from probe_block where key = $1", args![key])]).await;
}

fn copy(ctx: Ctx, event: Event) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let enterprise = event.placed.enterprise.clone().unwrap_or_default();
        let blocked = sql("select key from probe_block where key = $1", args![&enterprise]);
        if ctx.db().opt(blocked).await?.is_some() {
            return Err(Error::internal("blocked"));
        }
        let n: i64 = event.subject.trim_start_matches("note/").parse().unwrap();
        let mut tx = ctx.begin().await?;
        let next: i64 =
            tx.one(sql("select coalesce(max(seq), 0) + 1 as next from probe_effect", vec![])).await?.get("next")?;
        // No unique key on the note: only the platform keeps an effect from happening twice.
        tx.run(sql("insert into probe_effect (seq, enterprise, n) values ($1, $2, $3)", args![next, &enterprise, n]))
            .await?;
        let done = ctx.event(&spoken("copied"), format!("effect/{n}"), &event.placed)?;
        ctx.commit(tx, done, vec![]).await?;
        Ok(())
    })
}

/// Effects in the order in which they happened.
pub async fn effects(app: &App) -> Vec<(String, i64)> {
    let rows = app.db().all(sql("select enterprise, n from probe_effect order by seq", vec![])).await.unwrap();
    rows.iter().map(|r| (r.get("enterprise").unwrap(), r.get("n").unwrap())).collect()
}

/// Starts the clock of a subject, first due after one step.
pub async fn start_clock(t: &TestPlatform, rule: &'static str, subject: &str) {
    let ctx = t.ctx();
    let org = Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let mut tx = ctx.begin().await.unwrap();
    let event = ctx.event(&spoken("started"), subject, &org.placed()).unwrap();
    let placed = org.placed();
    let clock = NewClock { rule, subject, placed: &placed, due_at: ctx.now().plus(STEP), data: (), because: event.id };
    tx.start_clock(&ctx, clock).await.unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
}

/// Three steps, one minute apart.
fn fire(ctx: Ctx, clock: Clock) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let mut tx = ctx.begin().await?;
        tx.run(sql(
            "insert into probe_step (clock, step, at) values ($1, $2, $3)",
            args![&clock.subject, clock.step, ctx.now()],
        ))
        .await?;
        let next = (clock.step < 2).then(|| clock.due_at.plus(STEP));
        tx.advance_clock(&clock, next).await?;
        let event = ctx.event(&spoken("escalated"), &clock.subject, &clock.placed)?;
        ctx.commit(tx, event, vec![]).await?;
        Ok(())
    })
}

fn broken(_: Ctx, _: Clock) -> BoxFuture<'static, Result<()>> {
    Box::pin(async { Err(Error::internal("broken on purpose")) })
}

/// Steps taken: subject, step, time since the start of the test.
pub async fn steps(app: &App) -> Vec<(String, i64, i64)> {
    let rows =
        app.db().all(sql("select clock, step, at from probe_step order by at, clock, step", vec![])).await.unwrap();
    let since = |at: Ms| at.0 - testing::START.0;
    rows.iter().map(|r| (r.get("clock").unwrap(), r.get("step").unwrap(), since(r.get("at").unwrap()))).collect()
}

fn row(ctx: Ctx, row: Row, mode: ImportMode) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (name, n) = (row.text("name").unwrap_or_default().to_owned(), row.int("n").unwrap_or_default());
        let known = sql("select id from probe_note where id = $1", args![&name]);
        if ctx.db().opt(known).await?.is_some() {
            return Err(Error::invalid("name", "已经登记"));
        }
        match mode {
            ImportMode::Check => Ok(()),
            ImportMode::Apply { .. } => write(&ctx, &ctx.actor.org.clone(), &name, n).await.map(|_| ()),
        }
    })
}
