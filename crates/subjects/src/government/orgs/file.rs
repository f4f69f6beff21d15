//! The file of an insurer or service organisation: what the directory knows, and its people.
use crate::enterprise::people::api::{Entered, of};
use crate::enterprise::people::{self, Person, PersonForm};
use crate::enterprise::store as enterprises;
use crate::government::orgs::reaches;
use axum::Json;
use platform::auth::Org;
use platform::http::{Exported, List, PageQuery};
use platform::view::{Card, CardItem, Tone};
use platform::{Action, Ctx, Error, Part, Result, Subject, regions};
use serde::Serialize;
use utoipa::ToSchema;

/// An organisation's own page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrgFile {
    id: String,
    name: String,
    uscc: Option<String>,
    subject: Subject,
    region: String,
    region_name: String,
    sectors: Vec<String>,
    /// People of the file; only for the organisation itself and the government of its area.
    people: Option<i64>,
    /// Enterprises that let it see something now; only for the organisation itself.
    enterprises: Option<i64>,
}

async fn find(ctx: &Ctx, part: &Part, subject: Subject, id: &str) -> Result<Org> {
    ctx.allow(part, Action::View)?;
    Org::find(ctx.db(), id).await?.filter(|o| o.subject == subject).ok_or(Error::NotFound)
}

/// The file; name and code are public, because enterprises choose whom to let see.
pub(crate) async fn file(ctx: &Ctx, part: &Part, subject: Subject, id: &str) -> Result<Json<OrgFile>> {
    let org = find(ctx, part, subject, id).await?;
    let people = if reaches(ctx, &org) { Some(people::count(ctx.db(), id).await?) } else { None };
    let enterprises = if ctx.actor.org == id { Some(enterprises::count(ctx).await?) } else { None };
    Ok(Json(OrgFile {
        region_name: regions::name(ctx.db(), &org.region).await?,
        id: org.id,
        name: org.name,
        uscc: org.uscc,
        subject,
        region: org.region,
        sectors: org.sectors,
        people,
        enterprises,
    }))
}

/// Its people, for itself and the government of its area.
pub(crate) async fn people(ctx: &Ctx, part: &Part, subject: Subject, id: &str, page: &PageQuery) -> Result<Exported> {
    let org = find(ctx, part, subject, id).await?;
    if !reaches(ctx, &org) {
        return Err(Error::Forbidden("人员名录只有该机构自己和属地监管部门可以查看".to_owned()));
    }
    let whole = ctx.actor.org == id && ctx.may(part, Action::Edit);
    let list: List<Person> = of(ctx, id, page, whole).await?;
    Exported::new(ctx, page, list)
}

/// Enters a person of the caller's own organisation.
pub(crate) async fn add(
    ctx: &Ctx,
    part: &Part,
    subject: Subject,
    id: &str,
    form: &PersonForm,
) -> Result<Json<Entered>> {
    ctx.allow(part, Action::Edit)?;
    let org = find(ctx, part, subject, id).await?;
    if ctx.actor.org != id {
        return Err(Error::NotFound);
    }
    Ok(Json(Entered { id: people::register(ctx, &org.placed(), form).await? }))
}

/// The enterprises that let the caller's organisation see something, as a home card.
pub(crate) async fn consented(ctx: &Ctx, part: &Part) -> Result<Card> {
    let some = enterprises::all(ctx, &enterprises::Wanted::default(), 5).await?;
    let items = some.into_iter().map(|e| CardItem {
        title: e.profile.name,
        subtitle: e.profile.industry,
        link: format!("/enterprises/{}", e.id),
        ..CardItem::default()
    });
    Ok(Card {
        key: "consented".to_owned(),
        part: part.key.to_owned(),
        title: "授权我们查看的企业".to_owned(),
        value: Some(enterprises::count(ctx).await?.to_string()),
        unit: Some("家".to_owned()),
        tone: Tone::Plain,
        note: Some("只显示企业同意的内容；到期或撤回后不再可见".to_owned()),
        link: "/enterprises".to_owned(),
        order: 10,
        items: items.collect(),
    })
}
