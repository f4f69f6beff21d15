//! Self-registration: filed by anybody, judged by rules at once, decided by the county's people.
pub(super) mod api;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use store::{Filed, origin_of, waiting};

use crate::enterprise::PART;
use crate::enterprise::checks::{Faults, filled, line, phone};
use crate::enterprise::people;
use crate::enterprise::profile::{EnterpriseForm, Profile};
use crate::enterprise::register::{self, NewEnterprise, Origin, uscc_in_event};
use crate::enterprise::store as enterprises;
use crate::government::users::{self, OpenUser};
use events::enterprise::{RegistrationDecided, RegistrationFiled};
use events::{Audience, Code};
use platform::{Action, Ctx, Error, Notice, Placed, Result, Role, To};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Filings accepted from one address within an hour; each costs a password hash and an officer's look.
const PER_ADDRESS: i64 = 10;
const HOUR_MS: i64 = 3_600_000;
/// Who decides.
const DECIDERS: &[Role] = &[Role::Officer, Role::Township];

/// What an enterprise gives when it registers itself.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(crate) struct RegistrationForm {
    /// 企业名称，与营业执照一致
    name: String,
    /// 统一社会信用代码（GB 32100-2015）
    uscc: String,
    /// 所在乡镇（街道）的行政区划代码
    region: String,
    /// 行业
    industry: Option<String>,
    /// 国民经济行业代码（GB/T 4754-2017）
    gbt4754: Option<String>,
    /// 地址
    address: Option<String>,
    /// 联系人
    contact_name: String,
    /// 联系电话
    contact_phone: String,
    /// 用户名
    username: String,
    /// 密码
    password: String,
}

/// A filing that keeps every rule.
struct Checked {
    profile: Profile,
    contact_name: String,
    contact_phone: String,
    username: String,
}

impl RegistrationForm {
    fn check(&self) -> Result<Checked> {
        let form = EnterpriseForm {
            name: Some(self.name.clone()),
            uscc: Some(self.uscc.clone()),
            region: Some(self.region.clone()),
            industry: self.industry.clone(),
            gbt4754: self.gbt4754.clone(),
            address: self.address.clone(),
            ..EnterpriseForm::default()
        };
        let mut faults = Faults::default();
        let contact_name = faults.take("contact_name", person_name(&self.contact_name));
        let contact_phone = faults.take("contact_phone", phone(&self.contact_phone));
        let username = faults.take("username", own_username(&self.username));
        // The enterprise's own faults come first, as on the form.
        match (form.check(None), faults.end(contact_name.zip(contact_phone).zip(username))) {
            (Ok(profile), Ok(((contact_name, contact_phone), username))) => {
                Ok(Checked { profile, contact_name, contact_phone, username })
            }
            (Err(Error::Invalid(mut first)), Err(Error::Invalid(second))) => {
                first.extend(second);
                Err(Error::Invalid(first))
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }
}

/// A person's name.
pub(crate) fn person_name(text: &str) -> Result<String, String> {
    let name = filled(Some(text)).ok_or("此项必填：请填写姓名")?;
    line(&name, 30)
}

/// `role@org` names are given out by administrators; what people choose may not look like one.
fn own_username(text: &str) -> Result<String, String> {
    let name = text.trim();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !(4..=40).contains(&name.len()) || !name.chars().all(allowed) {
        return Err("用户名应为 4 到 40 位字母、数字或 . _ -，不含 @".to_owned());
    }
    Ok(name.to_owned())
}

/// Files a registration; returns its id.
async fn file(ctx: &Ctx, form: &RegistrationForm) -> Result<Uuid> {
    let checked = form.check()?;
    refuse_flood(ctx).await?;
    refuse_known(ctx, &checked).await?;
    // Last of the checks and before the transaction: hashing costs a core for a while.
    let hash = ctx.new_password_hash(&checked.username, &form.password, "password").await?;
    let id = ctx.new_id();
    let placed = Placed { region: checked.profile.region.to_string(), ..Placed::default() };
    let (uscc, sole_trader_uscc) = uscc_in_event(&checked.profile.uscc);
    let payload = RegistrationFiled {
        registration: id,
        uscc,
        sole_trader_uscc,
        name: checked.profile.name.clone().into(),
        industry: checked.profile.gbt4754.as_ref().map(|c| c.as_str().into()),
        contact: checked.contact_name.clone().into(),
        phone: checked.contact_phone.clone().into(),
        region: placed.region.as_str().into(),
    };
    let event = ctx.event(&payload, format!("registration/{id}"), &placed)?.audience(Audience::Gov);
    let mut tx = ctx.begin().await?;
    store::insert(&mut tx, ctx, id, &checked, &hash, event.id).await?;
    let notice = Notice {
        priority: 3,
        title: &format!("新的企业注册待审核：{}", checked.profile.name),
        body: "请核对营业执照后通过或退回；通过后企业才能登录。",
        link: "/registrations?state=pending",
        event: event.id,
    };
    tx.notify(ctx, To::Area(&placed.region, DECIDERS), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(id)
}

async fn refuse_flood(ctx: &Ctx) -> Result<()> {
    let recent = store::filed_since(ctx.db(), ctx.address(), ctx.now().plus(-HOUR_MS)).await?;
    if recent < PER_ADDRESS {
        return Ok(());
    }
    Err(Error::refused(
        "自主注册频率限制",
        format!("同一网络地址 1 小时内最多提交 {PER_ADDRESS} 次注册：请稍后再试，或到属地监管部门现场登记"),
    ))
}

async fn refuse_known(ctx: &Ctx, checked: &Checked) -> Result<()> {
    let uscc = checked.profile.uscc.as_str();
    if enterprises::by_uscc(ctx.db(), uscc).await?.is_some() {
        return Err(Error::invalid(
            "uscc",
            "该统一社会信用代码已登记：请用原账号登录；没有账号的，凭营业执照到属地应急管理部门领取",
        ));
    }
    if let Some(id) = store::pending_with(ctx.db(), "uscc", uscc).await? {
        return Err(Error::invalid("uscc", format!("该企业已提交注册，正在审核（受理编号 {id}），无需重复提交")));
    }
    let taken = platform::auth::find(ctx.db(), &checked.username).await?.is_some()
        || store::pending_with(ctx.db(), "username", &checked.username).await?.is_some();
    if taken {
        return Err(Error::invalid("username", "这个用户名已被使用，请换一个"));
    }
    Ok(())
}

/// Only what waits can be decided, and only once.
fn decidable(filed: &Filed) -> Result<()> {
    match filed.state.as_str() {
        "pending" => Ok(()),
        "accepted" => Err(Error::Conflict("这份注册已经通过，无需再次审核".to_owned())),
        _ => Err(Error::Conflict("这份注册已经退回；企业改正后会作为新的注册提交".to_owned())),
    }
}

/// Takes the enterprise into the register and opens its first account.
async fn accept(ctx: &Ctx, id: Uuid) -> Result<Filed> {
    ctx.allow(&PART, Action::Approve)?;
    let filed = store::find(ctx, id).await?;
    decidable(&filed)?;
    let profile = filed.profile()?;
    register::refuse_known(ctx, &profile.uscc).await?;
    let enterprise = ctx.new_id().to_string();
    let placed = Placed::enterprise(&enterprise, &filed.region, vec![]);
    let decided = RegistrationDecided {
        registration: id,
        result: "accepted".into(),
        enterprise: Some(Code::from(&enterprise)),
        reason: None,
    };
    let decided = ctx.event(&decided, format!("registration/{id}"), &placed)?.because([filed.event]);
    let (cause, mut events) = (decided.id, vec![]);
    let mut tx = ctx.begin().await?;
    store::decide(&mut tx, ctx, id, "accepted", None, Some(&enterprise)).await?;
    let new = NewEnterprise { id: Some(enterprise.clone()), profile, origin: Origin::Own };
    register::enter(ctx, &mut tx, new, Some(cause), &mut events).await?;
    let person = people::NewPerson {
        name: filed.contact_name.clone(),
        phone: Some(filed.contact_phone.clone()),
        posts: vec!["主要负责人".to_owned()],
        ..people::NewPerson::default()
    };
    let person = people::enter(ctx, &mut tx, &placed, person, Some(cause), &mut events).await?;
    let user = OpenUser {
        username: filed.username.clone(),
        person,
        person_name: filed.contact_name.clone(),
        phone: Some(filed.contact_phone.clone()),
        roles: vec![Role::Principal, Role::EnterpriseAdmin],
        password_hash: filed.password_hash.clone().unwrap_or_default(),
        ..OpenUser::default()
    };
    users::open(ctx, &mut tx, &placed, user, Some(cause), &mut events).await?;
    let notice = Notice {
        priority: 3,
        title: "企业注册已通过",
        body: "请先确认本单位档案，再登记场所和人员。",
        link: &format!("/enterprises/{enterprise}"),
        event: cause,
    };
    tx.notify(ctx, To::Org(&enterprise, &[Role::Principal]), &notice).await?;
    ctx.commit(tx, decided, events).await?;
    store::find(ctx, id).await
}

/// Gives a registration back with the reason; the applicant may file again.
async fn reject(ctx: &Ctx, id: Uuid, reason: &str) -> Result<Filed> {
    ctx.allow(&PART, Action::Approve)?;
    let reason = filled(Some(reason)).ok_or_else(|| Error::invalid("reason", "请写明退回原因，申请人要据此改正"))?;
    let reason = line(&reason, 500).map_err(|e| Error::invalid("reason", e))?;
    let filed = store::find(ctx, id).await?;
    decidable(&filed)?;
    let placed = Placed { region: filed.region.clone(), ..Placed::default() };
    let payload = RegistrationDecided {
        registration: id,
        result: "rejected".into(),
        enterprise: None,
        reason: Some(reason.as_str().into()),
    };
    let event =
        ctx.event(&payload, format!("registration/{id}"), &placed)?.because([filed.event]).audience(Audience::Gov);
    let mut tx = ctx.begin().await?;
    store::decide(&mut tx, ctx, id, "rejected", Some(&reason), None).await?;
    ctx.commit(tx, event, vec![]).await?;
    store::find(ctx, id).await
}
