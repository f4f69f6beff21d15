//! Organisations of all four subjects: the list, and the register of those that are no enterprises.
pub(super) mod api;
pub(crate) mod file;
mod store;

pub(crate) use store::governing;

use crate::enterprise::checks::{Faults, filled, line, name, uscc};
use crate::enterprise::register::finish;
use crate::enterprise::store as enterprises;
use crate::government::PART;
use events::Code;
use events::organisations::OrgRegistered;
use platform::auth::Org;
use platform::{Action, Ctx, Error, Result, Subject, scope};
use serde::Deserialize;
use standards::codes::Region;
use utoipa::ToSchema;

/// An organisation as typed into a form.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OrgForm {
    /// 机构编号，2 到 30 位大写字母、数字或 -；不填则自动生成
    id: Option<String>,
    /// 主体：government、insurer 或 service_org
    subject: Subject,
    /// 名称
    name: String,
    /// 统一社会信用代码
    uscc: Option<String>,
    /// 行政区划代码
    region: String,
    /// 行业领域（行业部门填写）
    #[serde(default)]
    sectors: Vec<String>,
}

impl OrgForm {
    fn check(&self, ctx: &Ctx) -> Result<Org> {
        let mut faults = Faults::default();
        let id = match filled(self.id.as_deref()) {
            Some(id) => faults.take("id", own_id(&id)),
            None => Some(ctx.new_id().to_string()),
        };
        let name = faults.take("name", name(&self.name));
        let code = faults.take("uscc", filled(self.uscc.as_deref()).map(|c| uscc(&c)).transpose());
        let region = faults.take("region", Region::parse(self.region.trim()));
        let sectors =
            self.sectors.iter().filter_map(|s| filled(Some(s))).map(|s| line(&s, 20).map(|s| s.replace(',', "，")));
        let sectors = faults.take("sectors", sectors.collect::<Result<Vec<_>, _>>());
        let org = (|| {
            Some(Org {
                id: id?,
                subject: self.subject,
                name: name?,
                uscc: code?.map(|c| c.to_string()),
                region: region?.to_string(),
                sectors: sectors?,
            })
        })();
        faults.end(org)
    }
}

fn own_id(id: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if (2..=30).contains(&id.len()) && id.chars().all(allowed) {
        Ok(id.to_owned())
    } else {
        Err("机构编号应为 2 到 30 位大写字母、数字或 -".to_owned())
    }
}

async fn create(ctx: &Ctx, form: &OrgForm) -> Result<Org> {
    ctx.allow(&PART, Action::Register)?;
    if form.subject == Subject::Enterprise {
        return Err(Error::invalid("subject", "企业请在“企业”中登记，或由企业自主注册"));
    }
    let org = form.check(ctx)?;
    if !scope::covers(&ctx.actor, &org.placed()) && !inside(ctx, &org) {
        return Err(Error::invalid("region", format!("{} 不在您的管辖区域内：请核对行政区划代码", org.region)));
    }
    register_many(ctx, vec![org.clone()]).await?;
    Ok(org)
}

/// Region alone decides here: a new bureau may have sectors its administrator has not.
fn inside(ctx: &Ctx, org: &Org) -> bool {
    let region = Region::parse(&org.region);
    ctx.actor.subject == Some(Subject::Government)
        && ctx.actor.region.is_some_and(|mine| region.is_ok_and(|r| mine.contains(&r)))
}

/// Enters organisations of any subject but enterprises, in one write; for loading too.
pub async fn register_many(ctx: &Ctx, orgs: Vec<Org>) -> Result<()> {
    let (mut tx, mut events) = (ctx.begin().await?, vec![]);
    for org in orgs {
        tx.put_org(&org).await?;
        let payload = OrgRegistered {
            org: org.id.as_str().into(),
            kind: org.subject.code().into(),
            name: org.name.clone().into(),
            uscc: org.uscc.as_ref().map(Code::from),
            region: org.region.as_str().into(),
            sectors: org.sectors.iter().map(Code::from).collect(),
            verified_by: (!ctx.actor.org.is_empty()).then(|| Code::from(&ctx.actor.org)),
        };
        events.push(ctx.event(&payload, format!("org/{}", org.id), &org.placed())?);
    }
    finish(ctx, tx, events).await
}

/// Whether the caller may administer accounts and keys of an organisation: the own one, and for
/// government those in its area.
pub(crate) fn reaches(ctx: &Ctx, org: &Org) -> bool {
    ctx.actor.is_internal() || ctx.actor.org == org.id || inside(ctx, org)
}

/// An organisation the caller may administer.
pub(crate) async fn reachable(ctx: &Ctx, id: &str) -> Result<Org> {
    let org = Org::find(ctx.db(), id).await?.filter(|org| reaches(ctx, org));
    if let Some(org) = org.as_ref().filter(|o| o.subject == Subject::Enterprise)
        && let Some(kept) = enterprises::by_id(ctx.db(), &org.id).await?.and_then(|e| e.merged_into)
    {
        return Err(Error::invalid("org", format!("“{}”的档案已并入编号 {kept}，请填该编号", org.name)));
    }
    org.ok_or_else(|| {
        Error::invalid("org", format!("没有编号为“{id}”的机构，或不在您的管理范围内：请从机构列表中选择"))
    })
}
