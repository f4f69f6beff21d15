//! What supervision looks at: visits without a scan at the door, over the cap, without a result in
//! time, with one person where two are needed, and complaints.
use super::model::{Row, VisitRow};
use super::{rules, store};
use platform::http::{List, PageQuery, Table};
use platform::sheets::Value;
use platform::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IrregularFilter {
    /// `late_scan`, `no_entry`, `over_cap`, `no_result`, `single_person`, `complaint`; all where not given.
    pub irregularity: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
}

/// What is irregular about a visit.
pub const KINDS: [(&str, &str); 6] = [
    ("late_scan", "离开前补扫"),
    ("no_entry", "已告知未扫码入企"),
    ("over_cap", "超过年度上限"),
    ("no_result", "离开后未按时签字"),
    ("single_person", "单人执法"),
    ("complaint", "企业投诉"),
];

/// A visit with what is irregular about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitIrregularity)]
pub struct Irregular {
    /// The visit.
    #[serde(flatten)]
    pub row: VisitRow,
    /// Code.
    pub irregularity: String,
    /// The same in Chinese.
    pub irregularity_name: String,
    /// The figures behind it and the rule.
    pub why: String,
}

impl Table for Irregular {
    const TITLE: &'static str = "异常入企清单";
    const COLUMNS: &'static [&'static str] =
        &["异常", "说明", "编号", "企业", "区域", "类别", "状态", "派出单位", "人员", "入企时间"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.irregularity_name.as_str().into()),
            Some(self.why.as_str().into()),
            Some(self.row.number.as_str().into()),
            Some(self.row.enterprise_name.as_str().into()),
            Some(self.row.region.as_str().into()),
            Some(self.row.kind_name.as_str().into()),
            Some(self.row.state_name.as_str().into()),
            self.row.org_name.as_deref().map(Into::into),
            Some(self.row.people.as_str().into()),
            self.row.entered_at.map(|at| at.beijing().into()),
        ]
    }
}

/// The list. Each kind is one query; a list of all kinds puts the pages of the kinds one after another.
pub async fn list(ctx: &Ctx, page: &PageQuery, filter: &IrregularFilter) -> Result<List<Irregular>> {
    let asked = filter.irregularity.as_deref().map(str::trim).filter(|k| !k.is_empty());
    if let Some(code) = asked.filter(|code| !KINDS.iter().any(|(known, _)| known == code)) {
        let known: Vec<&str> = KINDS.iter().map(|(code, _)| *code).collect();
        return Err(Error::invalid("irregularity", format!("没有“{code}”这一类，可选 {}", known.join("、"))));
    }
    let size = usize::try_from(page.size.unwrap_or(20)).unwrap_or(20);
    if !(1..=200).contains(&size) {
        return Err(Error::invalid("page[size]", "每页行数须在 1 到 200 之间"));
    }
    let exporting = page.format.as_deref().is_some_and(|f| f != "json");
    let start = match &page.cursor {
        Some(cursor) => {
            cursor.parse::<usize>().map_err(|_| Error::invalid("page[cursor]", "翻页位置无效，请从第一页重新开始"))?
        }
        None => 0,
    };
    let mut all = vec![];
    for (code, title) in KINDS.iter().filter(|(code, _)| asked.is_none_or(|a| a == *code)) {
        for row in store::irregular(ctx, code, filter).await? {
            all.push(Irregular {
                why: why(ctx, code, &row)?,
                irregularity: (*code).to_owned(),
                irregularity_name: (*title).to_owned(),
                row: VisitRow::from(&row),
            });
        }
    }
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if exporting {
        return Ok(List { items: all, next: None, total, total_exact: true });
    }
    let next = (start + size < all.len()).then(|| (start + size).to_string());
    let items = all.into_iter().skip(start).take(size).collect();
    Ok(List { items, next, total, total_exact: true })
}

fn why(ctx: &Ctx, code: &str, row: &Row) -> Result<String> {
    let region = &row.placed.region;
    Ok(match code {
        "late_scan" => format!("事由“{}”，人员离开前补扫企业码", row.visit.reason.title()),
        "no_entry" => format!(
            "已告知企业，预计 {} 结束，至今没有扫码",
            row.announcement.as_ref().map_or_else(String::new, |a| a.planned_end.beijing())
        ),
        "over_cap" => {
            let limit = rules::limit("visits_per_year", ctx.now(), region)?;
            format!(
                "{} 年各主体合计超过 {} 次（{}）；本次事由“{}”",
                row.year,
                limit.value,
                limit.edition,
                row.visit.reason.title()
            )
        }
        "no_result" => {
            let limit = rules::limit("result_days", ctx.now(), region)?;
            let left = row.left_at.map_or_else(String::new, platform::Ms::beijing);
            format!("{left} 离开，超过 {} 天没有签字或拒签记录（{}）", limit.value, limit.edition)
        }
        "single_person" => format!("到场 {} 人，{}", row.visit.present.len(), rules::TWO_OFFICERS),
        _ => "企业在评价中提出投诉".to_owned(),
    })
}
