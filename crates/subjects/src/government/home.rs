//! Home cards of the three administrators.
use crate::government::{PART, audit, users};
use platform::view::{Card, Tone};
use platform::{Ctx, Result, Role};

const WEEK_MS: i64 = 7 * 86_400_000;

fn card(key: &str, title: &str, value: i64, unit: &str, link: &str) -> Card {
    Card {
        key: key.to_owned(),
        part: PART.key.to_owned(),
        title: title.to_owned(),
        value: Some(value.to_string()),
        unit: Some(unit.to_owned()),
        link: link.to_owned(),
        order: 80,
        ..Card::default()
    }
}

/// What waits for the administrators.
pub(super) async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let mut cards = vec![];
    if ctx.actor.has(Role::SysAdmin) {
        let figures = users::store::figures(&ctx).await?;
        let mut accounts = card("accounts", "账号", figures.all, "个", "/users");
        accounts.note = Some(format!("停用 {} 个", figures.disabled));
        let mut locked = card("accounts_locked", "锁定的账号", figures.locked, "个", "/users?state=locked");
        if figures.locked > 0 {
            locked.tone = Tone::Warn;
            locked.note = Some("连续输错密码会锁定 10 分钟；请核实是否本人".to_owned());
        }
        cards.extend([accounts, locked]);
    }
    if ctx.actor.has(Role::SecAdmin) {
        let figures = users::store::figures(&ctx).await?;
        let mut waiting = card("roles_waiting", "等待授权的账号", figures.without_role, "个", "/users?role=none");
        if figures.without_role > 0 {
            waiting.tone = Tone::Warn;
            waiting.note = Some("没有角色的账号登录后看不到任何数据".to_owned());
        }
        cards.push(waiting);
    }
    if ctx.actor.has(Role::Auditor) {
        let acts = audit::recent(&ctx, ctx.now().plus(-WEEK_MS)).await?;
        cards.push(card("audit_week", "近 7 天账号、角色与密钥变更", acts, "项", "/audit"));
    }
    Ok(cards)
}
