//! The writes: enter, change, declare, calibrate, confirm. Handlers and the demo loader share them.
use super::view::{Conflict, ExpertRow};
use super::{PART, clocks, decide, store, taxonomy};
use events::experts::{
    ConflictDeclared, ExpertChanged, ExpertRegistered, InstrumentRegistered, ServiceReportConfirmed,
};
use events::{Code, FreeText};
use platform::auth::Org;
use platform::{Action, ClockEnd, Ctx, Error, FieldError, Ms, Notice, Result, Role, Subject, To, scope};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An expert to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ExpertForm {
    /// 人员（先在本机构人员名录登记）；修改时不填
    pub person: Option<Uuid>,
    /// 机构；不填为本机构
    pub org: Option<String>,
    /// 专业（专家库分类的代码或名称）
    pub skills: Vec<String>,
    /// 职称或资格
    pub title: Option<String>,
    /// 服务区域（行政区划代码）；不填为不限
    #[serde(default)]
    pub regions: Vec<String>,
    /// 聘期至，如 2027-06-30；不填为不定期
    pub until: Option<String>,
    /// 修改时所见的版本
    pub revision: Option<i64>,
}

/// A conflict to declare.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ConflictForm {
    /// 企业
    pub enterprise: String,
    /// `relative`、`employer`、`adviser` 或 `other`
    #[schema(rename = "kind")]
    pub kind: String,
    /// 说明
    #[schema(max_length = 200)]
    pub note: Option<String>,
    /// 至，如 2027-06-30；不填为长期
    pub until: Option<String>,
}

/// An instrument, or a new calibration of one: the same kind and number is the same instrument.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct InstrumentForm {
    /// 机构；不填为本机构
    pub org: Option<String>,
    /// 种类（专家库分类）
    pub kind: String,
    /// 出厂编号
    #[schema(max_length = 40)]
    pub serial: String,
    /// 检定有效期至，如 2027-06-30
    pub calibrated_to: String,
}

/// What an enterprise says of a service.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ServiceAnswer {
    /// 是否满意
    pub satisfied: bool,
    /// 意见；不满意时必填
    #[schema(max_length = 500)]
    pub comments: Option<String>,
}

/// The caller's own service organisation; the platform itself may name any.
async fn own_org(ctx: &Ctx, given: Option<&str>) -> Result<Org> {
    let id = given.filter(|g| !g.is_empty()).unwrap_or(ctx.actor.org.as_str());
    if !ctx.actor.is_internal() && ctx.actor.org != id {
        return Err(Error::invalid("org", "只能登记本机构的人员和仪器"));
    }
    let org = Org::find(ctx.db(), id).await?.filter(|o| o.subject == Subject::ServiceOrg);
    org.ok_or_else(|| Error::invalid("org", "没有这家技术服务机构，请先登记机构"))
}

fn codes(words: &[String]) -> Vec<Code> {
    words.iter().map(Code::from).collect()
}

/// Enters a person of the own organisation into the library.
pub async fn register(ctx: &Ctx, form: &ExpertForm) -> Result<Uuid> {
    ctx.allow(&PART, Action::Register)?;
    let org = own_org(ctx, form.org.as_deref()).await?;
    let person = form.person.ok_or_else(|| Error::invalid("person", "请选择本机构人员名录中的一个人"))?;
    let name = subjects::service_org::person_name(ctx.db(), &org.id, person).await?;
    let name = name.ok_or_else(|| Error::invalid("person", "本机构的人员名录中没有这个人，请先登记人员"))?;
    let taxonomy = taxonomy::at(ctx.now())?;
    let filled =
        decide::fill(taxonomy, &form.skills, form.title.as_deref(), &form.regions, form.until.as_deref(), ctx.now().0)?;
    let payload = ExpertRegistered {
        expert: person,
        org: org.id.as_str().into(),
        name: name.clone().into(),
        skills: codes(&filled.skills),
        title: filled.title.as_ref().map(Code::from),
        regions: codes(&filled.regions),
        until: filled.until,
    };
    let mut event = ctx.event(&payload, format!("expert/{person}"), &org.placed())?;
    event.rules = Some(taxonomy.mark());
    let mut tx = ctx.begin().await?;
    store::insert(&mut tx, &org, person, &name, &filled).await?;
    if let Some(ends) = filled.until {
        let what = clocks::Ending { what: "term", object: person, person: Some(person), ends };
        clocks::start(&mut tx, ctx, &org.placed(), &what, event.id).await?;
    }
    ctx.commit(tx, event, vec![]).await?;
    Ok(person)
}

/// Changes what the library says of an expert of the own organisation.
pub async fn change(ctx: &Ctx, id: Uuid, form: &ExpertForm) -> Result<()> {
    ctx.allow(&PART, Action::Edit)?;
    let (old, placed) = own(ctx, id).await?;
    if form.revision.is_some_and(|seen| seen != old.revision) {
        return Err(Error::Conflict("这份档案已被他人修改，请刷新后在最新内容上修改".to_owned()));
    }
    let taxonomy = taxonomy::at(ctx.now())?;
    let filled =
        decide::fill(taxonomy, &form.skills, form.title.as_deref(), &form.regions, form.until.as_deref(), ctx.now().0)?;
    let payload = ExpertChanged {
        expert: id,
        org: old.org.as_str().into(),
        skills: codes(&filled.skills),
        title: filled.title.as_ref().map(Code::from),
        regions: codes(&filled.regions),
        until: filled.until,
    };
    let mut event = ctx.event(&payload, format!("expert/{id}"), &placed)?;
    event.rules = Some(taxonomy.mark());
    let mut tx = ctx.begin().await?;
    store::update(&mut tx, &old, &filled).await?;
    match filled.until {
        Some(ends) => {
            let what = clocks::Ending { what: "term", object: id, person: Some(id), ends };
            clocks::start(&mut tx, ctx, &placed, &what, event.id).await?;
        }
        None => drop(tx.stop_clocks(&format!("expert/{id}"), clocks::EXPIRY, ClockEnd::Void).await?),
    }
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// An expert of the caller's own organisation; others' are not the caller's to change.
async fn own(ctx: &Ctx, id: Uuid) -> Result<(ExpertRow, platform::Placed)> {
    let (row, placed) = store::find(ctx, id).await?;
    if ctx.actor.is_internal() || row.org == ctx.actor.org { Ok((row, placed)) } else { Err(Error::NotFound) }
}

/// Declares that an expert has to do with an enterprise: by the person, the own organisation, or government of its area.
pub async fn declare(ctx: &Ctx, id: Uuid, form: &ConflictForm) -> Result<Uuid> {
    ctx.allow(&PART, Action::Explain)?;
    let (row, placed) = store::find(ctx, id).await?;
    let government = ctx.actor.subject == Some(Subject::Government) && scope::covers(&ctx.actor, &placed);
    if !(ctx.actor.is_internal() || row.org == ctx.actor.org || government) {
        return Err(Error::NotFound);
    }
    let mut faults = vec![];
    let enterprise = Org::find(ctx.db(), form.enterprise.trim()).await?.filter(|o| o.subject == Subject::Enterprise);
    // Government speaks of enterprises of its area only, or it could try out who is registered elsewhere.
    let enterprise = enterprise.filter(|e| !government || scope::covers(&ctx.actor, &e.placed()));
    if enterprise.is_none() {
        faults.push(FieldError::new("enterprise", "没有这家企业，请从列表中选择"));
    }
    if !["relative", "employer", "adviser", "other"].contains(&form.kind.as_str()) {
        faults.push(FieldError::new(
            "kind",
            "回避情形只能是 relative（亲属）、employer（任职）、adviser（咨询）或 other（其他）",
        ));
    }
    let note = form.note.as_deref().map(str::trim).filter(|n| !n.is_empty());
    if note.is_some_and(|n| n.chars().count() > 200) {
        faults.push(FieldError::new("note", "说明最多 200 个字"));
    }
    let until = form.until.as_deref().filter(|d| !d.is_empty()).map(|d| decide::end_of_day("until", "截止日期", d));
    let until = until.transpose().unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    let Some(enterprise) = enterprise.filter(|_| faults.is_empty()) else { return Err(Error::Invalid(faults)) };
    let conflict = Conflict {
        id: ctx.new_id(),
        enterprise: enterprise.id,
        enterprise_name: enterprise.name,
        kind: form.kind.clone(),
        kind_name: String::new(),
        note: note.map(str::to_owned),
        until: until.map(Ms),
        declared_at: ctx.now(),
    };
    let payload = ConflictDeclared {
        declaration: conflict.id,
        person: id,
        enterprise: conflict.enterprise.as_str().into(),
        conflict: form.kind.as_str().into(),
        until,
    };
    let event = ctx.event(&payload, format!("expert/{id}"), &placed)?;
    let mut tx = ctx.begin().await?;
    store::insert_conflict(&mut tx, id, &conflict, event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(conflict.id)
}

/// Enters an instrument of the own organisation, or its new calibration.
pub async fn calibrate(ctx: &Ctx, form: &InstrumentForm) -> Result<Uuid> {
    ctx.allow(&PART, Action::Register)?;
    let org = own_org(ctx, form.org.as_deref()).await?;
    let taxonomy = taxonomy::at(ctx.now())?;
    let mut faults = vec![];
    if !taxonomy.instruments.iter().any(|t| t.code == form.kind) {
        faults.push(FieldError::new("kind", format!("仪器种类不在分类（{}）中，请从列表中选择", taxonomy.edition)));
    }
    let serial = form.serial.trim();
    if serial.is_empty() || serial.chars().count() > 40 {
        faults.push(FieldError::new("serial", "请填写出厂编号，最多 40 个字"));
    }
    let to = match decide::end_of_day("calibrated_to", "检定有效期", &form.calibrated_to) {
        Ok(to) => to,
        Err(fault) => {
            faults.push(fault);
            0
        }
    };
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut tx = ctx.begin().await?;
    let id = store::put_instrument(&mut tx, &org, ctx.new_id(), &form.kind, serial, to).await?;
    let payload = InstrumentRegistered {
        instrument: id,
        org: org.id.as_str().into(),
        kind: form.kind.as_str().into(),
        serial: serial.into(),
        calibrated_to: to,
    };
    let event = ctx.event(&payload, format!("instrument/{id}"), &org.placed())?;
    let what = clocks::Ending { what: "calibration", object: id, person: None, ends: to };
    clocks::start(&mut tx, ctx, &org.placed(), &what, event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(id)
}

/// The enterprise says how the service was.
pub async fn confirm(ctx: &Ctx, visit: Uuid, answer: &ServiceAnswer) -> Result<()> {
    ctx.allow(&PART, Action::Evaluate)?;
    let comments = answer.comments.as_deref().map(str::trim).filter(|c| !c.is_empty());
    if comments.is_some_and(|c| c.chars().count() > 500) {
        return Err(Error::invalid("comments", "意见最多 500 个字"));
    }
    if !answer.satisfied && comments.is_none() {
        return Err(Error::invalid("comments", "不满意请写明原因：服务机构要据此改进，监管部门可查"));
    }
    let mut tx = ctx.begin().await?;
    let found = store::visit_in(&mut tx, ctx, visit).await?.ok_or(Error::NotFound)?;
    if !ctx.actor.is_internal() && found.placed.enterprise.as_deref() != Some(ctx.actor.org.as_str()) {
        return Err(Error::NotFound);
    }
    if !["left", "confirmed"].contains(&found.state.as_str()) {
        return Err(Error::Conflict("服务人员还没有离开，离开后再确认".to_owned()));
    }
    store::confirm(&mut tx, visit, answer.satisfied, comments).await?;
    let subject = format!("visit/{visit}");
    let payload = ServiceReportConfirmed { visit, satisfied: answer.satisfied, comments: comments.map(FreeText::from) };
    let event = ctx.event(&payload, subject.clone(), &found.placed)?.because(found.done_event);
    tx.stop_clocks(&subject, clocks::CONFIRM, ClockEnd::Met).await?;
    if !answer.satisfied {
        let notice = Notice {
            priority: 3,
            title: "企业对一次服务表示不满意，请查看并改进",
            body: comments.unwrap_or_default(),
            link: "/services",
            event: event.id,
        };
        tx.notify(ctx, To::Org(&found.placed.owner, &[Role::ServiceAdmin, Role::ProjectManager]), &notice).await?;
    }
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}
