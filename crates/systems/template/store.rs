//! The tables of this part: the only place with SQL.
use platform::db::Row;
use platform::http::{List, Listing, PageQuery, Table};
use platform::sheets::Value;
use platform::{Columns, Ctx, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How notes are placed for scope: every list and every load goes through it.
const SCOPE: Columns = Columns {
    enterprise: "n.enterprise",
    region: "n.region",
    sectors: Some("n.sectors"),
    kind: "template_note",
    id: "n.id",
    owner: None,
};

/// A note as its readers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateNote {
    /// Id.
    pub id: Uuid,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Text.
    pub text: String,
    /// When it was written.
    pub created_at: Ms,
}

impl TemplateNote {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            enterprise: row.get("enterprise")?,
            enterprise_name: row.get("enterprise_name")?,
            text: row.get("text")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl Table for TemplateNote {
    const TITLE: &'static str = "模板";
    const COLUMNS: &'static [&'static str] = &["企业", "内容", "时间"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.enterprise_name.as_str().into()),
            Some(self.text.as_str().into()),
            Some(self.created_at.beijing().into()),
        ]
    }
}

/// Writes a note.
pub async fn insert(tx: &mut Tx, id: Uuid, placed: &Placed, text: &str) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into template_note (id, enterprise, region, sectors, text, created_at) values ($1, $2, $3, $4, $5, $6)",
        args![id, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors), text, now],
    ))
    .await?;
    Ok(())
}

/// The notes the caller may see, newest first.
pub async fn list(ctx: &Ctx, page: &PageQuery) -> Result<List<TemplateNote>> {
    let listing = Listing {
        select: "select n.*, o.name as enterprise_name from template_note n join org o on o.id = n.enterprise where 1 = 1",
        count: "from template_note n where 1 = 1",
        sorts: &[("created_at", "n.created_at")],
        tie: "n.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
    listing.run(ctx, page, conditions, TemplateNote::read).await
}
