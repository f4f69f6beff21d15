//! The tables of this part.
use super::file::{Change, Confirmation, Source, SourceFile, State, level_number};
use super::row::HazardSourceRow;
use platform::auth::Org;
use platform::http::{List, Listing, PageQuery};
use platform::{ActorRef, Columns, Ctx, Error, Placed, Result, Sql, Tx, args, scope, sql};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use utoipa::IntoParams;
use uuid::Uuid;

/// How sources are placed for scope.
pub const SCOPE: Columns = Columns {
    enterprise: "h.enterprise",
    region: "h.region",
    sectors: Some("h.sectors"),
    kind: "hazard_source",
    id: "h.id",
    owner: None,
};

const SELECT: &str = "select h.id, h.enterprise, h.region, h.sectors, h.name, h.state, h.level, h.r, h.tags, h.lon, h.lat, h.filed_no, h.evaluation_due, h.file, h.last_change, h.confirmed, h.return_reason, h.revision, h.updated_at, h.written_by, o.name as enterprise_name from hazard_source h join org o on o.id = h.enterprise where 1 = 1";

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name, enterprise, unit or chemical.
    pub q: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
    /// `一级` to `四级`, or `不构成`.
    pub level: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
    /// `filed`, `confirmed` or `returned`.
    pub state: Option<String>,
}

fn read(row: &platform::db::Row) -> Result<Source> {
    let (enterprise, sectors): (String, String) = (row.get("enterprise")?, row.get("sectors")?);
    let sectors = platform::scope::members(&sectors);
    let state: String = row.get("state")?;
    Ok(Source {
        id: row.get("id")?,
        placed: Placed::enterprise(enterprise, row.get::<String>("region")?, sectors),
        enterprise_name: row.get("enterprise_name")?,
        file: row.json("file")?,
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("state {state} of a hazard source")))?,
        revision: row.get("revision")?,
        last_change: optional(row, "last_change")?,
        confirmed: optional(row, "confirmed")?,
        return_reason: row.get("return_reason")?,
        updated_at: row.get("updated_at")?,
        written_by: row.get("written_by")?,
    })
}

fn optional<T: serde::de::DeserializeOwned>(row: &platform::db::Row, name: &str) -> Result<Option<T>> {
    let text: Option<String> = row.get(name)?;
    text.map(|t| serde_json::from_str(&t).map_err(|e| Error::internal(format!("column {name}: {e}")))).transpose()
}

/// Adds what limits the caller: insurers and service organisations need the field group `summary`.
fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::field_condition(query, &ctx.actor, ctx.now(), SCOPE, "summary");
}

/// Whether the caller may read this field group of a source.
pub async fn opens(ctx: &Ctx, id: Uuid, field: &'static str) -> Result<bool> {
    let mut query = sql("select h.id from hazard_source h where h.id = ", vec![]);
    query.bind(id);
    scope::field_condition(&mut query, &ctx.actor, ctx.now(), SCOPE, field);
    Ok(ctx.db().opt(query).await?.is_some())
}

/// Loads one for writing, through the caller's scope.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Source> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and h.id = ").bind(id);
    limit(&mut query, ctx);
    read(&tx.one(query).await?)
}

/// Loads one for reading.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<Source> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and h.id = ").bind(id);
    limit(&mut query, ctx);
    read(&ctx.db().one(query).await?)
}

/// The source of this name at an enterprise.
pub async fn named(ctx: &Ctx, enterprise: &str, name: &str) -> Result<Option<Source>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and h.enterprise = ").bind(enterprise).push(" and h.name = ").bind(name);
    ctx.db().opt(query).await?.as_ref().map(read).transpose()
}

/// All of an enterprise that the caller may read, most dangerous first.
pub async fn of_enterprise(ctx: &Ctx, enterprise: &str) -> Result<Vec<Source>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and h.enterprise = ").bind(enterprise);
    limit(&mut query, ctx);
    query.push(" order by h.level, h.name limit 200");
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// All of an enterprise, for the platform's own work.
pub async fn all_of(tx: &mut Tx, enterprise: &str) -> Result<Vec<Source>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and h.enterprise = ").bind(enterprise).push(" order by h.id");
    tx.all(query).await?.iter().map(read).collect()
}

/// The list.
pub async fn list(ctx: &Ctx, page: &PageQuery, filter: &Filter) -> Result<List<HazardSourceRow>> {
    let level = filter.level.as_deref().filter(|l| !l.is_empty()).map(parse_level).transpose()?;
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(parse_region).transpose()?;
    let state = filter.state.as_deref().filter(|s| !s.is_empty());
    if state.is_some_and(|s| State::parse(s).is_none()) {
        return Err(Error::invalid("state", "状态只能是 filed（待确认）、confirmed（已确认）或 returned（已退回）"));
    }
    let listing = Listing {
        select: SELECT,
        count: "from hazard_source h join org o on o.id = h.enterprise where 1 = 1",
        sorts: &[("level", "h.level"), ("r", "h.r"), ("name", "h.name"), ("updated_at", "h.updated_at")],
        tie: "h.id",
        descending: false,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and h.level = ", level).filter(" and h.state = ", state);
        query.filter(" and h.enterprise = ", filter.enterprise.as_deref().filter(|e| !e.is_empty()));
        if let Some((from, below)) = &region {
            query.push(" and h.region >= ").bind(from).push(" and h.region < ").bind(below);
        }
        contains(query, filter.q.as_deref());
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |row| read(row).map(|s| HazardSourceRow::of(&s))).await
}

/// Words are looked for in name, enterprise, units and chemicals; `%` and `_` mean themselves.
fn contains(query: &mut Sql, words: Option<&str>) {
    for word in words.unwrap_or_default().split_whitespace().take(5) {
        let word = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        query.push(" and (h.search like ").bind(format!("%{word}%")).push(" escape '!' or lower(o.name) like ");
        query.bind(format!("%{word}%")).push(" escape '!')");
    }
}

fn parse_level(text: &str) -> Result<i64> {
    match text {
        "一级" => Ok(1),
        "二级" => Ok(2),
        "三级" => Ok(3),
        "四级" => Ok(4),
        "不构成" => Ok(5),
        _ => Err(Error::invalid("level", "级别只能是 一级、二级、三级、四级 或 不构成（GB 18218-2018 表6）")),
    }
}

/// The text range of a region and all below it.
pub fn parse_region(text: &str) -> Result<(String, String)> {
    let region = Region::parse(text).map_err(|message| Error::invalid("region", message))?;
    Ok(scope::prefix_range(&region))
}

/// Hits of a search.
pub async fn search(ctx: &Ctx, words: &str, most: i64) -> Result<Vec<Source>> {
    let mut query = sql(SELECT, vec![]);
    contains(&mut query, Some(words));
    limit(&mut query, ctx);
    query.push(" order by h.level, h.name limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// What a map or a count needs of a source.
pub struct Mark {
    /// Id.
    pub id: Uuid,
    /// Enterprise.
    pub enterprise: String,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// 1 to 4; 5 for what is no major hazard.
    pub level: i64,
    /// Where the file stands.
    pub state: String,
    /// Position.
    pub at: Option<(f64, f64)>,
    /// Day the next evaluation is due.
    pub evaluation_due: Option<String>,
}

/// All the caller may read, inside a region where one is given, most dangerous first.
pub async fn marks(ctx: &Ctx, region: Option<&(String, String)>) -> Result<Vec<Mark>> {
    let mut query = sql(
        "select h.id, h.enterprise, h.name, h.region, h.level, h.state, h.lon, h.lat, h.evaluation_due from hazard_source h where 1 = 1",
        vec![],
    );
    if let Some((from, below)) = region {
        query.push(" and h.region >= ").bind(from).push(" and h.region < ").bind(below);
    }
    limit(&mut query, ctx);
    query.push(" order by h.level, h.name, h.id");
    let rows = ctx.db().all(query).await?;
    let mark = |row: &platform::db::Row| {
        Ok(Mark {
            id: row.get("id")?,
            enterprise: row.get("enterprise")?,
            name: row.get("name")?,
            region: row.get("region")?,
            level: row.get("level")?,
            state: row.get("state")?,
            at: row.get::<Option<f64>>("lon")?.zip(row.get::<Option<f64>>("lat")?),
            evaluation_due: row.get("evaluation_due")?,
        })
    };
    rows.iter().map(mark).collect()
}

/// The highest level each of these enterprises has a source of.
pub async fn highest(ctx: &Ctx, enterprises: &[String]) -> Result<Vec<(String, i64)>> {
    let mut query = sql("select h.enterprise, min(h.level) as level from hazard_source h where 1 = 1", vec![]);
    query.in_list(" and h.enterprise", enterprises.iter());
    limit(&mut query, ctx);
    query.push(" group by h.enterprise");
    ctx.db().all(query).await?.iter().map(|row| Ok((row.get("enterprise")?, row.get("level")?))).collect()
}

/// The person who acts, where one does.
pub fn person(ctx: &Ctx) -> Option<Uuid> {
    if let ActorRef::Person { person, .. } = ctx.actor.me { Some(person) } else { None }
}

/// Writes a new source.
pub async fn insert(tx: &mut Tx, ctx: &Ctx, id: Uuid, placed: &Placed, file: &SourceFile) -> Result<()> {
    let enterprise = placed.enterprise.as_deref().unwrap_or_default();
    let fresh = tx
        .run(sql(
            "insert into hazard_source (id, enterprise, region, sectors, name, state, level, r, tags, lon, lat, filed_no, evaluation_due, search, file, revision, created_at, updated_at, written_by)
             values ($1, $2, $3, $4, $5, 'filed', $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $15, $16) on conflict do nothing",
            args![
                id, enterprise, &placed.region, scope::sector_list(&placed.sectors), &file.name, level_number(file.level),
                number(file), file.tags().count(), file.lon, file.lat, file.filed_no.clone(), due(file), words(file), json(file)?, ctx.now(), person(ctx),
            ],
        ))
        .await?;
    if fresh == 0 {
        return Err(Error::invalid("name", "本企业已有同名的危险源，请换一个名称，或修改原有档案"));
    }
    claim_tags(tx, id, enterprise, file).await
}

/// Writes a changed file over the revision it was decided on.
pub async fn update(tx: &mut Tx, ctx: &Ctx, old: &Source, file: &SourceFile, change: &Change) -> Result<()> {
    if file.name != old.file.name {
        let same = sql(
            "select id from hazard_source where enterprise = $1 and name = $2",
            args![old.enterprise(), &file.name],
        );
        if tx.opt(same).await?.is_some() {
            return Err(Error::invalid("name", "本企业已有同名的危险源，请换一个名称"));
        }
    }
    let touched = tx
        .run(sql(
            "update hazard_source set region = $1, name = $2, state = 'filed', level = $3, r = $4, tags = $5, lon = $6, lat = $7, filed_no = $8, evaluation_due = $9, search = $10, file = $11, last_change = $12, return_reason = null, revision = revision + 1, updated_at = $13, written_by = $14 where id = $15 and revision = $16",
            args![
                &file.region, &file.name, level_number(file.level), number(file), file.tags().count(), file.lon, file.lat, file.filed_no.clone(),
                due(file), words(file), json(file)?, json(change)?, ctx.now(), person(ctx), old.id, old.revision,
            ],
        ))
        .await?;
    if touched == 0 {
        return Err(Error::Conflict("这份档案刚被他人修改，请刷新后再改".to_owned()));
    }
    tx.run(sql("delete from hazard_source_tag where source = $1", args![old.id])).await?;
    claim_tags(tx, old.id, old.enterprise(), file).await
}

/// Writes down what the county decided.
pub async fn decide(tx: &mut Tx, ctx: &Ctx, source: &Source, reason: Option<&str>) -> Result<()> {
    let (state, confirmed) = if reason.is_some() {
        (State::Returned, source.confirmed.clone())
    } else {
        let now = Confirmation { at: ctx.now(), revision: source.revision, level: source.file.level, r: source.file.r };
        (State::Confirmed, Some(now))
    };
    let confirmed = confirmed.as_ref().map(json).transpose()?;
    let touched = tx
        .run(sql(
            "update hazard_source set state = $1, confirmed = $2, return_reason = $3, updated_at = $4 where id = $5 and revision = $6",
            args![state.code(), confirmed, reason, ctx.now(), source.id, source.revision],
        ))
        .await?;
    if touched == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("这份档案刚被修改，请刷新后再审核".to_owned()))
    }
}

/// Hands a source over to another enterprise record of the same firm.
pub async fn hand_over(tx: &mut Tx, ctx: &Ctx, source: &Source, to: &Org) -> Result<()> {
    let same =
        sql("select id from hazard_source where enterprise = $1 and name = $2", args![&to.id, &source.file.name]);
    let mut file = source.file.clone();
    if tx.opt(same).await?.is_some() {
        file.name = format!("{}（原 {}）", file.name, source.enterprise());
    }
    tx.run(sql(
        "update hazard_source set enterprise = $1, name = $2, file = $3, sectors = $4, updated_at = $5 where id = $6",
        args![&to.id, &file.name, json(&file)?, scope::sector_list(&to.sectors), ctx.now(), source.id],
    ))
    .await?;
    tx.run(sql("delete from hazard_source_tag where source = $1", args![source.id])).await?;
    for tag in file.tags() {
        // A tag both records had keeps the place it has at the record that stays.
        claim(tx, source.id, &to.id, tag).await?;
    }
    Ok(())
}

/// A measuring point belongs to one source of its enterprise.
async fn claim_tags(tx: &mut Tx, id: Uuid, enterprise: &str, file: &SourceFile) -> Result<()> {
    for (i, unit) in file.units.iter().enumerate() {
        for tag in unit.all_tags() {
            if !claim(tx, id, enterprise, tag).await? {
                let message = format!("点位 {tag} 已归入本企业的另一个危险源，请先从那份档案中移出");
                return Err(Error::invalid(format!("units[{i}].tags"), message));
            }
        }
    }
    for tag in &file.other_tags {
        claim(tx, id, enterprise, tag).await?;
    }
    Ok(())
}

async fn claim(tx: &mut Tx, id: Uuid, enterprise: &str, tag: &str) -> Result<bool> {
    let claim = sql(
        "insert into hazard_source_tag (enterprise, tag, source) values ($1, $2, $3) on conflict do nothing",
        args![enterprise, tag, id],
    );
    Ok(tx.run(claim).await? == 1)
}

/// Lets a tag registered for a source join its file; false where it stands in a file already.
pub async fn join(tx: &mut Tx, ctx: &Ctx, source: &Source, tag: &str) -> Result<bool> {
    if !claim(tx, source.id, source.enterprise(), tag).await? {
        return Ok(false);
    }
    let mut file = source.file.clone();
    file.other_tags.push(tag.to_owned());
    let touched = tx
        .run(sql(
            "update hazard_source set file = $1, tags = $2, revision = revision + 1, updated_at = $3 where id = $4 and revision = $5",
            args![json(&file)?, file.tags().count(), ctx.now(), source.id, source.revision],
        ))
        .await?;
    if touched == 1 { Ok(true) } else { Err(Error::Conflict("这份档案刚被他人修改".to_owned())) }
}

/// The sources that measuring points belong to.
pub async fn sources_of_tags(ctx: &Ctx, tags: impl ExactSizeIterator<Item = &String>) -> Result<Vec<(Uuid, String)>> {
    if tags.len() == 0 {
        return Ok(vec![]);
    }
    let mut query = sql(
        "select p.source, p.tag from hazard_source_tag p join hazard_source h on h.id = p.source where 1 = 1",
        vec![],
    );
    query.in_list(" and p.tag", tags);
    limit(&mut query, ctx);
    ctx.db().all(query).await?.iter().map(|row| Ok((row.get("source")?, row.get("tag")?))).collect()
}

/// An enterprise by its credit code, as the directory knows it.
pub async fn by_uscc(ctx: &Ctx, uscc: &str) -> Result<Option<Org>> {
    let row = ctx.db().opt(sql("select * from org where uscc = $1 and subject = 'enterprise'", args![uscc])).await?;
    row.as_ref().map(Org::read).transpose()
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// R as a number to sort by; the file keeps it exactly.
fn number(file: &SourceFile) -> f64 {
    file.r.and_then(|r| r.to_string().parse().ok()).unwrap_or(0.0)
}

fn due(file: &SourceFile) -> Option<String> {
    file.evaluation_due.map(|d| d.to_string())
}

fn words(file: &SourceFile) -> String {
    let units = file
        .units
        .iter()
        .flat_map(|u| std::iter::once(u.name.as_str()).chain(u.chemicals.iter().map(|c| c.given.name.as_str())));
    let mut all: Vec<&str> = std::iter::once(file.name.as_str()).chain(units).collect();
    all.extend(file.filed_no.as_deref());
    all.join(" ").to_lowercase()
}
