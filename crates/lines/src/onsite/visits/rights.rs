//! Who may do what to a visit, and what a service organisation may see because of one.
use super::super::PART;
use super::decide::{Kind, State};
use super::model::Row;
use super::store;
use platform::auth::Org;
use platform::{Action, ActorRef, Ctx, Error, Ms, Result, Role, Subject, Tx, Visibility};
use uuid::Uuid;

/// One object that a grant opens: kind, id, field groups.
pub type Object = (&'static str, String, &'static [&'static str]);

/// Whether the caller's subject may ask for this kind of visit.
pub fn may_request(ctx: &Ctx, kind: Kind) -> Result<()> {
    let allowed = match ctx.actor.subject {
        Some(Subject::Government) => true,
        Some(Subject::Enterprise) => kind == Kind::PreventionService,
        Some(Subject::Insurer) => matches!(kind, Kind::PreventionService | Kind::InsurerSurvey),
        Some(Subject::ServiceOrg) | None => false,
    };
    if allowed {
        return Ok(());
    }
    Err(Error::Forbidden(match ctx.actor.subject {
        Some(Subject::ServiceOrg) => "服务机构不能自行申请检查服务；请由企业、保险机构或监管部门提出".to_owned(),
        _ => format!(
            "贵单位不能申请“{}”；执法检查由监管部门提出，企业可申请预防服务，保险机构可申请预防服务和风险查勘",
            kind.title()
        ),
    }))
}

/// Whether the caller may choose who goes: government in its area, whoever asked for a service, and the
/// organisation that goes among its own people.
pub fn may_assign(ctx: &Ctx, row: &Row) -> Result<()> {
    ctx.allow(&PART, Action::Assign)?;
    let own_request = row.requested_org == ctx.actor.org && !row.visit.kind.is_government();
    let fine = match ctx.actor.subject {
        Some(Subject::Government) => true,
        Some(Subject::Enterprise | Subject::Insurer) => own_request,
        Some(Subject::ServiceOrg) => row.org.as_deref() == Some(ctx.actor.org.as_str()),
        None => ctx.actor.is_internal(),
    };
    if fine {
        Ok(())
    } else {
        Err(Error::Forbidden("本次检查服务由申请方或监管部门派定人员".to_owned()))
    }
}

/// A service organisation sends its own people only.
pub fn own_people_only(ctx: &Ctx, org: &str) -> Result<()> {
    if ctx.actor.subject == Some(Subject::ServiceOrg) && ctx.actor.org != org {
        return Err(Error::invalid("people", "只能在本机构的人员中调换"));
    }
    Ok(())
}

/// Whether the caller is one of those sent, or leads the service organisation that sends them.
pub fn is_sent(ctx: &Ctx, row: &Row) -> Result<()> {
    let me = match ctx.actor.me {
        ActorRef::Person { person, .. } => row.visit.people.contains(&person),
        _ => false,
    };
    let leads = ctx.actor.has(Role::ProjectManager) && row.org.as_deref() == Some(ctx.actor.org.as_str());
    if me || leads {
        return Ok(());
    }
    Err(Error::Forbidden("这一步由被派定的人员或其项目经理办理".to_owned()))
}

/// Whether a person is one of these.
pub fn is_one_of(people: &[Uuid], me: Uuid, otherwise: &str) -> Result<()> {
    if people.contains(&me) { Ok(()) } else { Err(Error::Forbidden(otherwise.to_owned())) }
}

/// Whether the caller may withdraw: who may assign, or who asked.
pub fn may_withdraw(ctx: &Ctx, row: &Row) -> Result<()> {
    let asked = row.requested_org == ctx.actor.org && ctx.may(&PART, Action::Register);
    let governs = ctx.actor.subject == Some(Subject::Government) && ctx.may(&PART, Action::Assign);
    if asked || governs {
        return Ok(());
    }
    Err(Error::Forbidden("检查服务由申请方或监管部门撤回；不能前往请办理谢绝".to_owned()))
}

/// The acts the caller may take now, as the page offers them.
pub fn acts(ctx: &Ctx, row: &Row) -> Vec<&'static str> {
    let ActorRef::Person { person: me, .. } = ctx.actor.me else { return vec![] };
    let visit = &row.visit;
    let inside = visit.present.contains(&me);
    let may = |action| ctx.may(&PART, action);
    let before_told = matches!(visit.state, State::Requested | State::Assigned | State::Accepted);
    let before_entry = before_told || visit.state == State::Announced;
    let complete = visit.state == State::Left && visit.signatures_missing() == 0;
    let enterprise = ctx.actor.subject == Some(Subject::Enterprise);
    let offers = [
        ("assign", before_told && may_assign(ctx, row).is_ok()),
        ("accept", visit.state == State::Assigned && may(Action::Acknowledge) && is_sent(ctx, row).is_ok()),
        (
            "decline",
            matches!(visit.state, State::Assigned | State::Accepted)
                && may(Action::Acknowledge)
                && is_sent(ctx, row).is_ok(),
        ),
        ("announce", visit.state == State::Accepted && may(Action::Inspect) && is_sent(ctx, row).is_ok()),
        ("enter", visit.state == State::Announced && may(Action::Inspect) && visit.people.contains(&me)),
        ("answer", visit.state == State::Entered && may(Action::Inspect) && inside),
        ("leave", visit.state == State::Entered && may(Action::Inspect) && inside),
        (
            "sign",
            may(Action::Sign)
                && if enterprise {
                    complete
                } else {
                    visit.state == State::Left && inside && !visit.signed_by.contains(&me)
                },
        ),
        ("refuse", complete && inside && may(Action::Sign)),
        ("evaluate", visit.state == State::Signed && enterprise && may(Action::Evaluate)),
        ("withdraw", before_entry && may_withdraw(ctx, row).is_ok()),
    ];
    offers.into_iter().filter(|(_, offered)| *offered).map(|(act, _)| act).collect()
}

/// Refuses joint organisations that are no government organisations on file.
pub async fn joint_exist(ctx: &Ctx, orgs: &[String]) -> Result<()> {
    for id in orgs {
        let org = Org::find(ctx.db(), id).await?.filter(|o| o.subject == Subject::Government);
        if org.is_none() {
            return Err(Error::invalid("joint_with", format!("{id} 不是在册的政府部门，请从列表中选择")));
        }
    }
    Ok(())
}

/// The visit; its timeline goes with it.
pub fn record_of(id: Uuid) -> Vec<Object> {
    vec![("visit", id.to_string(), &["visits"])]
}

/// Lets an organisation see objects of an enterprise until the cause ends.
pub async fn open_objects(
    tx: &mut Tx,
    ctx: &Ctx,
    org: &str,
    enterprise: &str,
    objects: &[Object],
    purpose: &str,
    because: Uuid,
) -> Result<()> {
    for (kind, id, fields) in objects {
        let grant = Visibility {
            org,
            enterprise,
            object_kind: kind,
            object_id: Some(id),
            fields,
            purpose,
            from: ctx.now(),
            to: None,
            because,
        };
        tx.open_visibility(ctx, &grant).await?;
    }
    Ok(())
}

/// What a service organisation needs for the visit it is sent to: the visit, the summary of the
/// enterprise, its hazards, and the alarm that caused it.
pub async fn open_brief(tx: &mut Tx, ctx: &Ctx, row: &Row, org: &str, because: Uuid) -> Result<()> {
    if row.visit.kind.is_government() {
        return Ok(());
    }
    let mut objects = record_of(row.id);
    objects.push(("enterprise", row.enterprise().to_owned(), &["summary"]));
    if let Some(alarm) = row.source_subject.as_deref().and_then(|s| s.strip_prefix("alarm/")) {
        objects.push(("alarm", alarm.to_owned(), &["alarms"]));
    }
    open_objects(tx, ctx, org, row.enterprise(), &objects, "检查服务期间查看", because).await?;
    let hazards = Visibility {
        org,
        enterprise: row.enterprise(),
        object_kind: "hazard",
        object_id: None,
        fields: &["hazards"],
        purpose: "检查服务期间查看未销号的隐患",
        from: ctx.now(),
        to: None,
        because,
    };
    tx.open_visibility(ctx, &hazards).await.map(drop)
}

/// Ends what an assignment opened.
pub async fn close(tx: &mut Tx, row: &Row, at: Ms) -> Result<()> {
    if let Some(assigned) = row.assigned_event {
        tx.close_visibility(assigned, at).await?;
    }
    Ok(())
}

/// After signing, the service organisation keeps its own record and timeline, and nothing else of the
/// enterprise: what it did stays visible to it, what it saw does not.
pub async fn keep_record(tx: &mut Tx, ctx: &Ctx, row: &Row, because: Uuid) -> Result<()> {
    close(tx, row, ctx.now()).await?;
    match row.org.as_deref() {
        Some(org) if !row.visit.kind.is_government() => {
            let objects = record_of(row.id);
            open_objects(tx, ctx, org, row.enterprise(), &objects, "检查服务记录留存", because).await
        }
        _ => Ok(()),
    }
}

/// Whether the caller may read what the enterprise said: the enterprise itself and supervision.
pub fn reads_evaluation(ctx: &Ctx) -> bool {
    ctx.actor.subject == Some(Subject::Enterprise) || ctx.may(&PART, Action::Audit)
}

/// Loads a visit after checking that the role may look at visits at all.
pub async fn seen(ctx: &Ctx, id: Uuid) -> Result<Row> {
    ctx.allow(&PART, Action::View)?;
    store::load(ctx, id).await
}
