//! Leaving and signing: the record is written once, stored by its digest, and what is signed is
//! exactly what was read.
use super::super::{PART, checks};
use super::commands::{event, fresh, person};
use super::decide::State;
use super::model::{Answer, Row};
use super::store::{self, Change};
use super::{record, rights, rules, tell};
use events::onsite::{CheckRecordSigned, VisitLeft};
use platform::event::FileRef;
use platform::{Action, Ctx, Error, Result, Subject, files};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Signs the record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitSignature)]
pub struct Sign {
    /// SM3 digest of the record that was read.
    pub record: String,
    /// Version that was looked at.
    pub version: i64,
}

/// Notes that the enterprise will not sign.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitSignRefusal)]
pub struct RefuseSign {
    /// Who refuses, why, and how it was explained and witnessed.
    #[schema(max_length = 2000)]
    pub refusal: String,
    /// SM3 digest of the record that was read.
    pub record: String,
    /// Version that was looked at.
    pub version: i64,
}

/// How many items of the visit's list have no answer.
fn unanswered(ctx: &Ctx, row: &Row, answers: &[Answer]) -> usize {
    let template = row.template.as_deref().and_then(|key| checks::find(&ctx.app.rules(), key));
    let items = template.map(|t| t.items).unwrap_or_default();
    items.iter().filter(|i| !answers.iter().any(|a| a.item == i.key)).count()
}

/// They leave: the record is fixed and stored before the write begins, because storing a file is a
/// write of its own.
pub async fn leave(ctx: &Ctx, id: Uuid, version: i64) -> Result<()> {
    ctx.allow(&PART, Action::Inspect)?;
    let (_, me) = person(ctx)?;
    let seen = store::load(ctx, id).await?;
    rights::is_one_of(&seen.visit.present, me, "只有到场的人员可以办理离开")?;
    let answers = store::answers(ctx, id).await?;
    seen.visit.clone().leave(unanswered(ctx, &seen, &answers))?;
    let page = record::page(ctx, &seen, &answers, Some(ctx.now()));
    let name = format!("{}现场检查记录.html", seen.number());
    let stored = files::store(ctx, &name, page.into_bytes()).await?;
    let file = files::reference(ctx, &stored.digest, "record").await?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, version)?;
    let now_answers = store::answers_in(&mut tx, id).await?;
    if now_answers.iter().map(|a| a.event).ne(answers.iter().map(|a| a.event)) {
        return Err(store::stale());
    }
    let after = row.visit.clone().leave(unanswered(ctx, &row, &now_answers))?;
    let ms = ctx.now().0 - row.entered_at.unwrap_or_else(|| ctx.now()).0;
    let payload = VisitLeft { visit: id, minutes: u32::try_from(ms / 60_000).unwrap_or(0) };
    let event = event(ctx, &row, &payload)?.because(answers.iter().map(|a| a.event)).file(file);
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Left(&stored.digest)).await?;
    tell::left(&mut tx, ctx, &row, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

async fn record_file(ctx: &Ctx, row: &Row, read: &str) -> Result<FileRef> {
    let digest = row
        .record
        .as_deref()
        .ok_or_else(|| Error::refused(rules::LIFECYCLE, "检查还没有结束，记录尚未形成；请先办理离开"))?;
    if digest != read {
        return Err(Error::Conflict("您看到的记录不是最终的一份，请刷新后重新阅读再签字".to_owned()));
    }
    files::reference(ctx, digest, "record").await
}

/// A visitor or the enterprise signs, after confirming who they are within the last five minutes.
pub async fn sign(ctx: &Ctx, id: Uuid, form: Sign) -> Result<()> {
    ctx.allow(&PART, Action::Sign)?;
    let (account, me) = person(ctx)?;
    ctx.require_confirmed()?;
    let seen = store::load(ctx, id).await?;
    let file = record_file(ctx, &seen, &form.record).await?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let enterprise = ctx.actor.subject == Some(Subject::Enterprise);
    let after = if enterprise { row.visit.clone().sign_enterprise()? } else { row.visit.clone().sign_visitor(me)? };
    let payload = CheckRecordSigned {
        visit: id,
        record: form.record.as_str().into(),
        by: after.signed_by.clone(),
        enterprise_signed: after.enterprise_signed,
        refusal: None,
    };
    let event = event(ctx, &row, &payload)?.law(rules::RECORD).file(file);
    let by = account.to_string();
    let change = if enterprise { Change::EnterpriseSigned(&by) } else { Change::VisitorSigned(me) };
    store::update(&mut tx, ctx, &row, after.state, event.id, change).await?;
    if after.state == State::Signed {
        rights::keep_record(&mut tx, ctx, &row, event.id).await?;
    }
    tell::signed(&mut tx, ctx, &row, &after, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The visitors note that the enterprise will not sign.
pub async fn refuse(ctx: &Ctx, id: Uuid, form: RefuseSign) -> Result<()> {
    ctx.allow(&PART, Action::Sign)?;
    let (_, me) = person(ctx)?;
    ctx.require_confirmed()?;
    let seen = store::load(ctx, id).await?;
    let file = record_file(ctx, &seen, &form.record).await?;
    let note = super::commands::text("refusal", "拒签情形", &form.refusal, 5)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    rights::is_one_of(&row.visit.present, me, "只有到场的人员可以记录拒签")?;
    fresh(&row, form.version)?;
    let after = row.visit.clone().refuse_signature(&note)?;
    let payload = CheckRecordSigned {
        visit: id,
        record: form.record.as_str().into(),
        by: after.signed_by.clone(),
        enterprise_signed: false,
        refusal: Some(note.clone().into()),
    };
    let event = event(ctx, &row, &payload)?.law(rules::RECORD).file(file);
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Refused(&note)).await?;
    rights::keep_record(&mut tx, ctx, &row, event.id).await?;
    tell::signed(&mut tx, ctx, &row, &after, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}
