//! The register's sections of an enterprise's page (P-02); what is hidden says by which rule.
use crate::enterprise::people::{self, cut};
use crate::enterprise::profile::FIELDS;
use crate::enterprise::store::{self, Enterprise};
use crate::enterprise::{PART, consent, mask, registration, sites};
use platform::view::{Content, Field, Section, TableColumn};
use platform::{Ctx, Error, Ms, Result, Subject, grants, regions};
use std::collections::BTreeMap;

/// Rows shown on the page; the full lists are behind the link.
const SHOWN: usize = 10;

fn section(key: &str, title: &str, order: i32, link: Option<String>, content: Content) -> Section {
    Section { key: key.to_owned(), part: PART.key.to_owned(), title: title.to_owned(), link, order, content }
}

fn table(columns: &[(&str, &str)], rows: Vec<BTreeMap<String, String>>) -> Content {
    let columns = columns.iter().map(|(key, title)| TableColumn { key: (*key).to_owned(), title: (*title).to_owned() });
    Content::Table { columns: columns.collect(), rows }
}

fn row<const N: usize>(cells: [(&str, String); N]) -> BTreeMap<String, String> {
    cells.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Every section of the register, each with its own cut; nothing where the enterprise itself
/// stands outside the caller's scope.
pub(super) async fn sections(ctx: Ctx, id: String) -> Result<Vec<Section>> {
    let found = match store::find(&ctx, &id).await {
        Err(Error::NotFound) => return Ok(vec![]),
        found => found?,
    };
    let mut all = vec![identity(&ctx, &found).await?];
    for (group, key, name, order) in [(consent::SITES, "sites", "场所", 20), (consent::PEOPLE, "people", "人员", 30)]
    {
        let link = Some(format!("/enterprises/{id}?tab={key}"));
        let content = if ctx.granted_field(&id, group).await? {
            if key == "sites" { sites_of(&ctx, &id).await? } else { people_of(&ctx, &id).await? }
        } else {
            Content::Hidden { hidden_by: format!("企业的授权不含“{name}”") }
        };
        all.push(section(key, name, order, link, content));
    }
    all.push(section("visible_to", "谁能看到本企业", 90, None, visible_to(&ctx, &found).await?));
    all.push(section(
        "history",
        "登记沿革",
        95,
        Some(format!("/timeline?subject=enterprise/{id}")),
        history(&ctx, &found).await?,
    ));
    Ok(all)
}

async fn identity(ctx: &Ctx, found: &Enterprise) -> Result<Section> {
    let sources = store::sources(ctx.db(), &found.id).await?;
    let region = regions::name(ctx.db(), found.profile.region.as_str()).await?;
    let whole = mask::whole(ctx, &found.id);
    let people = ctx.granted_field(&found.id, consent::PEOPLE).await?;
    let mut fields = vec![];
    for (key, label) in FIELDS {
        let text = found.profile.text(key);
        let value = match *key {
            _ if text.is_empty() => continue,
            "region" => format!("{region}（{text}）"),
            "contact_name" | "contact_phone" if !people => "不可见：企业的授权不含“人员”".to_owned(),
            "contact_phone" if !whole => format!("{}（仅本企业可见全号）", mask::phone(&text)),
            _ => text,
        };
        let (source, at) = sources.get(*key).cloned().unzip();
        fields.push(Field { label: (*label).to_owned(), value, source, at, link: None });
    }
    Ok(section("identity", "基本信息", 10, None, Content::Fields { fields }))
}

async fn sites_of(ctx: &Ctx, id: &str) -> Result<Content> {
    let sites = sites::api::of(ctx, id).await?;
    let columns = [
        ("name", "名称"),
        ("address", "地址"),
        ("region", "区域"),
        ("landlord", "出租方"),
        ("tenants", "承租企业"),
        ("mismatch", "证地关系"),
    ];
    Ok(table(&columns, sites.iter().take(SHOWN).map(sites::api::Site::row).collect()))
}

async fn people_of(ctx: &Ctx, id: &str) -> Result<Content> {
    let whole = mask::whole(ctx, id);
    let people = people::of_org(ctx.db(), id, i64::try_from(SHOWN).unwrap_or(10)).await?;
    let rows = people.into_iter().map(|(person, at)| {
        let person = cut(person, at, whole);
        row([("name", person.name), ("post", person.post), ("phone", person.phone.unwrap_or_default())])
    });
    Ok(table(&[("name", "姓名"), ("post", "岗位"), ("phone", "电话")], rows.collect()))
}

/// The dated grants with purpose and cause (P-05); an insurer does not learn who else may see.
async fn visible_to(ctx: &Ctx, found: &Enterprise) -> Result<Content> {
    if matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) {
        return Ok(Content::Hidden { hidden_by: "仅企业自己和监管部门可见".to_owned() });
    }
    let rows = grants::on_enterprise(ctx, &found.id).await?.into_iter().map(|grant| {
        let known = |key: &String| {
            consent::GROUPS.iter().find(|(k, ..)| k == key).map_or(key.clone(), |(.., name)| (*name).to_owned())
        };
        let fields: Vec<String> = grant.fields.iter().map(known).collect();
        row([
            ("org", grant.org_name),
            ("fields", fields.join("、")),
            ("purpose", grant.purpose),
            ("until", grant.to.map_or_else(|| "直到撤回".to_owned(), Ms::beijing)),
            ("cause", format!("{} {}", grant.cause, grant.from.beijing())),
        ])
    });
    let columns = [("org", "机构"), ("fields", "内容"), ("purpose", "用途"), ("until", "截止"), ("cause", "依据")];
    Ok(table(&columns, rows.collect()))
}

async fn history(ctx: &Ctx, found: &Enterprise) -> Result<Content> {
    let mut fields = vec![field("登记时间", found.registered_at.beijing())];
    if let Some(filed) = registration::origin_of(ctx.db(), &found.id).await? {
        fields.push(field("自主注册提交", filed.at.beijing()));
        fields.extend(filed.decided_at.map(|at| field("注册审核通过", at.beijing())));
    }
    fields.push(field("企业最近确认", found.confirmed_at.map_or_else(|| "尚未确认".to_owned(), Ms::beijing)));
    for (id, name) in store::merged_into(ctx.db(), &found.id).await? {
        fields
            .push(Field {
                link: Some(format!("/enterprises/{id}")), ..field("并入的档案", format!("{name}（{id}）"))
            });
    }
    if let Some(kept) = &found.merged_into {
        fields.push(Field { link: Some(format!("/enterprises/{kept}")), ..field("已并入档案", kept.clone()) });
    }
    Ok(Content::Fields { fields })
}

fn field(label: &str, value: String) -> Field {
    Field { label: label.to_owned(), value, ..Field::default() }
}
