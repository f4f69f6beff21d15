//! Sums over policies, lines and complaints, each inside the caller's scope.
use super::Sums;
use crate::insurance::common::owned;
use crate::insurance::duties::store::range;
use platform::{Columns, Ctx, Result, Sql, scope, sql};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;

const POLICY: Columns = owned!("p", "insurance_policy");
const PLAN: Columns = owned!("g", "prevention_plan");
const LINE: Columns = owned!("l", "prevention_line");
const COMPLAINT: Columns = owned!("c", "service_complaint");

/// Filters.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Region and all below it.
    pub region: Option<String>,
}

/// Adds region and scope.
fn limit(query: &mut Sql, ctx: &Ctx, region: Option<&(String, String)>, columns: Columns) {
    if let Some((from, below)) = region {
        query.push(" and ").push(columns.region).push(" >= ").bind(from);
        query.push(" and ").push(columns.region).push(" < ").bind(below);
    }
    scope::condition(query, &ctx.actor, ctx.now(), columns);
}

/// The sums of every insurer that the caller may know of.
pub async fn sums(ctx: &Ctx, filter: &Filter) -> Result<Vec<Sums>> {
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(range).transpose()?;
    let mut query = sql(
        "select p.insurer, o.name, count(*) as n, cast(sum(p.premium_fen) as bigint) as premium, cast(sum(u.insured_people) as bigint) as people from insurance_policy p join org o on o.id = p.insurer left join insured_unit u on u.policy = p.id where p.state = 'in_force' and p.to_at > ",
        vec![],
    );
    query.bind(ctx.now());
    limit(&mut query, ctx, region.as_ref(), POLICY);
    query.push(" group by p.insurer, o.name order by p.insurer");
    let mut all: BTreeMap<String, Sums> = BTreeMap::new();
    for row in ctx.db().all(query).await? {
        let insurer: String = row.get("insurer")?;
        let sums = Sums {
            insurer: insurer.clone(),
            insurer_name: row.get("name")?,
            policies: row.get("n")?,
            people: row.get::<Option<i64>>("people")?.unwrap_or_default(),
            premium_fen: row.get("premium")?,
            planned: 0,
            budget_fen: 0,
            spent_fen: 0,
            overdue: 0,
        };
        all.insert(insurer, sums);
    }
    let mut plans = sql(
        "select g.insurer, count(*) as n, cast(sum(g.budget_fen) as bigint) as fen from prevention_plan g join insurance_policy p on p.id = g.policy where g.state = 'agreed' and p.state = 'in_force'",
        vec![],
    );
    limit(&mut plans, ctx, region.as_ref(), PLAN);
    plans.push(" group by g.insurer");
    add(ctx, plans, &mut all, |sums, n, fen| (sums.planned, sums.budget_fen) = (n, fen)).await?;
    let mut paid = sql(
        "select l.insurer, count(*) as n, cast(sum(l.settled_fen) as bigint) as fen from prevention_line l join insurance_policy p on p.id = l.policy where l.settled_event is not null and p.state = 'in_force'",
        vec![],
    );
    limit(&mut paid, ctx, region.as_ref(), LINE);
    paid.push(" group by l.insurer");
    add(ctx, paid, &mut all, |sums, _, fen| sums.spent_fen = fen).await?;
    let mut late = sql(
        "select c.insurer, count(*) as n, cast(0 as bigint) as fen from service_complaint c where c.overdue = 1 and c.state = 'open'",
        vec![],
    );
    limit(&mut late, ctx, region.as_ref(), COMPLAINT);
    late.push(" group by c.insurer");
    add(ctx, late, &mut all, |sums, n, _| sums.overdue = n).await?;
    Ok(all.into_values().collect())
}

async fn add(ctx: &Ctx, query: Sql, all: &mut BTreeMap<String, Sums>, put: impl Fn(&mut Sums, i64, i64)) -> Result<()> {
    for row in ctx.db().all(query).await? {
        if let Some(sums) = all.get_mut(&row.get::<String>("insurer")?) {
            put(sums, row.get("n")?, row.get("fen")?);
        }
    }
    Ok(())
}
