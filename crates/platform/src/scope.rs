//! Who may see a record: one function turns an actor into a SQL condition, and every list,
//! export, count, search and stream goes through it.
use crate::actor::{Actor, ActorRef, Subject};
use crate::db::{Row, Sql};
use crate::error::Result;
use crate::source::Ms;
use standards::codes::Region;

/// Where a record stands: what scope and grants are checked against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    /// Organisation that owns the record.
    pub owner: String,
    /// Enterprise it is about.
    pub enterprise: Option<String>,
    /// Administrative region, 2/4/6/9/12 digits.
    pub region: String,
    /// Sectors.
    pub sectors: Vec<String>,
}

impl Placed {
    /// A record about an enterprise.
    pub fn enterprise(id: impl Into<String>, region: impl Into<String>, sectors: Vec<String>) -> Self {
        let id = id.into();
        Self { owner: id.clone(), enterprise: Some(id), region: region.into(), sectors }
    }
}

/// The columns of one table or alias that scope is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Enterprise column.
    pub enterprise: &'static str,
    /// Region column.
    pub region: &'static str,
    /// Sector list column (`,chem,fire,`), where the record has one.
    pub sectors: Option<&'static str>,
    /// Kind of object as `visibility.object_kind` names it.
    pub kind: &'static str,
    /// Object id column.
    pub id: &'static str,
    /// Column of the owning organisation, where a record may be nobody's but its owner's.
    pub owner: Option<&'static str>,
}

/// Stores a sector list so that one `like` finds a member exactly.
pub fn sector_list(sectors: &[String]) -> String {
    if sectors.is_empty() { String::new() } else { format!(",{},", sectors.join(",")) }
}

/// Reads a list stored by [`sector_list`] or joined by commas.
pub fn members(list: &str) -> Vec<String> {
    list.split(',').filter(|member| !member.is_empty()).map(str::to_owned).collect()
}

impl Placed {
    /// Reads the columns `owner`, `enterprise`, `region` and `sectors`.
    pub fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            owner: row.get("owner")?,
            enterprise: row.get("enterprise")?,
            region: row.get("region")?,
            sectors: members(&row.get::<String>("sectors")?),
        })
    }
}

/// Adds ` and (…)`: the rows this actor may see at `now`.
pub fn condition(query: &mut Sql, actor: &Actor, now: Ms, columns: Columns) {
    if actor.is_internal() {
        return;
    }
    match actor.subject {
        None => device_only(query, actor),
        Some(Subject::Government) => government(query, actor, columns),
        Some(Subject::Enterprise) => {
            query.push(" and (").push(columns.enterprise).push(" = ").bind(actor.org.as_str());
            or_own(query, actor, columns);
        }
        Some(Subject::Insurer | Subject::ServiceOrg) => granted(query, actor, now, columns),
    }
}

/// Closes the bracket, after adding the records that the caller's own organisation owns.
fn or_own(query: &mut Sql, actor: &Actor, columns: Columns) {
    if let Some(owner) = columns.owner {
        query.push(" or ").push(owner).push(" = ").bind(actor.org.as_str());
    }
    query.push(")");
}

/// Devices write and anonymous callers register; neither reads records.
fn device_only(query: &mut Sql, actor: &Actor) {
    debug_assert!(matches!(
        actor.me,
        ActorRef::Device(_) | ActorRef::Anonymous | ActorRef::ApiKey(_) | ActorRef::Person { .. }
    ));
    query.push(" and 1 = 0");
}

/// Region is a prefix at its own level, sectors an exact member of the list.
fn government(query: &mut Sql, actor: &Actor, columns: Columns) {
    let Some(region) = &actor.region else {
        query.push(" and 1 = 0");
        return;
    };
    let (from, below) = prefix_range(region);
    query.push(" and ").push(columns.region).push(" >= ").bind(from);
    query.push(" and ").push(columns.region).push(" < ").bind(below);
    if let (Some(column), false) = (columns.sectors, actor.sectors.is_empty()) {
        query.push(" and (1 = 0");
        for sector in &actor.sectors {
            query.push(" or ").push(column).push(" like ").bind(format!("%,{sector},%"));
        }
        query.push(")");
    }
}

/// Everybody else sees what a dated grant lets them see.
fn granted(query: &mut Sql, actor: &Actor, now: Ms, columns: Columns) {
    query.push(" and (");
    grant(query, actor, now, columns, None);
    or_own(query, actor, columns);
}

/// A grant in force on this row, of one field group where one is named.
fn grant(query: &mut Sql, actor: &Actor, now: Ms, columns: Columns, field: Option<&str>) {
    query.push("exists (select 1 from visibility v where v.org = ").bind(actor.org.as_str());
    query.push(" and v.enterprise = ").push(columns.enterprise);
    if columns.kind == EVENT_KIND {
        of_granted_object(query, columns);
    } else {
        query.push(" and v.object_kind = ").bind(columns.kind);
        query.push(" and (v.object_id is null or v.object_id = ").push(columns.id).push(")");
    }
    query.push(" and v.from_at <= ").bind(now);
    query.push(" and (v.to_at is null or v.to_at > ").bind(now).push(")");
    query.filter(" and v.fields like ", field.map(|field| format!("%,{field},%")));
    query.push(")");
}

/// Kind of the facts themselves, whose id is their subject: `alarm/<id>`.
pub const EVENT_KIND: &str = "event";

/// A grant of an object opens its history; a grant of an enterprise's record does not, because what
/// the enterprise agreed with others stands in its history too.
fn of_granted_object(query: &mut Sql, columns: Columns) {
    query.push(" and ((v.object_kind = ").bind(EVENT_KIND);
    query.push(" and (v.object_id is null or v.object_id = ").push(columns.id);
    query.push(")) or (v.object_kind <> 'enterprise' and (");
    query.push(columns.id).push(" = v.object_kind || '/' || v.object_id or (v.object_id is null and substr(");
    query.push(columns.id).push(", 1, length(v.object_kind) + 1) = v.object_kind || '/'))))");
}

/// The same, for what belongs to a field group: insurers and service organisations also need a
/// grant that opens this group for this very object. A grant of alarms opens no people.
pub fn field_condition(query: &mut Sql, actor: &Actor, now: Ms, columns: Columns, field: &'static str) {
    condition(query, actor, now, columns);
    if matches!(actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) && !actor.is_internal() {
        query.push(" and (");
        grant(query, actor, now, columns, Some(field));
        or_own(query, actor, columns);
    }
}

/// Text range of all codes below a region. Digits only, so every collation agrees; the bound is
/// the next sibling at the same length, which keeps `130110` apart from `130111`.
pub fn prefix_range(region: &Region) -> (String, String) {
    let from = region.as_str().to_owned();
    let mut digits: Vec<u8> = from.bytes().collect();
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return (from, String::from_utf8_lossy(&digits).into_owned());
        }
        *digit = b'0';
    }
    // All nines: nothing sorts above except longer codes of the same prefix.
    (from, "99999999999999".to_owned())
}

/// The same decision for one record in memory, without grants: region, sector, own enterprise.
pub fn covers(actor: &Actor, placed: &Placed) -> bool {
    if actor.is_internal() {
        return true;
    }
    match actor.subject {
        Some(Subject::Government) => {
            let inside = actor
                .region
                .as_ref()
                .is_some_and(|area| Region::parse(&placed.region).is_ok_and(|r| area.contains(&r)));
            let sector = actor.sectors.is_empty() || actor.sectors.iter().any(|s| placed.sectors.contains(s));
            inside && sector
        }
        Some(Subject::Enterprise) => placed.enterprise.as_deref() == Some(actor.org.as_str()),
        Some(Subject::Insurer | Subject::ServiceOrg) => placed.owner == actor.org,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> Region {
        Region::parse(code).unwrap()
    }

    #[test]
    fn sibling_regions_do_not_contain_each_other() {
        for (a, b) in [("130110", "130111"), ("990121110", "990121111")] {
            let (from, below) = prefix_range(&region(a));
            assert!(from.as_str() <= a && a < below.as_str());
            assert!(b >= below.as_str(), "{b} must lie outside {a}");
            assert!(!region(a).contains(&region(b)));
        }
    }

    #[test]
    fn a_county_contains_its_towns_and_villages_only() {
        let (from, below) = prefix_range(&region("990121"));
        for inside in ["990121", "990121001", "990121301", "990121110001"] {
            assert!(from.as_str() <= inside && inside < below.as_str(), "{inside}");
        }
        for outside in ["990122", "990120999", "9901", "99"] {
            assert!(!(from.as_str() <= outside && outside < below.as_str()), "{outside}");
        }
    }
}
