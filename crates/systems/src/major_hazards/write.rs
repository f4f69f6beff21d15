//! The writes: file, change, confirm, send back. Handlers, imports and the demo loader share them.
use super::file::{Change, Source, SourceFile, level_name, subject};
use super::form::NewSource;
use super::{PART, decide, reactions, store};
use platform::auth::Org;
use platform::{Action, Ctx, Error, NewEvent, Notice, Placed, Result, Role, Subject, To, Tx};
use standards::date::Date;
use uuid::Uuid;

const STANDARD: &str = "GB 18218-2018";

/// Today in Beijing.
pub fn today(ctx: &Ctx) -> Result<Date> {
    Date::beijing(ctx.now().0).ok_or_else(|| Error::internal("the clock stands outside the calendar"))
}

/// The enterprise a form is about: the caller's own, or one inside the caller's area.
pub async fn enterprise(ctx: &Ctx, given: Option<&str>) -> Result<Org> {
    let id = match given.map(str::trim).filter(|g| !g.is_empty()) {
        Some(given) => given,
        None if ctx.actor.subject == Some(Subject::Enterprise) => ctx.actor.org.as_str(),
        None => return Err(Error::invalid("enterprise", "请指明是哪家企业的危险源")),
    };
    let org = Org::find(ctx.db(), id).await?.filter(|o| o.subject == Subject::Enterprise);
    let org = org.filter(|o| platform::scope::covers(&ctx.actor, &o.placed()));
    org.ok_or_else(|| Error::invalid("enterprise", format!("企业 {id} 不在名录中，或不在您的管辖范围内")))
}

/// Checks and assesses a form without writing.
pub fn judge(ctx: &Ctx, form: &NewSource, org: &Org) -> Result<(SourceFile, Placed)> {
    let file = decide::file(&ctx.app.rules(), form, &org.region, today(ctx)?)?;
    let placed = Placed { region: file.region.clone(), ..org.placed() };
    Ok((file, placed))
}

/// Puts a source on file; answers its id.
pub async fn file(ctx: &Ctx, form: NewSource) -> Result<Uuid> {
    ctx.allow(&PART, Action::Register)?;
    let org = enterprise(ctx, form.enterprise.as_deref()).await?;
    let (file, placed) = judge(ctx, &form, &org)?;
    let id = ctx.new_id();
    let mut tx = ctx.begin().await?;
    store::insert(&mut tx, ctx, id, &placed, &file).await?;
    let payload = decide::filed(id, &file, form.origin.code());
    let event = ruled(ctx.event(&payload, subject(id), &placed)?, &file);
    reactions::start_evaluation(&mut tx, ctx, id, &placed, file.evaluation_due, event.id).await?;
    let title = format!("{}登记了重大危险源“{}”，请审核", org.name, file.name);
    tell_county(&mut tx, ctx, id, &placed, (&title, &grade(&file)), event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(id)
}

/// Replaces the file of a source; the level is computed again.
pub async fn change(ctx: &Ctx, id: Uuid, form: NewSource) -> Result<()> {
    ctx.allow(&PART, Action::Edit)?;
    let seen = store::load(ctx, id).await?;
    let org = Org::find(ctx.db(), seen.enterprise()).await?.ok_or(Error::NotFound)?;
    if form.enterprise.as_deref().is_some_and(|e| !e.trim().is_empty() && e.trim() != org.id) {
        return Err(Error::invalid("enterprise", "危险源不能改到另一家企业名下；请由新企业重新登记"));
    }
    let (file, placed) = judge(ctx, &form, &org)?;
    let mut tx = ctx.begin().await?;
    let old = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Edit, &old.placed)?;
    let file = decide::keep_tags(&old.file, file);
    let payload = decide::changed(&old, &file, &form)?;
    let change = Change {
        at: ctx.now(),
        fields: payload.fields.iter().map(|f| f.0.clone()).collect(),
        level_before: old.file.level,
        r_before: old.file.r,
    };
    store::update(&mut tx, ctx, &old, &file, &change).await?;
    let event = ruled(ctx.event(&payload, old.subject(), &placed)?, &file);
    reactions::start_evaluation(&mut tx, ctx, id, &placed, file.evaluation_due, event.id).await?;
    let title = if old.file.level == file.level {
        format!("{}修改了重大危险源“{}”，请审核", org.name, file.name)
    } else {
        format!("{}的重大危险源“{}”由{}变为{}，请审核", org.name, file.name, words(&old.file), words(&file))
    };
    tell_county(&mut tx, ctx, id, &placed, (&title, &grade(&file)), event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The county confirms a file as it stands.
pub async fn confirm(ctx: &Ctx, id: Uuid, opinion: Option<&str>) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let mut tx = ctx.begin().await?;
    let source = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Approve, &source.placed)?;
    let payload = decide::confirmed(&source, store::person(ctx), opinion)?;
    store::decide(&mut tx, ctx, &source, None).await?;
    let event = ruled(ctx.event(&payload, source.subject(), &source.placed)?, &source.file);
    let title = format!("重大危险源“{}”的档案已确认：{}", source.file.name, words(&source.file));
    tell_enterprise(
        &mut tx,
        ctx,
        &source,
        (4, &title, opinion.unwrap_or("档案与级别已由属地应急管理部门确认。")),
        event.id,
    )
    .await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The county sends a file back to be put right.
pub async fn send_back(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let mut tx = ctx.begin().await?;
    let source = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Approve, &source.placed)?;
    let payload = decide::returned(&source, reason)?;
    store::decide(&mut tx, ctx, &source, Some(reason.trim())).await?;
    let event = ctx.event(&payload, source.subject(), &source.placed)?;
    let title = format!("重大危险源“{}”的档案被退回，请修改后重新提交", source.file.name);
    tell_enterprise(&mut tx, ctx, &source, (2, &title, reason.trim()), event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// Names the standard and the edition behind the figures.
fn ruled(event: NewEvent, file: &SourceFile) -> NewEvent {
    let mut event = event.law(format!("{STANDARD} {}", file.rule.clause));
    event.rules = Some(format!("{} ({})", file.rule.edition, file.rule_set));
    event
}

/// The level in words.
pub fn words(file: &SourceFile) -> &'static str {
    file.level.map_or("不构成重大危险源", level_name)
}

fn grade(file: &SourceFile) -> String {
    let r = file.r.map_or_else(String::new, |r| format!("，R = {r}"));
    format!("按 {STANDARD} 计算：S = {}{r}，{}。", file.s, words(file))
}

async fn tell_county(
    tx: &mut Tx,
    ctx: &Ctx,
    id: Uuid,
    placed: &Placed,
    (title, body): (&str, &str),
    event: Uuid,
) -> Result<()> {
    let link = format!("/hazard-sources/{id}");
    let notice = Notice { priority: 3, title, body, link: &link, event };
    tx.notify(ctx, To::Area(&placed.region, &[Role::Officer]), &notice).await?;
    Ok(())
}

async fn tell_enterprise(
    tx: &mut Tx,
    ctx: &Ctx,
    source: &Source,
    (priority, title, body): (u8, &str, &str),
    event: Uuid,
) -> Result<()> {
    let link = format!("/hazard-sources/{}", source.id);
    let notice = Notice { priority, title, body, link: &link, event };
    tx.notify(ctx, To::Org(source.enterprise(), &[Role::Principal, Role::SafetyManager]), &notice).await?;
    Ok(())
}
