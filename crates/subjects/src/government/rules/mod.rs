//! The rule office: every rule table with its source and confidence; a new edition or regional
//! variant is tried out on the stored cases and then published as an event. Nothing published is
//! ever rewritten, so a result keeps the edition it was computed with.
pub(super) mod api;
mod store;
#[cfg(test)]
mod tests;

use crate::government::PART;
use events::platform::RuleEditionPublished;
use platform::auth::Org;
use platform::{Action, App, Ctx, Error, Result, files, rules};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use standards::calc::{self, Difference, Trial};
use standards::tables::{Confidence, TableInfo, Tables};
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

/// Largest edition that is taken.
const MAX_EDITION: usize = 512 * 1024;
/// How often a node of several looks whether another one has published.
const LOOK: Duration = Duration::from_secs(5);

/// Loads what has been published, before the first request.
pub(super) async fn start(app: App) -> Result<()> {
    app.put_rules(store::all(app.db()).await?);
    if app.db().postgres_url().is_some() {
        let node = app.clone();
        app.spawn(async move { follow(&node).await });
    }
    Ok(())
}

/// Several nodes may work over one database: each takes over what another has published.
async fn follow(app: &App) {
    let mut known = None;
    loop {
        tokio::time::sleep(LOOK).await;
        match store::count(app.db()).await {
            Ok(count) if known != Some(count) => match store::all(app.db()).await {
                Ok(all) => {
                    app.put_rules(all);
                    known = Some(count);
                }
                Err(error) => tracing::error!(%error, "published rules cannot be loaded: {error}"),
            },
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "published rules cannot be counted: {error}"),
        }
    }
}

/// An edition that fits its table.
pub(super) struct Edition {
    /// Its number among the published ones.
    no: i64,
    info: TableInfo,
    json: String,
    tables: Tables,
}

/// An edition to try out or to publish.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditionForm {
    /// 版本：standard、clause、edition、valid_from、valid_to、region、source、confidence、rows
    #[schema(value_type = Object)]
    edition: Value,
    /// 试算编号：发布时填写试算返回的编号
    trial: Option<String>,
    /// 有算例由有结果变为无结果时，确认仍要发布
    #[serde(default)]
    accept_refused: bool,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Published {
    rule_set: String,
    digest: String,
    /// Stored cases with another answer.
    changed: i64,
    /// Stored cases without an answer from now on.
    refused: i64,
    event: Uuid,
}

/// What a trial found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialReport {
    /// Send it with the publication: what is published is what was tried out.
    trial: String,
    /// Rule set the publication makes.
    rule_set: String,
    /// Calls made on the stored cases.
    calls: usize,
    /// Cases with another figure or word in the answer.
    answer: usize,
    /// Cases that no longer have an answer.
    refused: usize,
    /// Cases that have one only now.
    answered: usize,
    /// Cases with the same answer under the new edition.
    reference: usize,
    /// The first of them, the gravest first.
    #[schema(value_type = Vec<Object>)]
    changed: Vec<calc::Changed>,
    /// What a person should know before publishing.
    notes: Vec<String>,
}

pub(super) const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::FullText => "full_text",
        Confidence::PublicPage => "public_page",
        Confidence::Unconfirmed => "unconfirmed",
    }
}

/// Checks an edition against its table, on top of everything in force.
async fn read(ctx: &Ctx, table: &str, form: &EditionForm) -> Result<Edition> {
    if Tables::TITLES.iter().all(|(name, _)| *name != table) {
        return Err(Error::NotFound);
    }
    let no = store::count(ctx.db()).await? + 1;
    let json = form.edition.to_string();
    if json.len() > MAX_EDITION {
        return Err(Error::TooLarge("一个版本不能超过 512 KB".to_owned()));
    }
    let version = rules::version(usize::try_from(no).unwrap_or_default());
    let tables = ctx.app.rules().with_edition(&version, table, &json).map_err(refusal)?;
    let info = tables.list().into_iter().rfind(|info| info.table == table).ok_or(Error::NotFound)?;
    let blank = [
        ("standard", &info.rule.standard),
        ("clause", &info.rule.clause),
        ("edition", &info.rule.edition),
        ("source", &info.source),
    ];
    if let Some((field, _)) = blank.iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(Error::invalid(*field, "必填：标准、条款、版本名称和来源都要写明，结果才能注明依据"));
    }
    if info.rows == 0 {
        return Err(Error::invalid("rows", "至少要有一行数值；停用某一版本请填写它的失效日期并发布新版本"));
    }
    let mine = ctx.actor.region;
    if info.rule.region.is_some_and(|r| mine.is_some_and(|m| !m.contains(&r) && !r.contains(&m))) {
        return Err(Error::invalid("region", "只能发布全国的、上级的或本辖区的版本：请核对行政区划代码"));
    }
    Ok(Edition { no, info, json, tables })
}

fn refusal(problem: standards::problem::Problem) -> Error {
    Error::Invalid(problem.errors.into_iter().map(|e| platform::FieldError::new(e.field, e.message)).collect())
}

/// Runs the stored cases; thousands of calls, so not on a thread that serves requests.
async fn run(ctx: &Ctx, edition: &Edition) -> Result<Trial> {
    let (old, new) = (ctx.app.rules(), edition.tables.clone());
    let (from, region) = (edition.info.rule.valid_from, edition.info.rule.region);
    let work = move || calc::trial(&old, &new, from, region.as_ref().map(standards::codes::Region::as_str));
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// Names the edition and what it stands on; another publication in between makes another one.
fn trial_id(edition: &Edition) -> String {
    let text = format!("{}\n{}\n{}", edition.tables.version, edition.info.table, edition.json);
    files::digest(text.as_bytes())
}

fn notes(ctx: &Ctx, edition: &Edition, trial: &Trial) -> Vec<String> {
    let rule = &edition.info.rule;
    let today = standards::date::Date::beijing(ctx.now().0);
    let mut notes = vec![];
    if rule.confidence == Confidence::Unconfirmed {
        notes.push("标为“未经核实”：不会取代已核实的版本，结果里会注明".to_owned());
    }
    if today.is_some_and(|today| rule.valid_from < today) {
        notes.push("生效日期早于今天：此前的结果保留原版本，不重算".to_owned());
    }
    if trial.changed.is_empty() {
        notes.push("没有算例因此改变：请确认表和地区选对了".to_owned());
    }
    if trial.count(Difference::Refused) > 0 {
        notes.push("有算例变为没有结果：多半是缺了行；确属废止的，发布时勾选确认".to_owned());
    }
    notes
}

/// Tries an edition out; nothing is kept.
pub(crate) async fn try_out(ctx: &Ctx, table: &str, form: &EditionForm) -> Result<TrialReport> {
    const SHOWN: usize = 200;
    ctx.allow(&PART, Action::Publish)?;
    let edition = read(ctx, table, form).await?;
    let trial = run(ctx, &edition).await?;
    Ok(TrialReport {
        trial: trial_id(&edition),
        rule_set: edition.tables.version.clone(),
        calls: trial.calls,
        answer: trial.count(Difference::Answer),
        refused: trial.count(Difference::Refused),
        answered: trial.count(Difference::Answered),
        reference: trial.count(Difference::Reference),
        notes: notes(ctx, &edition, &trial),
        changed: trial.changed.into_iter().take(SHOWN).collect(),
    })
}

/// Publishes an edition that was tried out; it is in force from its first day.
pub(crate) async fn publish(ctx: &Ctx, table: &str, form: &EditionForm) -> Result<Published> {
    ctx.allow(&PART, Action::Publish)?;
    ctx.require_confirmed()?;
    let edition = read(ctx, table, form).await?;
    if form.trial.as_deref() != Some(&trial_id(&edition)) {
        return Err(Error::invalid("trial", "内容与试算时不同，或其间发布了别的版本：请重新试算后再发布"));
    }
    let trial = run(ctx, &edition).await?;
    let refused = trial.count(Difference::Refused);
    if refused > 0 && !form.accept_refused {
        return Err(Error::invalid(
            "accept_refused",
            format!("有 {refused} 个算例变为没有结果：请补齐行，或勾选“确认废止”后再发布"),
        ));
    }
    let org = Org::find(ctx.db(), &ctx.actor.org).await?.ok_or(Error::NotFound)?;
    let payload = payload(&edition, &trial);
    let event = ctx
        .event(&payload, format!("rule-table/{table}"), &org.placed())?
        .law(format!("{} {}", edition.info.rule.standard, edition.info.rule.clause));
    let published = Published {
        rule_set: edition.tables.version.clone(),
        digest: payload.digest.to_string(),
        changed: i64::from(payload.changed),
        refused: i64::try_from(refused).unwrap_or(i64::MAX),
        event: event.id,
    };
    let mut tx = ctx.begin().await?;
    store::insert(&mut tx, ctx, &edition, &published).await?;
    ctx.commit(tx, event, vec![]).await?;
    ctx.app.put_rules(store::all(ctx.db()).await?);
    Ok(published)
}

fn payload(edition: &Edition, trial: &Trial) -> RuleEditionPublished {
    let rule = &edition.info.rule;
    RuleEditionPublished {
        rule_set: edition.tables.version.as_str().into(),
        table: edition.info.table.as_str().into(),
        standard: rule.standard.as_str().into(),
        edition: rule.edition.as_str().into(),
        valid_from: rule.valid_from.to_string().into(),
        valid_to: rule.valid_to.map(|day| day.to_string().into()),
        region: rule.region.map(|region| region.to_string().into()),
        confidence: confidence(rule.confidence).into(),
        digest: files::digest(edition.json.as_bytes()).into(),
        changed: u32::try_from(trial.changed.len() - trial.count(Difference::Reference)).unwrap_or(u32::MAX),
        source: edition.info.source.as_str().into(),
    }
}
