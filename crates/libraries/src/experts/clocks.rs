//! What runs out: terms, certificates, calibrations, and the enterprise's time to confirm a service.
use super::{store, taxonomy};
use events::experts::{ExpiryNoticed, ServiceReportUnanswered};
use platform::{Clock, ClockEnd, ClockRule, Ctx, Error, Ms, NewClock, Notice, Placed, Result, Role, To, Tx};
use serde::{Deserialize, Serialize};
use standards::calendar::Calendar;
use standards::date::Date;
use standards::tables::Tables;
use uuid::Uuid;

/// Terms, certificates, calibrations.
pub const EXPIRY: &str = "experts.expiry";
/// Confirmation of a service.
pub const CONFIRM: &str = "experts.confirm";
/// Basis of the confirmation, as screens print it.
pub const CONFIRM_BASIS: &str = "服务完成后 5 个工作日内由企业确认（示例，可由县里调整）";

/// Clock rules.
pub const CLOCKS: &[ClockRule] = &[
    ClockRule {
        key: EXPIRY,
        title: "续聘、换证或重新检定",
        basis: "聘期、证书、检定的有效期（期满前 30 日提醒，示例）",
        fire: |ctx, clock| Box::pin(expire(ctx, clock)),
    },
    ClockRule {
        key: CONFIRM,
        title: "企业确认服务",
        basis: CONFIRM_BASIS,
        fire: |ctx, clock| Box::pin(unanswered(ctx, clock)),
    },
];

/// Something that ends.
pub struct Ending {
    /// `term`, `certificate`, `qualification` or `calibration`.
    pub what: &'static str,
    /// Expert, certificate or instrument.
    pub object: Uuid,
    /// Person it is about.
    pub person: Option<Uuid>,
    /// Last moment.
    pub ends: i64,
}

/// What the clock needs when it fires.
#[derive(Serialize, Deserialize)]
struct Kept {
    what: String,
    object: Uuid,
    person: Option<Uuid>,
    ends: i64,
}

impl Ending {
    fn subject(&self) -> String {
        let kind = match self.what {
            "term" => "expert",
            "calibration" => "instrument",
            _ => "certificate",
        };
        format!("{kind}/{}", self.object)
    }
}

/// Sets the clock of something to its end; an earlier one is met by the renewal.
pub async fn start(tx: &mut Tx, ctx: &Ctx, placed: &Placed, ending: &Ending, because: Uuid) -> Result<()> {
    let subject = ending.subject();
    tx.stop_clocks(&subject, EXPIRY, ClockEnd::Met).await?;
    let notice = taxonomy::at(ctx.now())?.rules.notice_days * super::decide::DAY;
    let due_at = Ms((ending.ends - notice).max(ctx.now().0));
    let data = Kept { what: ending.what.to_owned(), object: ending.object, person: ending.person, ends: ending.ends };
    tx.start_clock(ctx, NewClock { rule: EXPIRY, subject: &subject, placed, due_at, data, because }).await?;
    Ok(())
}

async fn expire(ctx: Ctx, clock: Clock) -> Result<()> {
    let kept: Kept = serde_json::from_value(clock.data.clone()).map_err(Error::internal)?;
    let ended = ctx.now().0 > kept.ends;
    let payload = ExpiryNoticed {
        what: kept.what.as_str().into(),
        object: kept.object,
        person: kept.person,
        org: clock.placed.owner.as_str().into(),
        ends: kept.ends,
        ended,
    };
    let event = ctx.event(&payload, clock.subject.clone(), &clock.placed)?.because([clock.because]);
    let (name, act) = match kept.what.as_str() {
        "term" => ("专家聘期", "请续聘；期满后不能派出"),
        "calibration" => ("仪器检定", "请重新检定；过期仪器的读数不能作为依据"),
        "qualification" => ("机构资质", "请换证"),
        _ => ("资格证书", "请换证登记；过期后不能派出"),
    };
    let day = Ms(kept.ends).beijing();
    let day = day.get(..10).unwrap_or(&day);
    let title = if ended { format!("{name}已于 {day} 到期") } else { format!("{name}将于 {day} 到期") };
    let link = match (kept.what.as_str(), kept.person) {
        (_, Some(person)) => format!("/experts/{person}"),
        _ => format!("/expert-orgs/{}", clock.placed.owner),
    };
    let notice = Notice { priority: if ended { 2 } else { 3 }, title: &title, body: act, link: &link, event: event.id };
    let mut tx = ctx.begin().await?;
    tx.advance_clock(&clock, (!ended).then(|| Ms(kept.ends + 1))).await?;
    tx.notify(&ctx, To::Org(&clock.placed.owner, &[Role::ServiceAdmin, Role::ProjectManager]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The last moment of the term: so many working days after the day of `at`. A year without a published calendar
/// counts natural days of the same weeks, so that a service never waits without end.
pub fn confirm_due(tables: &Tables, at: Ms, workdays: i32) -> Result<Ms> {
    let day = Date::beijing(at.0).ok_or_else(|| Error::internal("the clock stands outside the calendar"))?;
    let counted = Calendar(&tables.calendar).add_workdays(day, workdays).ok();
    let natural = day.add_days(i64::from(workdays) * 7 / 5);
    let last = counted.or(natural).and_then(|day| day.add_days(1));
    last.map(|next| Ms(next.beijing_start_ms() - 1)).ok_or_else(|| Error::internal("a term beyond the calendar"))
}

/// Starts the enterprise's time to answer.
pub async fn start_confirm(
    tx: &mut Tx,
    ctx: &Ctx,
    visit: Uuid,
    placed: &Placed,
    due_at: Ms,
    because: Uuid,
) -> Result<()> {
    let subject = format!("visit/{visit}");
    tx.start_clock(ctx, NewClock { rule: CONFIRM, subject: &subject, placed, due_at, data: visit, because }).await?;
    Ok(())
}

async fn unanswered(ctx: Ctx, clock: Clock) -> Result<()> {
    let visit: Uuid = serde_json::from_value(clock.data.clone()).map_err(Error::internal)?;
    let mut tx = ctx.begin().await?;
    tx.advance_clock(&clock, None).await?;
    let Some(found) = store::visit_in(&mut tx, &ctx, visit).await? else {
        return Err(Error::internal("a service without its visit"));
    };
    let payload = ServiceReportUnanswered { visit, due: clock.due_at.0 };
    let event = ctx.event(&payload, clock.subject.clone(), &found.placed)?.because([clock.because]);
    let title = "一次技术服务逾期没有确认";
    let body = "逾期不算满意，也不妨碍以后确认；服务费结算要等企业确认。";
    let notice = Notice { priority: 3, title, body, link: "/services", event: event.id };
    let enterprise = found.placed.enterprise.as_deref().unwrap_or_default();
    tx.notify(&ctx, To::Org(enterprise, &[Role::Principal, Role::SafetyManager]), &notice).await?;
    tx.notify(&ctx, To::Org(&found.placed.owner, &[Role::ProjectManager]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}
