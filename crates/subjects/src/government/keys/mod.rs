//! Keys of other systems: what they may do, for which organisation, until when.
pub(super) mod api;
mod store;

use crate::enterprise::checks::{filled, line};
use crate::government::{PART, orgs};
use events::Code;
use events::organisations::{KeyIssued, KeyRevoked};
use platform::auth::{NewKey, Org};
use platform::{Action, Ctx, Error, Ms, Part, Result, Subject};
use serde::Deserialize;
use utoipa::ToSchema;

/// Acts that need a person: a machine neither administers people, nor consents for an enterprise, nor publishes rules.
const PEOPLE_ONLY: [Action; 5] =
    [Action::ManageAccounts, Action::ManageRoles, Action::ManageKeys, Action::Consent, Action::Publish];

/// The scopes a key of this subject may be given: what any of its roles may do.
fn possible(ctx: &Ctx, subject: Subject) -> Vec<(&'static Part, Action)> {
    let parts = ctx.app.parts().iter().filter(|p| p.built);
    let pairs = parts.flat_map(|part| Action::ALL.into_iter().map(move |action| (*part, action)));
    pairs
        .filter(|(part, action)| {
            let held = part.grants.iter().any(|g| g.role.subject() == subject && g.actions.contains(action));
            held && !PEOPLE_ONLY.contains(action)
        })
        .collect()
}

fn word(part: &Part, action: Action) -> String {
    format!("{}:{}", part.key, action.code())
}

/// A key to issue.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct KeyForm {
    /// 名称，写明给哪个系统用
    name: String,
    /// 权限，取自 GET /keys/scopes
    scopes: Vec<String>,
    /// 机构编号
    org: String,
    /// 有效期至；不填为长期
    until: Option<Ms>,
}

/// Issues a key; returns its id and the secret that is shown once.
async fn issue(ctx: &Ctx, form: &KeyForm) -> Result<(String, String)> {
    ctx.allow(&PART, Action::ManageKeys)?;
    let org = orgs::reachable(ctx, form.org.trim()).await?;
    let name = filled(Some(&form.name)).ok_or_else(|| Error::invalid("name", "请填写名称，写明给哪个系统用"))?;
    let name = line(&name, 60).map_err(|e| Error::invalid("name", e))?;
    let allowed: Vec<String> = possible(ctx, org.subject).into_iter().map(|(p, a)| word(p, a)).collect();
    if form.scopes.is_empty() {
        return Err(Error::invalid("scopes", format!("请至少选一项权限，可选：{}", allowed.join("、"))));
    }
    if let Some(wrong) = form.scopes.iter().find(|s| !allowed.contains(s)) {
        return Err(Error::invalid(
            "scopes",
            format!("“{wrong}”不是{}可用的权限，可选：{}", org.subject.name(), allowed.join("、")),
        ));
    }
    if form.until.is_some_and(|until| until <= ctx.now()) {
        return Err(Error::invalid("until", "有效期要晚于现在"));
    }
    let id = format!("ak{}", hex::encode(ctx.app.source().random::<8>()));
    let payload = KeyIssued {
        key: id.as_str().into(),
        kind: "api".into(),
        holder: org.id.as_str().into(),
        scopes: form.scopes.iter().map(Code::from).collect(),
        until: form.until.map(|t| t.0),
    };
    let event = ctx.event(&payload, format!("key/{id}"), &org.placed())?;
    let key = NewKey { name: &name, org: &org.id, scopes: &form.scopes, until: form.until, because: event.id };
    let mut tx = ctx.begin().await?;
    let secret = tx.issue_key(ctx, &id, &key).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok((id, secret))
}

/// Revokes a key, at once.
async fn revoke(ctx: &Ctx, id: &str, reason: Option<&str>) -> Result<()> {
    ctx.allow(&PART, Action::ManageKeys)?;
    let holder = store::holder(ctx.db(), id).await?;
    let org = Org::find(ctx.db(), &holder).await?.filter(|o| orgs::reaches(ctx, o)).ok_or(Error::NotFound)?;
    let reason = filled(reason).unwrap_or_else(|| "吊销".to_owned());
    let payload = KeyRevoked { key: id.into(), reason: reason.into() };
    let event = ctx.event(&payload, format!("key/{id}"), &org.placed())?;
    let mut tx = ctx.begin().await?;
    tx.revoke_key(id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}
