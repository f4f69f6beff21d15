//! Check templates: lists of items as data, each item with its clause.
//!
//! An item names a row of a list of major dangers in the rule book, or an article of a law; clause and
//! how well it is known come from there, so that a template cannot say more than the source does.
use super::PART;
use axum::Json;
use platform::http::PathId;
use platform::{Action, App, Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use standards::enforcement::danger_list;
use standards::tables::{Scope, Tables};
use std::sync::OnceLock;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A template as the data file holds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    key: String,
    title: String,
    edition: String,
    sectors: Vec<String>,
    items: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    key: String,
    text: String,
    look: String,
    #[serde(default)]
    law: Option<String>,
    #[serde(default)]
    list: Option<String>,
    #[serde(default)]
    danger: Option<String>,
}

/// One item to look at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckItem {
    /// Key within the template.
    pub key: String,
    /// What must be so.
    pub text: String,
    /// How to look.
    pub look: String,
    /// Standard and clause.
    pub clause: String,
    /// List of major dangers and number there, where failing it is one: `化工2017/HC-07`.
    pub danger: Option<String>,
    /// False where the wording of the clause has not been checked against the text.
    pub confirmed: bool,
}

/// A list of items to look at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckTemplate {
    /// Key.
    pub key: String,
    /// Title.
    pub title: String,
    /// Edition.
    pub edition: String,
    /// Sectors it is proposed for; empty for any.
    pub sectors: Vec<String>,
    /// Items.
    pub items: Vec<CheckItem>,
}

fn sheets() -> &'static [Sheet] {
    static SHEETS: OnceLock<Vec<Sheet>> = OnceLock::new();
    SHEETS.get_or_init(|| serde_json::from_str(include_str!("../data/check_templates.json")).unwrap_or_default())
}

/// Every template, with clauses as the tables have them.
pub fn all(tables: &Tables) -> Vec<CheckTemplate> {
    sheets().iter().map(|sheet| template(tables, sheet)).collect()
}

/// One template.
pub fn find(tables: &Tables, key: &str) -> Option<CheckTemplate> {
    sheets().iter().find(|s| s.key == key).map(|sheet| template(tables, sheet))
}

/// The template proposed for an enterprise of these sectors.
pub fn proposed(sectors: &[String]) -> &'static str {
    let fits = |s: &&Sheet| s.sectors.iter().any(|s| sectors.contains(s));
    sheets().iter().find(fits).map_or("general", |s| s.key.as_str())
}

fn template(tables: &Tables, sheet: &Sheet) -> CheckTemplate {
    CheckTemplate {
        key: sheet.key.clone(),
        title: sheet.title.clone(),
        edition: sheet.edition.clone(),
        sectors: sheet.sectors.clone(),
        items: sheet.items.iter().map(|line| item(tables, line)).collect(),
    }
}

fn item(tables: &Tables, line: &Line) -> CheckItem {
    let row = line.list.as_deref().zip(line.danger.as_deref()).and_then(|(list, id)| {
        let (rows, rule) = danger_list(tables, list, Some(id), Scope::default()).ok()?;
        rows.into_iter().find(|r| r.id == id).map(|r| (format!("{} {}", rule.standard, r.clause), r.confirmed))
    });
    let danger = line.list.as_deref().zip(line.danger.as_deref()).map(|(list, id)| format!("{list}/{id}"));
    let (clause, confirmed) = row.unwrap_or_else(|| (line.law.clone().unwrap_or_default(), true));
    CheckItem { key: line.key.clone(), text: line.text.clone(), look: line.look.clone(), clause, danger, confirmed }
}

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one))
}

/// 检查表列表
#[utoipa::path(get, path = "/check-templates", tag = "onsite", responses((status = 200, body = Vec<CheckTemplate>)))]
async fn list(ctx: Ctx) -> Result<Json<Vec<CheckTemplate>>> {
    ctx.allow(&PART, Action::View)?;
    Ok(Json(all(&ctx.app.rules())))
}

/// 检查表
#[utoipa::path(get, path = "/check-templates/{key}", tag = "onsite", params(("key" = String, Path)), responses((status = 200, body = CheckTemplate)))]
async fn one(ctx: Ctx, PathId(key): PathId<String>) -> Result<Json<CheckTemplate>> {
    ctx.allow(&PART, Action::View)?;
    find(&ctx.app.rules(), &key).map(Json).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_item_has_a_clause_that_stands_in_the_rule_book_or_a_law() {
        let tables = Tables::shipped();
        assert_eq!(all(tables).len(), 5);
        assert_eq!(find(tables, "general").unwrap().items.len(), 10);
        let mut keys = BTreeSet::new();
        for template in all(tables) {
            for item in &template.items {
                assert!(keys.insert(item.key.clone()), "{} twice", item.key);
                assert!(!item.clause.is_empty(), "{}: no clause, or a number the list does not have", item.key);
                assert!(item.danger.is_none() || item.clause.contains(['第', '.']), "{}", item.clause);
            }
        }
        let chlorine = &find(tables, "chlor_alkali").unwrap().items;
        assert!(chlorine.iter().any(|i| !i.confirmed), "what was not read in a source says so");
    }

    #[test]
    fn chemical_firms_are_proposed_their_own_list() {
        assert_eq!(proposed(&["危险化学品".into()]), "chlor_alkali");
        assert_eq!(proposed(&["商贸".into()]), "general");
    }
}
