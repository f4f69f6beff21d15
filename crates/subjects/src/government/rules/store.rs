//! Published editions. Rules are public, so their list has no scope: whoever may open the page sees all of it.
use super::{Edition, Published};
use platform::http::Listing;
use platform::rules::PublishedEdition;
use platform::{Ctx, Db, Error, Result, Tx, args, sql};

/// The list of published editions.
pub(super) const LISTING: Listing = Listing {
    select: "select e.no, e.rule_set, e.rule_table, e.standard, e.clause, e.edition, e.valid_from, e.valid_to, e.region, e.confidence, e.digest, e.changed, e.refused, e.event, o.name as org_name, e.published_at from rule_edition e left join org o on o.id = e.org where 1 = 1",
    count: "from rule_edition e where 1 = 1",
    sorts: &[("no", "e.no"), ("valid_from", "e.valid_from"), ("table", "e.rule_table")],
    tie: "e.no",
    descending: true,
};

/// Every published edition in its order.
pub(super) async fn all(db: &Db) -> Result<Vec<PublishedEdition>> {
    let rows = db.all(sql("select rule_table, content from rule_edition order by no", vec![])).await?;
    rows.iter().map(|row| Ok(PublishedEdition { table: row.get("rule_table")?, json: row.get("content")? })).collect()
}

/// How many editions have been published.
pub(super) async fn count(db: &Db) -> Result<i64> {
    db.one(sql("select count(*) as n from rule_edition", vec![])).await?.get("n")
}

/// Keeps an edition as number `no`; a number that is taken means somebody published meanwhile.
pub(super) async fn insert(tx: &mut Tx, ctx: &Ctx, edition: &Edition, published: &Published) -> Result<()> {
    let rule = &edition.info.rule;
    let fresh = tx
        .run(sql(
            "insert into rule_edition (no, rule_set, rule_table, standard, clause, edition, valid_from, valid_to, region, confidence, content, digest, changed, refused, event, org, account, published_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) on conflict (no) do nothing",
            args![
                edition.no,
                &published.rule_set,
                &edition.info.table,
                &rule.standard,
                &rule.clause,
                &rule.edition,
                rule.valid_from.to_string(),
                rule.valid_to.map(|day| day.to_string()),
                rule.region.map(|region| region.to_string()),
                super::confidence(rule.confidence),
                &edition.json,
                &published.digest,
                published.changed,
                published.refused,
                published.event,
                &ctx.actor.org,
                ctx.actor.account().map(|id| id.to_string()).unwrap_or_default(),
                ctx.now(),
            ],
        ))
        .await?;
    if fresh == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("刚刚有人发布了另一版本，请重新试算后再发布".to_owned()))
    }
}
