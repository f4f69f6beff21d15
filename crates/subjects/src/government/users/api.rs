//! HTTP of accounts and roles.
use super::store::{self, HeldRole};
use super::{UserForm, create, grant, reset_password, revoke, set_disabled};
use crate::government::PART;
use axum::Json;
use axum::http::StatusCode;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Error, Ms, Result, Subject, sheets};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    id: Uuid,
    username: String,
    person: String,
    org: String,
    org_name: String,
    subject: Subject,
    roles: Vec<HeldRole>,
    /// `active`, `disabled` or `locked`.
    state: String,
    /// Whether a second factor is set up.
    totp: bool,
    /// Last sign-in or other act recorded of the account's access.
    last_access: Option<Ms>,
    created_at: Ms,
}

impl Table for User {
    const TITLE: &'static str = "用户";
    const COLUMNS: &'static [&'static str] = &["用户名", "姓名", "机构", "角色", "动态口令", "最近访问", "状态"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let roles: Vec<&str> = self.roles.iter().map(|r| r.name.as_str()).collect();
        let state = match self.state.as_str() {
            "active" => "启用",
            "locked" => "锁定",
            _ => "停用",
        };
        let all = [
            self.username.clone(),
            self.person.clone(),
            self.org_name.clone(),
            roles.join("、"),
            if self.totp { "已启用" } else { "未启用" }.to_owned(),
            self.last_access.map(Ms::beijing).unwrap_or_default(),
            state.to_owned(),
        ];
        all.into_iter().map(|t| Some(sheets::Value::from(t))).collect()
    }
}

/// What the list may be narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// 账号编号
    id: Option<Uuid>,
    /// 用户名或姓名
    q: Option<String>,
    /// 机构编号
    org: Option<String>,
    /// `active`、`disabled` 或 `locked`
    state: Option<String>,
    /// 角色编号；`none` 为尚无角色
    role: Option<String>,
}

impl Filter {
    fn conditions(&self, query: &mut platform::Sql, now: Ms) {
        let text = |t: &Option<String>| t.clone().filter(|t| !t.trim().is_empty());
        query.filter(" and a.id = ", self.id).filter(" and a.org = ", text(&self.org));
        if let Some(q) = text(&self.q) {
            let like = format!("%{}%", q.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_"));
            query.push(" and (a.username like ").bind(like.as_str()).push(" escape '!' or a.person_name like ");
            query.bind(like).push(" escape '!')");
        }
        match self.state.as_deref() {
            Some("disabled") => drop(query.push(" and a.disabled = 1")),
            Some("locked") => drop(query.push(" and a.disabled = 0 and a.locked_until > ").bind(now)),
            Some("active") => drop(query.push(" and a.disabled = 0 and coalesce(a.locked_until, 0) <= ").bind(now)),
            _ => {}
        }
        let held =
            " exists (select 1 from role_grant g where g.account = a.id and (g.until_at is null or g.until_at > ";
        match text(&self.role).as_deref() {
            Some("none") => drop(query.push(" and not").push(held).bind(now).push("))")),
            Some(role) => drop(query.push(" and").push(held).bind(now).push(") and g.role = ").bind(role).push(")")),
            None => {}
        }
    }
}

fn read(row: &platform::db::Row, now: Ms) -> Result<User> {
    let locked: Option<Ms> = row.get("locked_until")?;
    let disabled: bool = row.get("disabled")?;
    let state = match (disabled, locked.is_some_and(|until| until > now)) {
        (true, _) => "disabled",
        (false, true) => "locked",
        _ => "active",
    };
    Ok(User {
        id: row.get("id")?,
        username: row.get("username")?,
        person: row.get("person_name")?,
        org: row.get("org")?,
        org_name: row.get("org_name")?,
        subject: Subject::parse(&row.get::<String>("subject")?)?,
        roles: vec![],
        state: state.to_owned(),
        totp: row.get::<Option<String>>("totp_secret")?.is_some(),
        last_access: row.get("last_access")?,
        created_at: row.get("created_at")?,
    })
}

/// Whether the caller has anything to do with accounts.
pub(crate) fn administers(ctx: &Ctx) -> Result<()> {
    let any = [Action::ManageAccounts, Action::ManageRoles, Action::Audit].into_iter().any(|a| ctx.may(&PART, a));
    if any { Ok(()) } else { ctx.allow(&PART, Action::ManageAccounts) }
}

/// 用户
#[utoipa::path(get, path = "/users", tag = "government", params(PageQuery, Filter), responses((status = 200, body = List<User>)))]
pub(crate) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<Filter>,
) -> Result<Exported> {
    administers(&ctx)?;
    let now = ctx.now();
    let conditions = |query: &mut platform::Sql| {
        filter.conditions(query, now);
        store::within_reach(query, &ctx);
    };
    let mut users = store::LISTING.run(&ctx, &page, conditions, |row| read(row, now)).await?;
    let ids: Vec<(Uuid, Subject)> = users.items.iter().map(|u| (u.id, u.subject)).collect();
    let mut roles = store::roles(&ctx, &ids).await?;
    for user in &mut users.items {
        user.roles = roles.remove(&user.id).unwrap_or_default();
    }
    Exported::new(&ctx, &page, users)
}

/// A new account's id and first password, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Opened {
    id: Uuid,
    password: String,
}

/// 新增用户（不含任何角色；初始密码只显示一次）
#[utoipa::path(post, path = "/users", tag = "government", request_body = UserForm, responses((status = 200, body = Opened)))]
pub(crate) async fn add(ctx: Ctx, Body(form): Body<UserForm>) -> Result<Json<Opened>> {
    let (id, password) = create(&ctx, &form).await?;
    Ok(Json(Opened { id, password }))
}

/// Why an account is changed.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct AccountReason {
    /// 原因
    reason: Option<String>,
}

/// 停用账号
#[utoipa::path(post, path = "/users/{id}/disable", tag = "government", params(("id" = Uuid, Path)), request_body = AccountReason, responses((status = 204)))]
pub(crate) async fn disable(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<AccountReason>) -> Result<StatusCode> {
    set_disabled(&ctx, id, true, form.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 启用或解锁账号
#[utoipa::path(post, path = "/users/{id}/enable", tag = "government", params(("id" = Uuid, Path)), request_body = AccountReason, responses((status = 204)))]
pub(crate) async fn enable(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<AccountReason>) -> Result<StatusCode> {
    set_disabled(&ctx, id, false, form.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new password, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewPassword {
    password: String,
}

/// 重置密码（新密码只显示一次）
#[utoipa::path(post, path = "/users/{id}/reset-password", tag = "government", params(("id" = Uuid, Path)), request_body = AccountReason, responses((status = 200, body = NewPassword)))]
pub(crate) async fn reset(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(form): Body<AccountReason>,
) -> Result<Json<NewPassword>> {
    Ok(Json(NewPassword { password: reset_password(&ctx, id, form.reason.as_deref()).await? }))
}

/// 一个账号的角色
#[utoipa::path(get, path = "/users/{id}/roles", tag = "government", params(("id" = Uuid, Path)), responses((status = 200, body = Vec<HeldRole>)))]
pub(crate) async fn roles_of(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<Vec<HeldRole>>> {
    administers(&ctx)?;
    let found = super::target(&ctx, id).await?;
    let mut roles = store::roles(&ctx, &[(id, found.org.subject)]).await?;
    Ok(Json(roles.remove(&id).unwrap_or_default()))
}

/// A role to give.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RoleForm {
    /// 角色编号
    role: String,
    /// 有效期至；不填为长期
    until: Option<Ms>,
}

/// 授予角色
#[utoipa::path(post, path = "/users/{id}/roles", tag = "government", params(("id" = Uuid, Path)), request_body = RoleForm, responses((status = 204)))]
pub(crate) async fn granted(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<RoleForm>) -> Result<StatusCode> {
    grant(&ctx, id, form.role.trim(), form.until).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a role is taken back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RevokeQuery {
    /// 收回原因
    reason: Option<String>,
}

/// 收回角色
#[utoipa::path(delete, path = "/users/{id}/roles/{role}", tag = "government", params(("id" = Uuid, Path), ("role" = String, Path), RevokeQuery), responses((status = 204)))]
pub(crate) async fn revoked(
    ctx: Ctx,
    PathId((id, role)): PathId<(Uuid, String)>,
    Params(query): Params<RevokeQuery>,
) -> Result<StatusCode> {
    let reason = query.reason.unwrap_or_else(|| "收回".to_owned());
    if reason.chars().count() > 500 {
        return Err(Error::invalid("reason", "原因最多 500 字"));
    }
    revoke(&ctx, id, &role, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
