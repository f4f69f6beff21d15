//! A source as lists and exports show it.
use super::file::{Source, State};
use platform::Ms;
use platform::http::Table;
use platform::sheets::Value;
use serde::Serialize;
use standards::gb18218::Level;
use utoipa::ToSchema;
use uuid::Uuid;

/// A row of the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HazardSourceRow {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Region of the site.
    pub region: String,
    /// Where the file stands.
    pub state: State,
    /// The same in Chinese.
    pub state_name: String,
    /// Level by GB 18218; none where the file shows no major hazard.
    #[schema(value_type = Option<String>)]
    pub level: Option<Level>,
    /// Largest S.
    pub s: String,
    /// Largest R.
    pub r: Option<String>,
    /// What it holds.
    pub chemicals: String,
    /// Measuring points that belong to it.
    pub tags: i64,
    /// Number under which the authority filed it.
    pub filed_no: Option<String>,
    /// Day the next safety evaluation is due.
    pub evaluation_due: Option<String>,
    /// Revision of the file.
    pub revision: i64,
    /// When it was last written.
    pub updated_at: Ms,
}

impl HazardSourceRow {
    /// The row of a source.
    pub fn of(source: &Source) -> Self {
        let file = &source.file;
        let mut names: Vec<&str> =
            file.units.iter().flat_map(|u| &u.chemicals).map(|c| c.given.name.as_str()).collect();
        names.dedup();
        Self {
            id: source.id,
            name: file.name.clone(),
            enterprise: source.enterprise().to_owned(),
            enterprise_name: source.enterprise_name.clone(),
            region: source.placed.region.clone(),
            state: source.state,
            state_name: source.state.name().to_owned(),
            level: file.level,
            s: file.s.to_string(),
            r: file.r.map(|r| r.to_string()),
            chemicals: names.join("、"),
            tags: i64::try_from(file.tags().count()).unwrap_or(i64::MAX),
            filed_no: file.filed_no.clone(),
            evaluation_due: file.evaluation_due.map(|d| d.to_string()),
            revision: source.revision,
            updated_at: source.updated_at,
        }
    }
    /// The level in words.
    pub fn level_name(&self) -> &'static str {
        self.level.map_or("不构成", super::file::level_name)
    }
}

impl Table for HazardSourceRow {
    const TITLE: &'static str = "重大危险源";
    const COLUMNS: &'static [&'static str] = &[
        "编号",
        "名称",
        "企业",
        "区域",
        "级别",
        "S",
        "R",
        "危险化学品",
        "监测点位",
        "备案编号",
        "下次安全评估",
        "档案状态",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.id.to_string().into()),
            Some(self.name.as_str().into()),
            Some(self.enterprise_name.as_str().into()),
            Some(self.region.as_str().into()),
            Some(self.level_name().into()),
            Some(self.s.as_str().into()),
            self.r.as_deref().map(Into::into),
            Some(self.chemicals.as_str().into()),
            Some(self.tags.into()),
            self.filed_no.as_deref().map(Into::into),
            self.evaluation_due.as_deref().map(Into::into),
            Some(self.state_name.as_str().into()),
        ]
    }
}
