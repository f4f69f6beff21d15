//! HTTP of the rule office. Tables and editions are public figures of standards and laws; trying out
//! and publishing are not for everybody.
use super::{EditionForm, Published, TrialReport, publish, store, try_out};
use crate::government::PART;
use axum::Json;
use platform::http::{Anyone, Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Error, Ms, Result, sheets};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use standards::tables::Tables;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One edition of a rule table, without its rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditionInfo {
    standard: String,
    clause: String,
    edition: String,
    valid_from: String,
    valid_to: Option<String>,
    region: Option<String>,
    source: String,
    /// `full_text`, `public_page` or `unconfirmed`.
    confidence: String,
    rows: usize,
}

/// A rule table and its editions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleTable {
    table: String,
    title: String,
    editions: Vec<EditionInfo>,
}

/// All rule tables of this node.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleTables {
    rule_set: String,
    items: Vec<RuleTable>,
}

/// A rule table with the rows of every edition.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleTableRows {
    table: String,
    title: String,
    rule_set: String,
    /// Each with `standard`, `clause`, `edition`, `valid_from`, `valid_to`, `region`, `source`, `confidence` and `rows`.
    #[schema(value_type = Vec<Object>)]
    editions: Value,
}

fn editions(tables: &Tables, table: &str) -> Vec<EditionInfo> {
    let own = tables.list().into_iter().filter(|info| info.table == table);
    own.map(|info| EditionInfo {
        standard: info.rule.standard,
        clause: info.rule.clause,
        edition: info.rule.edition,
        valid_from: info.rule.valid_from.to_string(),
        valid_to: info.rule.valid_to.map(|day| day.to_string()),
        region: info.rule.region.map(|region| region.to_string()),
        source: info.source,
        confidence: super::confidence(info.rule.confidence).to_owned(),
        rows: info.rows,
    })
    .collect()
}

/// 规则表：全部版本、来源与核实程度
#[utoipa::path(get, path = "/rule-tables", tag = "calc", responses((status = 200, body = RuleTables)))]
pub(crate) async fn tables(Anyone(ctx): Anyone) -> Result<Json<RuleTables>> {
    let rules = ctx.app.rules();
    let items = Tables::TITLES.iter().map(|(table, title)| RuleTable {
        table: (*table).to_owned(),
        title: (*title).to_owned(),
        editions: editions(&rules, table),
    });
    Ok(Json(RuleTables { rule_set: rules.version.clone(), items: items.collect() }))
}

/// 规则表的各行数值
#[utoipa::path(get, path = "/rule-tables/{table}", tag = "calc", params(("table" = String, Path)), responses((status = 200, body = RuleTableRows)))]
pub(crate) async fn table(Anyone(ctx): Anyone, PathId(table): PathId<String>) -> Result<Json<RuleTableRows>> {
    let rules = ctx.app.rules();
    let (name, title) = Tables::TITLES.iter().find(|(name, _)| *name == table).ok_or(Error::NotFound)?;
    let rows = rules.export(name).ok_or(Error::NotFound)?;
    Ok(Json(RuleTableRows {
        table: (*name).to_owned(),
        title: (*title).to_owned(),
        rule_set: rules.version.clone(),
        editions: serde_json::from_str(&rows).map_err(Error::internal)?,
    }))
}

/// 试算新版本：在已存算例上比较，不保存
#[utoipa::path(post, path = "/rule-tables/{table}/trial", tag = "calc", params(("table" = String, Path)), request_body = EditionForm, responses((status = 200, body = TrialReport)))]
pub(crate) async fn trial(
    ctx: Ctx,
    PathId(table): PathId<String>,
    Body(form): Body<EditionForm>,
) -> Result<Json<TrialReport>> {
    Ok(Json(try_out(&ctx, &table, &form).await?))
}

/// 发布新版本（须先试算并由本人确认）
#[utoipa::path(post, path = "/rule-tables/{table}/editions", tag = "calc", params(("table" = String, Path)), request_body = EditionForm, responses((status = 200, body = Published)))]
pub(crate) async fn add(
    ctx: Ctx,
    PathId(table): PathId<String>,
    Body(form): Body<EditionForm>,
) -> Result<Json<Published>> {
    Ok(Json(publish(&ctx, &table, &form).await?))
}

/// An edition that was published here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublishedRow {
    no: i64,
    rule_set: String,
    table: String,
    title: String,
    standard: String,
    clause: String,
    edition: String,
    valid_from: String,
    valid_to: Option<String>,
    region: Option<String>,
    confidence: String,
    digest: String,
    /// Stored cases with another answer when it was published.
    changed: i64,
    refused: i64,
    event: Uuid,
    org_name: Option<String>,
    published_at: Ms,
}

impl Table for PublishedRow {
    const TITLE: &'static str = "规则版本发布记录";
    const COLUMNS: &'static [&'static str] = &[
        "规则集",
        "规则表",
        "标准",
        "条款",
        "版本",
        "施行日期",
        "地区",
        "核实程度",
        "改变算例",
        "发布机构",
        "发布时间",
        "摘要",
    ];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let text = |t: &str| Some(sheets::Value::from(t));
        vec![
            text(&self.rule_set),
            text(&self.title),
            text(&self.standard),
            text(&self.clause),
            text(&self.edition),
            text(&self.valid_from),
            self.region.as_deref().and_then(text),
            text(&self.confidence),
            Some(self.changed.into()),
            self.org_name.as_deref().and_then(text),
            text(&self.published_at.beijing()),
            text(&self.digest),
        ]
    }
}

/// What the list may be narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// 规则表
    table: Option<String>,
}

/// 本节点发布过的规则版本
#[utoipa::path(get, path = "/rule-editions", tag = "calc", params(PageQuery, Filter), responses((status = 200, body = List<PublishedRow>)))]
pub(crate) async fn published(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<Filter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let table = filter.table.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let rows = store::LISTING
        .run(
            &ctx,
            &page,
            |query| {
                query.filter(" and e.rule_table = ", table);
            },
            |row| {
                let table: String = row.get("rule_table")?;
                let title = Tables::TITLES.iter().find(|(name, _)| *name == table).map_or("", |(_, title)| *title);
                Ok(PublishedRow {
                    no: row.get("no")?,
                    rule_set: row.get("rule_set")?,
                    title: title.to_owned(),
                    table,
                    standard: row.get("standard")?,
                    clause: row.get("clause")?,
                    edition: row.get("edition")?,
                    valid_from: row.get("valid_from")?,
                    valid_to: row.get("valid_to")?,
                    region: row.get("region")?,
                    confidence: row.get("confidence")?,
                    digest: row.get("digest")?,
                    changed: row.get("changed")?,
                    refused: row.get("refused")?,
                    event: row.get("event")?,
                    org_name: row.get("org_name")?,
                    published_at: row.get("published_at")?,
                })
            },
        )
        .await?;
    Exported::new(&ctx, &page, rows)
}
