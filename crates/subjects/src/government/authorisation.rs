//! The authorisation console (P-05): who may do what, and who can see one enterprise and why.
use crate::enterprise::store as enterprises;
use crate::government::{PART, orgs};
use axum::Json;
use platform::grants::{self, Granted};
use platform::http::Params;
use platform::{Action, Ctx, Error, Result, Role, Subject, regions};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A role of a subject; `org_admin` exists once per subject that has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthorisationRole {
    id: String,
    name: String,
    subject: Subject,
}

/// Which roles of a subject may do an action in a part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthorisationRow {
    subject: Subject,
    part: String,
    part_name: String,
    action: String,
    action_name: String,
    roles: Vec<String>,
}

/// The whole table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Authorisation {
    roles: Vec<AuthorisationRole>,
    rows: Vec<AuthorisationRow>,
}

/// 授权矩阵：角色 × 部分 × 操作
#[utoipa::path(get, path = "/authorisation", tag = "government", responses((status = 200, body = Authorisation)))]
pub(crate) async fn table(ctx: Ctx) -> Result<Json<Authorisation>> {
    ctx.allow(&PART, Action::View)?;
    let role =
        |r: &Role| AuthorisationRole { id: r.code().to_owned(), name: r.name().to_owned(), subject: r.subject() };
    let mut rows: Vec<AuthorisationRow> = vec![];
    // The platform's own table, so that what is shown is what is enforced.
    for (role, part, actions) in ctx.app.authorisation_table() {
        for action in actions {
            let known = rows
                .iter_mut()
                .find(|e| e.subject == role.subject() && e.part == part.key && e.action == action.code());
            match known {
                Some(entry) => entry.roles.push(role.code().to_owned()),
                None => rows.push(AuthorisationRow {
                    subject: role.subject(),
                    part: part.key.to_owned(),
                    part_name: part.name.to_owned(),
                    action: action.code().to_owned(),
                    action_name: action.name().to_owned(),
                    roles: vec![role.code().to_owned()],
                }),
            }
        }
    }
    rows.sort_by(|a, b| (a.subject, &a.part).cmp(&(b.subject, &b.part)));
    Ok(Json(Authorisation { roles: Role::ALL.iter().map(role).collect(), rows }))
}

/// Which enterprise.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhoQuery {
    /// 企业编号
    enterprise: String,
}

/// A government body whose area covers the enterprise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Governing {
    org: String,
    org_name: String,
    region: String,
    region_name: String,
    /// Sectors it is limited to; empty means all.
    sectors: Vec<String>,
    /// Accounts in use.
    users: i64,
    /// Why it can see the enterprise.
    why: String,
}

/// Who can see one enterprise, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Who {
    enterprise: String,
    name: String,
    /// By area and sector.
    government: Vec<Governing>,
    /// By dated grants, each with the event that caused it.
    grants: Vec<Granted>,
}

/// 谁能看到这家企业，依据是什么
#[utoipa::path(get, path = "/authorisation/who", tag = "government", params(WhoQuery), responses((status = 200, body = Who)))]
pub(crate) async fn who(ctx: Ctx, Params(query): Params<WhoQuery>) -> Result<Json<Who>> {
    ctx.allow(&PART, Action::View)?;
    let found = enterprises::find(&ctx, query.enterprise.trim()).await?;
    if matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) {
        return Err(Error::Forbidden("谁能看到一家企业，只有企业自己和监管部门可以查看".to_owned()));
    }
    let names = regions::names(ctx.db()).await?;
    let mut government = vec![];
    for (org, users) in orgs::governing(&ctx, &found.profile.region).await? {
        let by_sector = org.sectors.iter().any(|s| found.profile.sectors.contains(s));
        if org.sectors.is_empty() || by_sector {
            let area = names.get(&org.region).cloned().unwrap_or_else(|| org.region.clone());
            let by =
                if org.sectors.is_empty() { String::new() } else { format!("，且主管{}", org.sectors.join("、")) };
            government.push(Governing {
                why: format!("管辖区域“{area}”包含企业所在地{by}"),
                org: org.id,
                org_name: org.name,
                region: org.region,
                region_name: area,
                sectors: org.sectors,
                users,
            });
        }
    }
    let grants = grants::on_enterprise(&ctx, &found.id).await?;
    Ok(Json(Who { enterprise: found.id, name: found.profile.name, government, grants }))
}
