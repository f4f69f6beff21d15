//! What a service organisation and its people are qualified for: certificates with their end, renewed
//! under the same number. Who is sent where by them is the experts library's business.
mod store;

use super::PART;
use crate::enterprise::checks::{Faults, filled, line};
use crate::enterprise::mask;
use crate::enterprise::people;
use axum::Json;
use events::Code;
use events::service_org::{OrgQualified, PersonQualified};
use platform::auth::Org;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Error, Ms, Result, Subject, sheets};
use serde::{Deserialize, Serialize};
use standards::date::Date;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A certificate as the register holds it.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    id: Uuid,
    org: String,
    person: Option<Uuid>,
    kind: String,
    number: String,
    skills: Vec<String>,
    valid_to: i64,
    verified_against: Option<String>,
    revision: i64,
}

/// A certificate to enter, or one to renew: the same kind and number means a renewal.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct QualificationForm {
    /// 持证人；机构资质不填
    pub person: Option<Uuid>,
    /// 证书种类（专家库的分类）
    pub kind: String,
    /// 证书编号
    pub number: String,
    /// 适用专业；不填为全部
    #[serde(default)]
    pub skills: Vec<String>,
    /// 有效期至，如 2027-06-30
    pub valid_to: String,
    /// 核对的来源，如注册查询系统名称
    pub verified_against: Option<String>,
}

/// A certificate as shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Qualification {
    /// Id.
    pub id: Uuid,
    /// Organisation.
    pub org: String,
    /// Person who holds it; nobody for a qualification of the organisation.
    pub person: Option<Uuid>,
    /// Name of that person.
    pub person_name: Option<String>,
    /// Kind.
    pub kind: String,
    /// Number, masked but for the own organisation's file keepers.
    pub number: String,
    /// Skills it is for; empty for all.
    pub skills: Vec<String>,
    /// Last moment.
    pub valid_to: Ms,
    /// Whether it has run out.
    pub lapsed: bool,
    /// Register it was compared with.
    pub verified_against: Option<String>,
}

impl Table for Qualification {
    const TITLE: &'static str = "资格证书";
    const COLUMNS: &'static [&'static str] = &["持证人", "种类", "编号", "适用专业", "有效期至", "核对来源"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        vec![
            Some(self.person_name.clone().unwrap_or_else(|| "本机构".to_owned()).into()),
            Some(self.kind.clone().into()),
            Some(self.number.clone().into()),
            Some(self.skills.join("、").into()),
            Some(self.valid_to.beijing().into()),
            self.verified_against.clone().map(Into::into),
        ]
    }
}

impl Held {
    fn shown(self, person_name: Option<String>, now: Ms, whole: bool) -> Qualification {
        // The number of an organisation's qualification stands in a public register.
        let open = whole || self.person.is_none();
        Qualification {
            id: self.id,
            org: self.org,
            person: self.person,
            person_name,
            kind: self.kind,
            number: if open { self.number } else { mask::citizen(&self.number) },
            skills: self.skills,
            valid_to: Ms(self.valid_to),
            lapsed: self.valid_to < now.0,
            verified_against: self.verified_against,
        }
    }
}

/// A checked form.
struct Checked {
    kind: String,
    number: String,
    skills: Vec<String>,
    valid_to: i64,
    verified_against: Option<String>,
}

impl QualificationForm {
    fn check(&self) -> Result<Checked> {
        let mut faults = Faults::default();
        let kind = faults.take("kind", line(&self.kind, 40));
        let number = faults.take("number", line(&self.number, 60));
        let skills = self.skills.iter().filter_map(|s| filled(Some(s)));
        let skills = faults.take("skills", skills.map(|s| line(&s, 40)).collect::<Result<Vec<_>, _>>());
        let day =
            Date::parse(self.valid_to.trim()).and_then(|day| day.add_days(1)).map(|next| next.beijing_start_ms() - 1);
        let valid_to = faults.take("valid_to", day.ok_or_else(|| "有效期须为日期，如 2027-06-30".to_owned()));
        let source = filled(self.verified_against.as_deref()).map(|s| line(&s, 60)).transpose();
        let source = faults.take("verified_against", source);
        let checked = (|| {
            Some(Checked {
                kind: kind?,
                number: number?,
                skills: skills?,
                valid_to: valid_to?,
                verified_against: source?,
            })
        })();
        faults.end(checked)
    }
}

/// Enters a certificate, or renews the one with the same kind and number.
pub async fn qualify(ctx: &Ctx, id: &str, form: &QualificationForm) -> Result<Uuid> {
    ctx.allow(&PART, Action::Edit)?;
    let org = Org::find(ctx.db(), id).await?.filter(|o| o.subject == Subject::ServiceOrg).ok_or(Error::NotFound)?;
    if !ctx.actor.is_internal() && ctx.actor.org != org.id {
        return Err(Error::NotFound);
    }
    let checked = form.check()?;
    if let Some(person) = form.person
        && people::by_id(ctx.db(), &org.id, person).await?.is_none()
    {
        return Err(Error::invalid("person", "本机构的人员名录中没有这个人，请先登记人员"));
    }
    let mut tx = ctx.begin().await?;
    let old = store::same(&mut tx, &org.id, &checked.kind, &checked.number).await?;
    if old.as_ref().is_some_and(|old| old.person != form.person) {
        return Err(Error::invalid("number", "这个编号的证书已登记在他人名下，请核对编号和持证人"));
    }
    if old.as_ref().is_some_and(|old| checked.valid_to < old.valid_to) {
        return Err(Error::invalid("valid_to", "比已登记的有效期更早，请核对；续期应晚于原有效期"));
    }
    let held = Held {
        id: old.as_ref().map_or_else(|| ctx.new_id(), |old| old.id),
        org: org.id.clone(),
        person: form.person,
        kind: checked.kind,
        number: checked.number,
        skills: checked.skills,
        valid_to: checked.valid_to,
        verified_against: checked.verified_against,
        revision: old.as_ref().map_or(1, |old| old.revision),
    };
    if old.is_some() {
        store::renew(&mut tx, &held).await?;
    } else {
        store::insert(&mut tx, &org, &held).await?;
    }
    let event = event(ctx, &org, &held)?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(held.id)
}

fn event(ctx: &Ctx, org: &Org, held: &Held) -> Result<platform::NewEvent> {
    let (subject, placed) = (format!("certificate/{}", held.id), org.placed());
    let verified_against = held.verified_against.as_ref().map(Code::from);
    let Some(person) = held.person else {
        let payload = OrgQualified {
            certificate: held.id,
            org: org.id.as_str().into(),
            cert_kind: held.kind.as_str().into(),
            number: held.number.as_str().into(),
            valid_to: held.valid_to,
            verified_against,
        };
        return ctx.event(&payload, subject, &placed);
    };
    let payload = PersonQualified {
        certificate: held.id,
        person,
        org: org.id.as_str().into(),
        cert_kind: held.kind.as_str().into(),
        number: held.number.clone().into(),
        skills: held.skills.iter().map(Code::from).collect(),
        valid_to: held.valid_to,
        verified_against,
    };
    ctx.event(&payload, subject, &placed)
}

/// Whose certificates.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// Person; all of the organisation where not given.
    person: Option<Uuid>,
}

/// 登记或更新资格证书、机构资质
#[utoipa::path(post, path = "/service-orgs/{id}/qualifications", tag = "service_org", params(("id" = String, Path)), request_body = QualificationForm, responses((status = 200, body = people::api::Entered)))]
pub(super) async fn add(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Body(form): Body<QualificationForm>,
) -> Result<Json<people::api::Entered>> {
    Ok(Json(people::api::Entered { id: qualify(&ctx, &id, &form).await? }))
}

/// 机构及人员的资格证书
#[utoipa::path(get, path = "/service-orgs/{id}/qualifications", tag = "service_org", params(("id" = String, Path), PageQuery, Whose), responses((status = 200, body = List<Qualification>)))]
pub(super) async fn list(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Params(page): Params<PageQuery>,
    Params(whose): Params<Whose>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let org = Org::find(ctx.db(), &id).await?.filter(|o| o.subject == Subject::ServiceOrg).ok_or(Error::NotFound)?;
    let whole = ctx.actor.org == org.id && ctx.may(&PART, Action::Edit);
    let list = store::list(&ctx, &page, &org.id, whose.person, whole).await?;
    Exported::new(&ctx, &page, list)
}
