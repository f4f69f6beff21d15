//! SQL of merging.
use crate::enterprise::store::Enterprise;
use platform::{Error, Result, Tx, args, sql};

/// Lets the kept record take over what points to the one that goes.
pub(super) async fn absorb(tx: &mut Tx, gone: &Enterprise, kept: &str) -> Result<()> {
    let touched = tx
        .run(sql(
            "update enterprise set status = 'merged', merged_into = $1, version = version + 1 where id = $2 and version = $3",
            args![kept, &gone.id, gone.version],
        ))
        .await?;
    if touched != 1 {
        return Err(Error::Conflict("要合并的档案刚被他人修改，请刷新后重试".to_owned()));
    }
    let moves = [
        "update enterprise set merged_into = $1 where merged_into = $2",
        "update site set enterprise = $1 where enterprise = $2",
        "update site set landlord = $1 where landlord = $2",
        "update person set org = $1 where org = $2",
        "update registration set enterprise = $1 where enterprise = $2",
        "update consent set enterprise = $1 where enterprise = $2",
        "insert into site_tenant (site, tenant) select site, $1 from site_tenant where tenant = $2 on conflict do nothing",
    ];
    for text in moves {
        tx.run(sql(text, args![kept, &gone.id])).await?;
    }
    tx.run(sql("delete from site_tenant where tenant = $1", args![&gone.id])).await?;
    Ok(())
}

/// A field taken over keeps the source it had, and says from which record it came.
pub(super) async fn copy_source(tx: &mut Tx, field: &str, from: &str, kept: &str) -> Result<()> {
    let known = tx
        .opt(sql(
            "select kind, source, at from enterprise_field_source where enterprise = $1 and field = $2",
            args![from, field],
        ))
        .await?;
    let Some(known) = known else { return Ok(()) };
    let source = format!("{}（合并自 {from}）", known.get::<String>("source")?);
    tx.run(sql(
        "insert into enterprise_field_source (enterprise, field, kind, source, at) values ($1, $2, $3, $4, $5)
         on conflict (enterprise, field) do update set kind = excluded.kind, source = excluded.source, at = excluded.at",
        args![kept, field, known.get::<String>("kind")?, source, known.get::<i64>("at")?],
    ))
    .await?;
    Ok(())
}
