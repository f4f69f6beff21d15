//! Accounts and roles by three administrators: the system administrator opens and closes
//! accounts, the security administrator gives and takes roles, the auditor reads what both did.
//! In the other subjects the organisation's own administrator does both, inside the organisation.
pub(super) mod api;
pub(crate) mod store;

use crate::enterprise::checks::{Faults, filled, phone};
use crate::enterprise::people::{self, NewPerson};
use crate::enterprise::registration::person_name;
use crate::government::{PART, orgs};
use events::organisations::{AccountChanged, RoleGranted, RoleRevoked};
use platform::auth::{Account, NewAccount, Org};
use platform::{Action, Ctx, Error, Ms, NewEvent, Placed, Result, Role, Tx};
use serde::Deserialize;
use standards::codes::Region;
use utoipa::ToSchema;
use uuid::Uuid;

/// The rule the three administrators come from.
const SEPARATION: &str = "GB/T 22239-2019 8.1.5 安全管理中心（三员分立）";
/// The three administrators; one account holds at most one of them.
const ADMINISTRATORS: [Role; 3] = [Role::SysAdmin, Role::SecAdmin, Role::Auditor];

/// A sign-in to open, with its first roles.
#[derive(Debug, Clone, Default)]
pub struct OpenUser {
    /// Name to sign in with.
    pub username: String,
    /// Person behind it, already registered.
    pub person: Uuid,
    /// The person's name.
    pub person_name: String,
    /// Phone.
    pub phone: Option<String>,
    /// Area, where it is smaller than the organisation's.
    pub region: Option<String>,
    /// Sectors, where they are fewer than the organisation's.
    pub sectors: Vec<String>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Argon2id hash.
    pub password_hash: String,
    /// Whether the first sign-in must set a new password.
    pub must_change: bool,
}

/// Opens a sign-in inside a write and adds its events; the organisation is the owner of `placed`.
pub async fn open(
    ctx: &Ctx,
    tx: &mut Tx,
    placed: &Placed,
    user: OpenUser,
    because: Option<Uuid>,
    events: &mut Vec<NewEvent>,
) -> Result<Uuid> {
    for role in &user.roles {
        may_also_hold(&user.roles, *role)?;
    }
    let account = NewAccount {
        username: &user.username,
        person: user.person,
        person_name: &user.person_name,
        phone: user.phone.as_deref(),
        org: &placed.owner,
        region: user.region.as_deref(),
        sectors: &user.sectors,
        password_hash: &user.password_hash,
        must_change: user.must_change,
    };
    let id = tx.open_account(ctx, &account).await?;
    let subject = format!("account/{id}");
    let opened = AccountChanged { account: id, person: user.person, act: "opened".into(), reason: None };
    events.push(ctx.event(&opened, &subject, placed)?.because(because));
    for role in user.roles {
        let payload = RoleGranted {
            account: id,
            person: user.person,
            role: role.code().into(),
            org: placed.owner.as_str().into(),
            until: None,
        };
        let event = ctx.event(&payload, &subject, placed)?.because(because);
        tx.grant_role(id, role, None, event.id).await?;
        events.push(event);
    }
    Ok(id)
}

/// Opens many sign-ins in one write, each with its person; for loading and the command line.
pub async fn open_many(ctx: &Ctx, all: Vec<(Org, NewPerson, OpenUser)>) -> Result<Vec<Uuid>> {
    let (mut tx, mut events, mut ids) = (ctx.begin().await?, vec![], vec![]);
    for (org, person, user) in all {
        let placed = org.placed();
        let person = people::enter(ctx, &mut tx, &placed, person, None, &mut events).await?;
        ids.push(open(ctx, &mut tx, &placed, OpenUser { person, ..user }, None, &mut events).await?);
    }
    crate::enterprise::register::finish(ctx, tx, events).await?;
    Ok(ids)
}

/// A sign-in as an administrator asks for it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UserForm {
    /// 用户名
    username: String,
    /// 姓名
    person: String,
    /// 机构编号
    org: String,
    /// 电话
    phone: Option<String>,
    /// 管辖区域（政府用户，小于机构区域时填写）
    region: Option<String>,
    /// 行业领域（少于机构领域时填写）
    #[serde(default)]
    sectors: Vec<String>,
}

fn username(text: &str) -> Result<String, String> {
    let name = text.trim();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    if !(3..=60).contains(&name.len()) || !name.chars().all(allowed) {
        return Err("用户名应为 3 到 60 位字母、数字或 . _ - @".to_owned());
    }
    Ok(name.to_owned())
}

fn area(text: Option<&str>, org: &Org) -> Result<Option<String>, String> {
    let Some(text) = filled(text) else { return Ok(None) };
    let region = Region::parse(&text)?;
    let whole = Region::parse(&org.region)?;
    if whole.contains(&region) { Ok(Some(text)) } else { Err(format!("{region} 不在机构的区域 {whole} 内")) }
}

/// Opens an account without any role; returns its id and the password to hand over once.
async fn create(ctx: &Ctx, form: &UserForm) -> Result<(Uuid, String)> {
    ctx.allow(&PART, Action::ManageAccounts)?;
    let org = orgs::reachable(ctx, form.org.trim()).await?;
    let mut faults = Faults::default();
    let name = faults.take("username", username(&form.username));
    let person_name = faults.take("person", person_name(&form.person));
    let number = faults.take("phone", filled(form.phone.as_deref()).map(|p| phone(&p)).transpose());
    let region = faults.take("region", area(form.region.as_deref(), &org));
    let checked = faults.end(name.zip(person_name).zip(number).zip(region))?;
    let (((username, person_name), phone), region) = checked;
    if platform::auth::find(ctx.db(), &username).await?.is_some() {
        return Err(Error::invalid("username", "这个用户名已被使用，请换一个"));
    }
    let password = first_password(ctx);
    let password_hash = ctx.new_password_hash(&username, &password, "password").await?;
    let person = NewPerson { name: person_name.clone(), phone: phone.clone(), ..NewPerson::default() };
    let user = OpenUser {
        username,
        person_name,
        phone,
        region,
        sectors: form.sectors.iter().filter_map(|s| filled(Some(s))).collect(),
        password_hash,
        must_change: true,
        ..OpenUser::default()
    };
    let ids = open_many(ctx, vec![(org, person, user)]).await?;
    Ok((ids.first().copied().unwrap_or_default(), password))
}

/// A random password that keeps the password rule and has no letters people confuse.
pub fn first_password(ctx: &Ctx) -> String {
    const LOWER: &[u8] = b"abcdefghjkmnpqrstuvwxyz";
    const DIGITS: &[u8] = b"23456789";
    let pick = |from: &[u8], byte: u8| from.get(usize::from(byte) % from.len()).copied().map_or('x', char::from);
    let bytes = ctx.app.source().random::<14>();
    let letters = bytes.iter().enumerate().map(|(i, b)| match i {
        0 => pick(LOWER, *b).to_ascii_uppercase(),
        4 | 9 => '-',
        // A digit in every group keeps the three kinds of the rule whatever is drawn.
        3 | 8 | 13 => pick(DIGITS, *b),
        _ => pick(LOWER, *b),
    });
    letters.collect()
}

/// An account within the caller's reach, its organisation and its roles in force.
struct Target {
    account: Account,
    org: Org,
    roles: Vec<Role>,
}

async fn target(ctx: &Ctx, id: Uuid) -> Result<Target> {
    let account = platform::auth::find(ctx.db(), &id.to_string()).await?.ok_or(Error::NotFound)?;
    let org = Org::find(ctx.db(), &account.org).await?.ok_or(Error::NotFound)?;
    if !orgs::reaches(ctx, &org) {
        return Err(Error::NotFound);
    }
    let roles = platform::auth::actor(ctx.db(), &account, ctx.now()).await?.roles;
    Ok(Target { account, org, roles })
}

/// Nobody changes the own account's standing: another administrator does.
fn not_oneself(ctx: &Ctx, account: &Account) -> Result<()> {
    if ctx.actor.account() == Some(account.id) {
        return Err(Error::refused(SEPARATION, "不能给自己授权、停用或重置自己的账号：请由另一名管理员办理"));
    }
    Ok(())
}

/// Whether somebody with these roles may also hold this one.
fn may_also_hold(held: &[Role], role: Role) -> Result<()> {
    let other = held.iter().find(|h| **h != role && ADMINISTRATORS.contains(h));
    match other {
        Some(other) if ADMINISTRATORS.contains(&role) => Err(Error::refused(
            SEPARATION,
            format!("该账号已是{}，不能同时担任{}：请先收回原角色，或授予另一名人员", other.name(), role.name()),
        )),
        _ => Ok(()),
    }
}

/// The system administrator may not step into the security administrator's or auditor's place by
/// setting their passwords.
fn not_another_administrator(roles: &[Role]) -> Result<()> {
    match roles.iter().find(|r| matches!(r, Role::SecAdmin | Role::Auditor)) {
        None => Ok(()),
        Some(role) => Err(Error::refused(
            SEPARATION,
            format!("{}的密码只能由本人修改；遗失时由运维人员在服务器上用 anlan user 命令重置", role.name()),
        )),
    }
}

/// Switches a sign-in off or on.
pub async fn set_disabled(ctx: &Ctx, id: Uuid, disabled: bool, reason: Option<&str>) -> Result<()> {
    ctx.allow(&PART, Action::ManageAccounts)?;
    let Target { account, org, .. } = target(ctx, id).await?;
    not_oneself(ctx, &account)?;
    let act = if disabled { "disabled" } else { "enabled" };
    let event = changed(ctx, &account, &org, act, reason)?;
    let mut tx = ctx.begin().await?;
    tx.set_account_disabled(account.id, disabled).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// Sets a new password to hand over once; the person must change it at the next sign-in.
pub async fn reset_password(ctx: &Ctx, id: Uuid, reason: Option<&str>) -> Result<String> {
    ctx.allow(&PART, Action::ManageAccounts)?;
    let Target { account, org, roles } = target(ctx, id).await?;
    not_oneself(ctx, &account)?;
    // Whoever stands at the server's command line is the operator that the refusal points to.
    if !ctx.actor.is_internal() {
        not_another_administrator(&roles)?;
    }
    let password = first_password(ctx);
    let hash = ctx.new_password_hash(&account.username, &password, "password").await?;
    let event = changed(ctx, &account, &org, "password_reset", reason)?;
    let mut tx = ctx.begin().await?;
    tx.set_password(account.id, &hash, true).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(password)
}

fn changed(ctx: &Ctx, account: &Account, org: &Org, act: &str, reason: Option<&str>) -> Result<NewEvent> {
    let payload = AccountChanged {
        account: account.id,
        person: account.person,
        act: act.into(),
        reason: filled(reason).map(Into::into),
    };
    ctx.event(&payload, format!("account/{}", account.id), &org.placed())
}

/// Gives a role, for ever or until a day.
async fn grant(ctx: &Ctx, id: Uuid, role: &str, until: Option<Ms>) -> Result<()> {
    ctx.allow(&PART, Action::ManageRoles)?;
    let Target { account, org, roles } = target(ctx, id).await?;
    not_oneself(ctx, &account)?;
    let Some(role) = Role::parse(org.subject, role) else {
        let all: Vec<&str> = Role::ALL.iter().filter(|r| r.subject() == org.subject).map(|r| r.code()).collect();
        return Err(Error::invalid(
            "role",
            format!("{}没有角色“{role}”，可选：{}", org.subject.name(), all.join("、")),
        ));
    };
    if until.is_some_and(|until| until <= ctx.now()) {
        return Err(Error::invalid("until", "有效期要晚于现在；需要立即收回的，请用“收回”"));
    }
    may_also_hold(&roles, role)?;
    let payload = RoleGranted {
        account: id,
        person: account.person,
        role: role.code().into(),
        org: org.id.as_str().into(),
        until: until.map(|t| t.0),
    };
    let event = ctx.event(&payload, format!("account/{id}"), &org.placed())?;
    let mut tx = ctx.begin().await?;
    // Once more inside the write: another administrator may have been quicker, or may be at it now.
    tx.hold_account(id).await?;
    may_also_hold(&store::held_in(&mut tx, id, org.subject).await?, role)?;
    tx.grant_role(id, role, until, event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// Takes a role back, at once.
async fn revoke(ctx: &Ctx, id: Uuid, role: &str, reason: &str) -> Result<()> {
    ctx.allow(&PART, Action::ManageRoles)?;
    let Target { account, org, .. } = target(ctx, id).await?;
    not_oneself(ctx, &account)?;
    let role = Role::parse(org.subject, role).ok_or(Error::NotFound)?;
    let payload = RoleRevoked {
        account: id,
        person: account.person,
        role: role.code().into(),
        org: org.id.as_str().into(),
        reason: reason.into(),
    };
    let event = ctx.event(&payload, format!("account/{id}"), &org.placed())?;
    let mut tx = ctx.begin().await?;
    tx.revoke_role(id, role).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_administrators_are_three_accounts() {
        for held in ADMINISTRATORS {
            for role in ADMINISTRATORS {
                assert_eq!(may_also_hold(&[held], role).is_ok(), held == role, "{held:?} {role:?}");
            }
            assert!(may_also_hold(&[held], Role::Officer).is_ok());
        }
        assert!(may_also_hold(&[Role::Officer, Role::Leader], Role::Auditor).is_ok());
    }
}
