//! Consents: the enterprise lets an insurer or service organisation see named groups of fields,
//! for a purpose and until a day. Each consent opens and closes rows of the visibility table.
pub(super) mod api;
mod store;

use crate::enterprise::checks::filled;
use crate::enterprise::register as enterprises;
use events::Code;
use events::enterprise::{ConsentGiven, ConsentWithdrawn};
use platform::auth::Org;
use platform::{Ctx, Error, FieldError, Ms, Notice, Result, Role, Subject, To, Visibility};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The field group of people.
pub(crate) const PEOPLE: &str = "people";
/// The field group of sites.
pub(crate) const SITES: &str = "sites";
/// The field group of the base record.
pub(crate) const SUMMARY: &str = "summary";

/// Field groups a consent may open: key, kind of object in scope conditions, Chinese name.
pub const GROUPS: &[(&str, &str, &str)] = &[
    (SUMMARY, "enterprise", "基本信息"),
    (SITES, "site", "场所"),
    (PEOPLE, "person", "人员"),
    ("hazard_sources", "hazard_source", "重大危险源"),
    ("alarms", "alarm", "监测报警"),
    ("telemetry", "telemetry", "监测数据"),
    ("credit", "credit", "信用评分与等级"),
];

/// Purposes an enterprise may state; a closed list, because the purpose stands in the leaf.
pub const PURPOSES: &[(&str, &str)] = &[
    ("underwriting", "安责险投保核保"),
    ("risk_service", "事故预防服务"),
    ("claims", "保险理赔"),
    ("evaluation", "安全评价与检测"),
    ("consulting", "安全技术咨询"),
    ("training", "安全培训与演练"),
];

/// A consent as the enterprise gives it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConsentForm {
    /// 被授权的保险机构或服务机构编号
    pub to: String,
    /// 用途：underwriting、risk_service、claims、evaluation、consulting、training
    pub purpose: String,
    /// 可查看的内容：summary、sites、people、hazard_sources、alarms、telemetry、credit；基本信息总是包含在内
    pub fields: Vec<String>,
    /// 截止时间；不填为直到撤回
    pub until: Option<Ms>,
}

/// A consent that keeps the rules.
struct Checked {
    purpose: (&'static str, &'static str),
    groups: Vec<&'static (&'static str, &'static str, &'static str)>,
}

impl ConsentForm {
    fn check(&self, now: Ms) -> Result<Checked> {
        let mut faults = vec![];
        let purpose = PURPOSES.iter().find(|(key, _)| *key == self.purpose).copied();
        if purpose.is_none() {
            let keys: Vec<&str> = PURPOSES.iter().map(|(key, _)| *key).collect();
            faults.push(FieldError::new("purpose", format!("用途只能是：{}", keys.join("、"))));
        }
        // Without the summary nothing else could be attributed to an enterprise.
        let groups =
            GROUPS.iter().filter(|(key, ..)| *key == SUMMARY || self.fields.iter().any(|f| f == key)).collect();
        if let Some(unknown) = self.fields.iter().find(|f| !GROUPS.iter().any(|(key, ..)| key == f)) {
            let keys: Vec<&str> = GROUPS.iter().map(|(key, ..)| *key).collect();
            faults.push(FieldError::new("fields", format!("“{unknown}”不是可授权的内容，可选：{}", keys.join("、"))));
        }
        if self.until.is_some_and(|until| until <= now) {
            faults.push(FieldError::new("until", "截止时间要晚于现在；需要立即停止查看的，请撤回授权"));
        }
        match purpose {
            Some(purpose) if faults.is_empty() => Ok(Checked { purpose, groups }),
            _ => Err(Error::Invalid(faults)),
        }
    }
}

/// Gives a consent; its id is the id of its event, which every opened row names.
pub async fn give(ctx: &Ctx, enterprise: &str, form: &ConsentForm) -> Result<Uuid> {
    let own = own_file(ctx, enterprise).await?;
    let checked = form.check(ctx.now())?;
    let to = filled(Some(&form.to)).unwrap_or_default();
    let org = Org::find(ctx.db(), &to).await?.filter(|o| matches!(o.subject, Subject::Insurer | Subject::ServiceOrg));
    let Some(org) = org else {
        return Err(Error::invalid("to", format!("没有编号为“{to}”的保险机构或服务机构：请从机构名录中选择")));
    };
    let payload = ConsentGiven {
        to: org.id.as_str().into(),
        purpose: checked.purpose.0.into(),
        objects: vec![],
        fields: checked.groups.iter().map(|(key, ..)| Code::from(*key)).collect(),
        until: form.until.map(|t| t.0),
    };
    let event = ctx.event(&payload, format!("enterprise/{enterprise}"), &own)?;
    let (id, now) = (event.id, ctx.now());
    let mut tx = ctx.begin().await?;
    store::insert(&mut tx, id, enterprise, &org.id, checked.purpose.0, &payload.fields, form.until).await?;
    // One row per group, each naming its kind of object, so that every part's own scope
    // condition lets through exactly the group it belongs to.
    let keys: Vec<&str> = checked.groups.iter().map(|(key, ..)| *key).collect();
    for (key, kind, _) in checked.groups {
        let grant = Visibility {
            org: &org.id,
            enterprise,
            object_kind: kind,
            object_id: None,
            fields: &opened(key, &keys),
            purpose: checked.purpose.1,
            from: now,
            to: form.until,
            because: id,
        };
        tx.open_visibility(ctx, &grant).await?;
    }
    let roles = [Role::Underwriter, Role::RiskService, Role::InsurerAdmin, Role::ServiceAdmin, Role::ProjectManager];
    let notice = Notice {
        priority: 4,
        title: "有企业向贵单位授权",
        body: &format!("用途：{}。可在企业页查看被授权的内容。", checked.purpose.1),
        link: &format!("/enterprises/{enterprise}"),
        event: id,
    };
    tx.notify(ctx, To::Org(&org.id, &roles), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(id)
}

/// The field groups that the row of one group opens on its own kind of object: a hazard source has
/// parts that belong to other groups, and shows them where these were consented to as well.
fn opened<'a>(key: &'a str, all: &[&'a str]) -> Vec<&'a str> {
    let parts: &[&str] = if key == "hazard_sources" { &[SUMMARY, PEOPLE, "telemetry", "alarms"] } else { &[] };
    std::iter::once(key).chain(all.iter().copied().filter(|other| parts.contains(other))).collect()
}

/// Withdraws a consent: from now on nothing of it can be seen.
async fn withdraw(ctx: &Ctx, enterprise: &str, id: Uuid) -> Result<()> {
    let own = own_file(ctx, enterprise).await?;
    let payload = ConsentWithdrawn { consent: id };
    let event = ctx.event(&payload, format!("enterprise/{enterprise}"), &own)?.because([id]);
    let mut tx = ctx.begin().await?;
    store::withdraw(&mut tx, enterprise, id).await?;
    tx.close_visibility(id, ctx.now()).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The caller's own enterprise: nobody consents for another.
async fn own_file(ctx: &Ctx, enterprise: &str) -> Result<platform::Placed> {
    ctx.allow(&super::PART, platform::Action::Consent)?;
    let found = enterprises::active(ctx, enterprise).await?;
    if ctx.actor.org == found.id { Ok(found.placed()) } else { Err(Error::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_to_hazard_sources_opens_their_parts_as_far_as_they_were_consented_to() {
        assert_eq!(opened("hazard_sources", &[SUMMARY, "hazard_sources"]), ["hazard_sources", SUMMARY]);
        let all = [SUMMARY, PEOPLE, "hazard_sources", "telemetry"];
        assert_eq!(opened("hazard_sources", &all), ["hazard_sources", SUMMARY, PEOPLE, "telemetry"]);
        assert_eq!(opened("alarms", &all), ["alarms"], "alarms open no people");
    }
}
