//! What every slice of this part needs: where records stand, days, money in words.
use platform::auth::Org;
use platform::db::Row;
use platform::{Ctx, Error, Ms, Placed, Result, Subject, scope};
use standards::date::Date;

/// Why the insurance is compulsory, as refusals and screens name it.
pub const LAW: &str = "安全生产法 第五十一条";
/// The rule of the ministry; its articles were read in newspaper summaries, not in full text.
pub const RULE: &str = "安全生产责任保险实施办法（应急〔2025〕27号）";

/// Columns of a table whose records an insurer owns.
macro_rules! owned {
    ($alias:literal, $kind:literal) => {
        platform::Columns {
            enterprise: concat!($alias, ".enterprise"),
            region: concat!($alias, ".region"),
            sectors: Some(concat!($alias, ".sectors")),
            kind: $kind,
            id: concat!($alias, ".id"),
            owner: Some(concat!($alias, ".insurer")),
        }
    };
}
pub(super) use owned;

/// Today in Beijing.
pub fn today(ctx: &Ctx) -> Result<Date> {
    Date::beijing(ctx.now().0).ok_or_else(|| Error::internal("the clock stands outside the calendar"))
}

/// A day of a form.
pub fn day(field: &str, text: &str) -> Result<Date> {
    Date::parse(text.trim()).ok_or_else(|| Error::invalid(field, "日期应写作 2026-12-01"))
}

/// Where a record about an enterprise stands that an insurer owns.
pub fn placed(insurer: &str, org: &Org) -> Placed {
    Placed { owner: insurer.to_owned(), ..org.placed() }
}

/// Reads `insurer`, `enterprise`, `region` and `sectors`.
pub fn read_placed(row: &Row) -> Result<Placed> {
    Ok(Placed {
        owner: row.get("insurer")?,
        enterprise: Some(row.get("enterprise")?),
        region: row.get("region")?,
        sectors: scope::members(&row.get::<String>("sectors")?),
    })
}

/// An insurer by its number.
pub async fn insurer(ctx: &Ctx, id: &str) -> Result<Org> {
    let org = Org::find(ctx.db(), id.trim()).await?.filter(|o| o.subject == Subject::Insurer);
    org.ok_or_else(|| Error::invalid("insurer", "没有这家保险机构，请从名录中选择（投保单位可自主选择保险机构）"))
}

/// The caller's own organisation, which must be of this subject.
pub fn own(ctx: &Ctx, subject: Subject) -> Result<&str> {
    if ctx.actor.subject == Some(subject) {
        return Ok(ctx.actor.org.as_str());
    }
    Err(Error::Forbidden(format!("这一步由{}办理", subject.name())))
}

/// The caller must be of the insurer that owns the record.
pub fn own_insurer(ctx: &Ctx, placed: &Placed) -> Result<()> {
    if own(ctx, Subject::Insurer)? == placed.owner { Ok(()) } else { Err(Error::NotFound) }
}

/// The caller must be of the enterprise that the record is about.
pub fn own_enterprise(ctx: &Ctx, placed: &Placed) -> Result<()> {
    if Some(own(ctx, Subject::Enterprise)?) == placed.enterprise.as_deref() { Ok(()) } else { Err(Error::NotFound) }
}

/// `4,008.00 元`
pub fn yuan(fen: i64) -> String {
    let (sign, fen) = if fen < 0 { ("-", fen.unsigned_abs()) } else { ("", fen.unsigned_abs()) };
    let whole = (fen / 100).to_string();
    let mut text = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}.{:02} 元", fen % 100)
}

/// Money as decimal yuan, for workbooks.
pub fn cell(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
}

/// The day of a moment.
pub fn on_day(at: Ms) -> String {
    Date::beijing(at.0).map_or_else(String::new, |d| d.to_string())
}

/// The last day of a cover that ends at this moment.
pub fn last_day(to: Ms) -> String {
    on_day(Ms(to.0 - 1))
}

/// A text of a form: not blank, not too long.
pub fn text(field: &str, given: &str, what: &str, most: usize) -> Result<String> {
    let text = given.trim();
    match text.chars().count() {
        0 => Err(Error::invalid(field, format!("请填写{what}"))),
        n if n > most => Err(Error::invalid(field, format!("{what}最多 {most} 字，现在是 {n} 字"))),
        _ => Ok(text.to_owned()),
    }
}

/// Somebody else changed the record meanwhile.
pub fn stale(touched: u64) -> Result<()> {
    if touched == 1 {
        return Ok(());
    }
    Err(Error::Conflict("内容刚被他人更新，请刷新后再办理；您填写的内容没有丢失".to_owned()))
}

/// Refuses a decision on a version that is not the present one.
pub fn same_version(seen: Option<i64>, now: i64) -> Result<()> {
    if seen.is_none_or(|seen| seen == now) { Ok(()) } else { stale(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_with_separators_and_two_decimals() {
        for (fen, text) in [(0, "0.00 元"), (-400_800, "-4,008.00 元"), (13_360_000, "133,600.00 元"), (5, "0.05 元")]
        {
            assert_eq!(yuan(fen), text);
        }
        assert_eq!((cell(-5), cell(12_345)), ("-0.05".to_owned(), "123.45".to_owned()));
    }
}
