//! Entering enterprises into the register, one or many in one write, and changing them.
use crate::enterprise::profile::{EnterpriseForm, FIELDS, OWN_FIELDS, Profile, title};
use crate::enterprise::store::{self, Enterprise};
use events::enterprise::{EnterpriseChanged, EnterpriseRegistered, ProfileConfirmed};
use events::organisations::OrgRegistered;
use events::{Code, FreeText, Personal};
use platform::auth::Org;
use platform::{Ctx, Error, NewEvent, Result, Subject, Tx, scope};
use standards::codes::Uscc;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where the values of a record came from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// An officer typed them.
    Form,
    /// The enterprise gave them itself.
    Own,
    /// Another register, by its name.
    Register(String),
    /// A file, with the cell of each field.
    File {
        /// File name.
        file: String,
        /// Field → cell, as `C7`.
        cells: BTreeMap<String, String>,
    },
}

impl Origin {
    /// The word events and the source table use.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Own => "self",
            Self::Register(_) => "register",
            Self::File { .. } => "import",
        }
    }
    /// The source of one field, as people read it.
    pub fn of(&self, field: &str) -> String {
        match self {
            Self::Form => "监管部门登记".to_owned(),
            Self::Own => "企业填报".to_owned(),
            Self::Register(name) => name.clone(),
            Self::File { file, cells } => match cells.get(field) {
                Some(cell) => format!("{file}!{cell}"),
                None => file.clone(),
            },
        }
    }
}

/// An enterprise to enter.
#[derive(Debug, Clone)]
pub struct NewEnterprise {
    /// Id to give it; one is made where none is given.
    pub id: Option<String>,
    /// What is known of it.
    pub profile: Profile,
    /// Where that came from.
    pub origin: Origin,
}

/// Enters one enterprise.
pub async fn register(ctx: &Ctx, new: NewEnterprise) -> Result<String> {
    let ids = register_many(ctx, vec![new]).await?;
    ids.into_iter().next().ok_or_else(|| Error::internal("nothing was registered"))
}

/// Enters many enterprises in one write, each with its own events: all of them or none.
pub async fn register_many(ctx: &Ctx, all: Vec<NewEnterprise>) -> Result<Vec<String>> {
    for new in &all {
        within_area(ctx, &new.profile)?;
        refuse_known(ctx, &new.profile.uscc).await?;
    }
    let mut tx = ctx.begin().await?;
    let (mut ids, mut events) = (vec![], vec![]);
    for new in all {
        ids.push(enter(ctx, &mut tx, new, None, &mut events).await?);
    }
    finish(ctx, tx, events).await?;
    Ok(ids)
}

/// Ends a write with its events, the first of them first.
pub(crate) async fn finish(ctx: &Ctx, tx: Tx, events: Vec<NewEvent>) -> Result<()> {
    let mut events = events.into_iter();
    let first = events.next().ok_or_else(|| Error::invalid("rows", "没有可登记的内容"))?;
    ctx.commit(tx, first, events.collect()).await?;
    Ok(())
}

/// Writes one record and adds its events.
pub(crate) async fn enter(
    ctx: &Ctx,
    tx: &mut Tx,
    new: NewEnterprise,
    because: Option<Uuid>,
    events: &mut Vec<NewEvent>,
) -> Result<String> {
    let NewEnterprise { id, profile, origin } = new;
    let id = id.unwrap_or_else(|| ctx.new_id().to_string());
    let org = org_of(&id, &profile);
    tx.put_org(&org).await?;
    store::insert(tx, &id, &profile).await?;
    let known: Vec<&str> = FIELDS.iter().map(|(f, _)| *f).filter(|f| !profile.text(f).is_empty()).collect();
    store::put_sources(tx, &id, &known, &origin).await?;
    let placed = org.placed();
    events.push(ctx.event(&org_registered(&org, &profile), format!("org/{id}"), &placed)?.because(because));
    events.push(ctx.event(&registered(&id, &profile, &origin), format!("enterprise/{id}"), &placed)?.because(because));
    Ok(id)
}

fn org_of(id: &str, profile: &Profile) -> Org {
    Org {
        id: id.to_owned(),
        subject: Subject::Enterprise,
        name: profile.name.clone(),
        uscc: Some(profile.uscc.to_string()),
        region: profile.region.to_string(),
        sectors: profile.sectors.clone(),
    }
}

/// The credit code as an event may carry it: in the clear, or as personal data of a sole trader.
pub(crate) fn uscc_in_event(uscc: &Uscc) -> (Option<Code>, Personal<String>) {
    if uscc.is_natural_person() {
        (None, uscc.to_string().into())
    } else {
        (Some(uscc.as_str().into()), Personal(None))
    }
}

fn org_registered(org: &Org, profile: &Profile) -> OrgRegistered {
    OrgRegistered {
        org: org.id.as_str().into(),
        kind: org.subject.code().into(),
        name: org.name.clone().into(),
        uscc: uscc_in_event(&profile.uscc).0,
        region: org.region.as_str().into(),
        sectors: org.sectors.iter().map(Code::from).collect(),
        verified_by: None,
    }
}

fn registered(id: &str, profile: &Profile, origin: &Origin) -> EnterpriseRegistered {
    let (uscc, sole_trader_uscc) = uscc_in_event(&profile.uscc);
    EnterpriseRegistered {
        enterprise: id.into(),
        uscc,
        sole_trader_uscc,
        name: profile.name.clone().into(),
        industry: profile.gbt4754.as_ref().map(|c| c.as_str().into()),
        employees: profile.employees,
        risk_tags: profile.tags.iter().map(Code::from).collect(),
        region: profile.region.as_str().into(),
        address: FreeText(Personal(profile.address.clone())),
        lon_e6: profile.position.map(|(lon, _)| lon),
        lat_e6: profile.position.map(|(_, lat)| lat),
        contact: Personal(profile.contact_name.clone()),
        phone: Personal(profile.contact_phone.clone()),
        source: origin.kind().into(),
    }
}

/// An officer registers inside the own area only.
pub(crate) fn within_area(ctx: &Ctx, profile: &Profile) -> Result<()> {
    let placed = platform::Placed {
        region: profile.region.to_string(),
        sectors: ctx.actor.sectors.clone(),
        ..Default::default()
    };
    if scope::covers(&ctx.actor, &placed) {
        return Ok(());
    }
    let mine = ctx.actor.region.map(|r| r.to_string()).unwrap_or_default();
    Err(Error::invalid(
        "region",
        format!("{} 不在您的管辖区域 {mine} 内：请核对行政区划代码，或由属地监管部门登记", profile.region),
    ))
}

/// Refuses a credit code that the register already holds, with the way to the record it holds.
pub(crate) async fn refuse_known(ctx: &Ctx, uscc: &Uscc) -> Result<()> {
    let Some(known) = store::by_uscc(ctx.db(), uscc.as_str()).await? else { return Ok(()) };
    let way = if scope::covers(&ctx.actor, &known.placed()) {
        format!("已登记为“{}”（编号 {}），请在原档案上修改", known.profile.name, known.id)
    } else {
        "已在其他区域登记，请联系登记地监管部门办理迁移".to_owned()
    };
    Err(Error::invalid("uscc", format!("统一社会信用代码 {uscc} {way}")))
}

/// The county changes a record.
pub(crate) async fn change(ctx: &Ctx, id: &str, form: &EnterpriseForm) -> Result<()> {
    let old = active(ctx, id).await?;
    let new = form.check(Some(&old.profile))?;
    within_area(ctx, &new)?;
    if new.uscc != old.profile.uscc {
        refuse_known(ctx, &new.uscc).await?;
    }
    let changes = old.profile.changes(&new);
    if changes.is_empty() {
        return Ok(());
    }
    let payload = EnterpriseChanged {
        enterprise: id.into(),
        changed: changes.keys().map(|f| Code::from(*f)).collect(),
        values: serde_json::to_string(&changes).map_err(Error::internal)?.into(),
    };
    let event = ctx.event(&payload, format!("enterprise/{id}"), &old.placed())?;
    let mut tx = ctx.begin().await?;
    store::update(&mut tx, &old, &new, old.confirmed_at).await?;
    tx.update_org(&org_of(id, &new), "active").await?;
    store::put_sources(&mut tx, id, &changes.keys().copied().collect::<Vec<_>>(), &Origin::Form).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The enterprise confirms its own file, giving only what has changed.
pub async fn confirm(ctx: &Ctx, id: &str, form: &EnterpriseForm) -> Result<()> {
    let old = active(ctx, id).await?;
    let new = form.check(Some(&old.profile))?;
    let changes = old.profile.changes(&new);
    if let Some(field) = changes.keys().find(|f| !OWN_FIELDS.contains(f)) {
        return Err(Error::invalid(
            *field,
            format!("{}由监管部门核对营业执照后变更：请联系属地监管部门，本次其余内容可先确认", title(field)),
        ));
    }
    let known = store::sources(ctx.db(), id).await?;
    let payload = ProfileConfirmed {
        changed: changes.keys().map(|f| Code::from(*f)).collect(),
        sources: known.iter().map(|(f, (source, _))| (Code::from(f), Code::from(source))).collect(),
        values: serde_json::to_string(&changes).map_err(Error::internal)?.into(),
    };
    let event = ctx.event(&payload, format!("enterprise/{id}"), &old.placed())?;
    let mut tx = ctx.begin().await?;
    store::update(&mut tx, &old, &new, Some(ctx.now())).await?;
    store::put_sources(&mut tx, id, &changes.keys().copied().collect::<Vec<_>>(), &Origin::Own).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// A record the caller may see that has not been merged away.
pub(crate) async fn active(ctx: &Ctx, id: &str) -> Result<Enterprise> {
    let found = store::find(ctx, id).await?;
    match &found.merged_into {
        None => Ok(found),
        Some(kept) => Err(Error::refused("企业档案合并", format!("这份档案已并入编号 {kept}，请在该档案上办理"))),
    }
}
