//! One page per enterprise (P-02): the sections of every part, each with its own cut per reader.
use axum::Json;
use platform::http::PathId;
use platform::scope::{self, Columns};
use platform::view::Section;
use platform::{Ctx, Result, regions, sql};
use serde::Serialize;
use utoipa::ToSchema;

/// An enterprise's page.
#[derive(Serialize, ToSchema)]
pub(super) struct EnterprisePage {
    id: String,
    name: String,
    uscc: Option<String>,
    region: String,
    region_name: String,
    state: String,
    sections: Vec<Section>,
}

const SCOPE: Columns = Columns {
    enterprise: "o.id",
    region: "o.region",
    sectors: Some("o.sectors"),
    kind: "enterprise",
    id: "o.id",
    owner: None,
};

/// 企业一页
#[utoipa::path(get, path = "/enterprises/{id}/page", tag = "portal", params(("id" = String, Path)), responses((status = 200, body = EnterprisePage)))]
pub(super) async fn page(ctx: Ctx, PathId(id): PathId<String>) -> Result<Json<EnterprisePage>> {
    let mut query = sql(
        "select o.id, o.name, o.uscc, o.region, o.state from org o where o.subject = 'enterprise' and o.id = ",
        vec![],
    );
    query.bind(id.as_str());
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    let row = ctx.db().one(query).await?;
    let mut sections = vec![];
    for part in ctx.app.parts().iter().filter(|p| p.built) {
        sections.extend((part.sections)(ctx.clone(), id.clone()).await?);
    }
    sections.sort_by(|a, b| (a.order, &a.key).cmp(&(b.order, &b.key)));
    let region: String = row.get("region")?;
    Ok(Json(EnterprisePage {
        id,
        name: row.get("name")?,
        uscc: row.get("uscc")?,
        region_name: regions::name(ctx.db(), &region).await?,
        region,
        state: row.get("state")?,
        sections,
    }))
}
