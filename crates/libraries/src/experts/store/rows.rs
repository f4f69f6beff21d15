//! Experts, certificates, conflicts and instruments: lists and writes.
use super::super::decide::Filled;
use super::super::taxonomy::{self, Taxonomy, name_of};
use super::super::view::{Certificate, Conflict, ExpertRow, Instrument, OrgRow};
use platform::auth::Org;
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::scope::{members, sector_list};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Filters of the library.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name or title.
    pub q: Option<String>,
    /// Skill, by code or name.
    pub skill: Option<String>,
    /// Organisation.
    pub org: Option<String>,
}

/// Filters of the instruments.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InstrumentFilter {
    /// Organisation.
    pub org: Option<String>,
}

const EXPERTS: &str = "select x.*, o.name as org_name,
    (select count(*) from expert_visit_person m join expert_visit s on s.id = m.visit where m.person = x.id and s.state in ('left', 'confirmed')) as done,
    (select count(*) from expert_visit_person m join expert_visit s on s.id = m.visit where m.person = x.id and s.state in ('assigned', 'entered')) as open,
    (select min(c.valid_to) from expert_certificate c where c.person = x.id) as lapses
    from expert x left join org o on o.id = x.org where 1 = 1";

fn words(query: &mut Sql, column: &'static str, words: Option<&str>) {
    for word in words.unwrap_or_default().split_whitespace().take(5) {
        let word = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        query.push(" and ").push(column).push(" like ").bind(format!("%{word}%")).push(" escape '!'");
    }
}

fn expert(row: &Row, taxonomy: &Taxonomy, now: Ms) -> Result<ExpertRow> {
    let codes = members(&row.get::<String>("skills")?);
    let (until, lapses): (Option<i64>, Option<i64>) = (row.get("until_at")?, row.get("lapses")?);
    Ok(ExpertRow {
        id: row.get("id")?,
        org: row.get("org")?,
        org_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
        name: row.get("name")?,
        title: row.get("title")?,
        skill_names: codes.iter().map(|c| taxonomy.skill_name(c).to_owned()).collect(),
        skills: codes,
        regions: members(&row.get::<String>("regions")?),
        until: until.map(Ms),
        next_expiry: lapses.into_iter().chain(until).min().map(Ms),
        lapsed: lapses.into_iter().chain(until).any(|end| end < now.0),
        done: row.get("done")?,
        open: row.get("open")?,
        revision: row.get("revision")?,
        registered_at: row.get("registered_at")?,
    })
}

/// The library: a directory that everybody who may open it sees whole, as the directory of organisations is.
pub async fn experts(ctx: &Ctx, page: &PageQuery, filter: &Filter) -> Result<List<ExpertRow>> {
    let (taxonomy, now) = (taxonomy::at(ctx.now())?, ctx.now());
    let skill = filter.skill.as_deref().filter(|s| !s.is_empty()).map(|s| {
        let found = taxonomy.skill(s).map(|s| s.code.clone());
        found.ok_or_else(|| Error::invalid("skill", format!("“{s}”不在专业分类（{}）中", taxonomy.edition)))
    });
    let skill = skill.transpose()?;
    let listing = Listing {
        select: EXPERTS,
        count: "from expert x where 1 = 1",
        sorts: &[("name", "x.name"), ("registered_at", "x.registered_at"), ("org", "x.org")],
        tie: "x.id",
        descending: false,
    };
    let conditions = |query: &mut Sql| {
        words(query, "x.search", filter.q.as_deref());
        query.filter(" and x.org = ", filter.org.as_deref().filter(|o| !o.is_empty()));
        query.filter(" and x.skills like ", skill.as_ref().map(|s| format!("%,{s},%")));
    };
    listing.run(ctx, page, conditions, |row| expert(row, taxonomy, now)).await
}

/// One expert with where the record stands.
pub async fn find(ctx: &Ctx, id: Uuid) -> Result<(ExpertRow, Placed)> {
    let mut query = sql(EXPERTS, vec![]);
    query.push(" and x.id = ").bind(id);
    let row = ctx.db().one(query).await?;
    Ok((expert(&row, taxonomy::at(ctx.now())?, ctx.now())?, placed(&row)?))
}

fn placed(row: &Row) -> Result<Placed> {
    Ok(Placed {
        owner: row.get("org")?,
        enterprise: None,
        region: row.get("region")?,
        sectors: members(&row.get::<String>("sectors")?),
    })
}

/// Enters an expert.
pub async fn insert(tx: &mut Tx, org: &Org, id: Uuid, name: &str, filled: &Filled) -> Result<()> {
    let now = tx.now();
    let fresh = tx
        .run(sql(
            "insert into expert (id, org, region, sectors, name, title, skills, regions, until_at, search, revision, registered_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11) on conflict (id) do nothing",
            args![
                id, &org.id, &org.region, sector_list(&org.sectors), name, filled.title.clone(), sector_list(&filled.skills),
                sector_list(&filled.regions), filled.until, search(name, filled), now,
            ],
        ))
        .await?;
    if fresh == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("这个人已在专家库中，请在原记录上修改".to_owned()))
    }
}

fn search(name: &str, filled: &Filled) -> String {
    format!("{name} {}", filled.title.as_deref().unwrap_or_default()).to_lowercase()
}

/// Changes an expert at the revision it was read at.
pub async fn update(tx: &mut Tx, old: &ExpertRow, filled: &Filled) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update expert set title = $1, skills = $2, regions = $3, until_at = $4, search = $5, revision = revision + 1, updated_at = $6 where id = $7 and revision = $8",
            args![
                filled.title.clone(), sector_list(&filled.skills), sector_list(&filled.regions), filled.until,
                search(&old.name, filled), now, old.id, old.revision,
            ],
        ))
        .await?;
    if touched == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("这份档案刚被他人修改，请刷新后再改".to_owned()))
    }
}

/// Takes over a certificate.
pub async fn put_certificate(tx: &mut Tx, certificate: &Certificate, event: Uuid) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into expert_certificate (id, org, person, kind, skills, valid_to, verified_against, event, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set skills = excluded.skills, valid_to = excluded.valid_to, verified_against = excluded.verified_against, event = excluded.event, at = excluded.at",
        args![
            certificate.id, &certificate.org, certificate.person, &certificate.kind, sector_list(&certificate.skills),
            certificate.valid_to.0, certificate.verified_against.clone(), event, now,
        ],
    ))
    .await?;
    Ok(())
}

/// Certificates of a person, or the qualifications of an organisation.
pub async fn certificates_of(ctx: &Ctx, org: &str, person: Option<Uuid>) -> Result<Vec<Certificate>> {
    let (taxonomy, now) = (taxonomy::at(ctx.now())?, ctx.now());
    let mut query = sql("select * from expert_certificate where org = ", vec![]);
    query.bind(org);
    match person {
        Some(person) => query.push(" and person = ").bind(person),
        None => query.push(" and person is null"),
    };
    query.push(" order by valid_to limit 200");
    let read = |row: &Row| {
        let (kind, valid_to): (String, i64) = (row.get("kind")?, row.get("valid_to")?);
        let terms = if person.is_some() { &taxonomy.certificates } else { &taxonomy.qualifications };
        let skills = members(&row.get::<String>("skills")?);
        Ok(Certificate {
            id: row.get("id")?,
            org: row.get("org")?,
            person: row.get("person")?,
            kind_name: name_of(terms, &kind).to_owned(),
            kind,
            skill_names: skills.iter().map(|s| taxonomy.skill_name(s).to_owned()).collect(),
            skills,
            valid_to: Ms(valid_to),
            lapsed: valid_to < now.0,
            verified_against: row.get("verified_against")?,
            event: row.get("event")?,
        })
    };
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Keeps a declared conflict.
pub async fn insert_conflict(tx: &mut Tx, person: Uuid, conflict: &Conflict, event: Uuid) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into expert_conflict (id, person, enterprise, kind, note, until_at, declared_at, event) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            conflict.id, person, &conflict.enterprise, &conflict.kind, conflict.note.clone(),
            conflict.until.map(|u| u.0), now, event,
        ],
    ))
    .await?;
    Ok(())
}

/// Declared conflicts of a person, newest first.
pub async fn conflicts_of(ctx: &Ctx, person: Uuid) -> Result<Vec<Conflict>> {
    let query = sql(
        "select c.*, o.name as enterprise_name from expert_conflict c left join org o on o.id = c.enterprise where c.person = $1 order by c.declared_at desc limit 200",
        args![person],
    );
    let read = |row: &Row| {
        let kind: String = row.get("kind")?;
        Ok(Conflict {
            id: row.get("id")?,
            enterprise: row.get("enterprise")?,
            enterprise_name: row.get::<Option<String>>("enterprise_name")?.unwrap_or_default(),
            kind_name: super::super::decide::conflict_name(&kind).to_owned(),
            kind,
            note: row.get("note")?,
            until: row.get::<Option<i64>>("until_at")?.map(Ms),
            declared_at: row.get("declared_at")?,
        })
    };
    ctx.db().all(query).await?.iter().map(read).collect()
}

const INSTRUMENTS: Columns = Columns {
    enterprise: "i.org",
    region: "i.region",
    sectors: Some("i.sectors"),
    kind: "instrument",
    id: "i.id",
    owner: Some("i.org"),
};

/// Instruments the caller may see: the own ones, and for government those of its area.
pub async fn instruments(ctx: &Ctx, page: &PageQuery, filter: &InstrumentFilter) -> Result<List<Instrument>> {
    let (taxonomy, now) = (taxonomy::at(ctx.now())?, ctx.now());
    let listing = Listing {
        select: "select i.*, o.name as org_name from instrument i left join org o on o.id = i.org where 1 = 1",
        count: "from instrument i where 1 = 1",
        sorts: &[("calibrated_to", "i.calibrated_to"), ("kind", "i.kind")],
        tie: "i.id",
        descending: false,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and i.org = ", filter.org.as_deref().filter(|o| !o.is_empty()));
        scope::condition(query, &ctx.actor, now, INSTRUMENTS);
    };
    let read = |row: &Row| {
        let (kind, calibrated_to): (String, i64) = (row.get("kind")?, row.get("calibrated_to")?);
        Ok(Instrument {
            id: row.get("id")?,
            org: row.get("org")?,
            org_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
            kind_name: name_of(&taxonomy.instruments, &kind).to_owned(),
            kind,
            serial: row.get("factory_no")?,
            calibrated_to: Ms(calibrated_to),
            lapsed: calibrated_to < now.0,
        })
    };
    listing.run(ctx, page, conditions, read).await
}

/// Enters an instrument or its new calibration; answers its id.
pub async fn put_instrument(tx: &mut Tx, org: &Org, new: Uuid, kind: &str, serial: &str, to: i64) -> Result<Uuid> {
    let now = tx.now();
    let row = tx
        .one(sql(
            "insert into instrument (id, org, region, sectors, kind, factory_no, calibrated_to, registered_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
             on conflict (org, kind, factory_no) do update set calibrated_to = excluded.calibrated_to, updated_at = excluded.updated_at returning id",
            args![new, &org.id, &org.region, sector_list(&org.sectors), kind, serial, to, now],
        ))
        .await?;
    row.get("id")
}

/// Organisations that have somebody in the library, with how many.
pub async fn orgs(ctx: &Ctx, page: &PageQuery, q: Option<&str>) -> Result<List<OrgRow>> {
    let listing = Listing {
        select: "select o.id, o.name, o.region,
            (select count(*) from expert x where x.org = o.id) as experts,
            (select count(*) from instrument i where i.org = o.id) as instruments,
            (select count(*) from expert_visit s where s.owner = o.id and s.state in ('left', 'confirmed')) as done
            from org o where o.subject = 'service_org'",
        count: "from org o where o.subject = 'service_org'",
        sorts: &[("name", "o.name"), ("region", "o.region")],
        tie: "o.id",
        descending: false,
    };
    let read = |row: &Row| {
        Ok(OrgRow {
            id: row.get("id")?,
            name: row.get("name")?,
            region: row.get("region")?,
            experts: row.get("experts")?,
            instruments: row.get("instruments")?,
            done: row.get("done")?,
        })
    };
    listing.run(ctx, page, |query| words(query, "lower(o.name)", q), read).await
}

const ENTERPRISES: Columns = Columns {
    enterprise: "o.id",
    region: "o.region",
    sectors: Some("o.sectors"),
    kind: "enterprise",
    id: "o.id",
    owner: None,
};

/// An enterprise of the directory within the caller's scope.
pub async fn enterprise(ctx: &Ctx, id: &str) -> Result<Org> {
    let mut query = sql("select o.* from org o where o.subject = 'enterprise' and o.id = ", vec![]);
    query.bind(id);
    scope::condition(&mut query, &ctx.actor, ctx.now(), ENTERPRISES);
    Org::read(&ctx.db().one(query).await?)
}

/// What runs out next in one organisation: terms, certificates and calibrations, soonest first.
pub async fn endings(ctx: &Ctx, org: &str, before: i64, most: i64) -> Result<Vec<Ending>> {
    let query = sql(
        "select 'term' as what, x.id, x.id as person, x.name, '' as kind, x.until_at as ends from expert x where x.org = $1 and x.until_at < $2
         union all select 'certificate', c.id, c.person, coalesce(x.name, ''), c.kind, c.valid_to from expert_certificate c left join expert x on x.id = c.person where c.org = $1 and c.valid_to < $2
         union all select 'calibration', i.id, null, i.factory_no, i.kind, i.calibrated_to from instrument i where i.org = $1 and i.calibrated_to < $2
         order by ends, id limit $3",
        args![org, before, most],
    );
    let read = |row: &Row| {
        Ok(Ending {
            what: row.get("what")?,
            id: row.get("id")?,
            person: row.get("person")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            ends: Ms(row.get("ends")?),
        })
    };
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Something that runs out.
#[derive(Debug, Clone)]
pub struct Ending {
    /// `term`, `certificate` or `calibration`.
    pub what: String,
    /// Expert, certificate or instrument.
    pub id: Uuid,
    /// Person it is about.
    pub person: Option<Uuid>,
    /// Name of the person, or number of the instrument.
    pub name: String,
    /// Kind of certificate or instrument.
    pub kind: String,
    /// When it ends.
    pub ends: Ms,
}
