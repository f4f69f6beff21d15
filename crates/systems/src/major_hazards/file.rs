//! The file of a source as it is kept, with its assessment.
use super::form::{Chemical, Responsible, Tank, UnitKind};
use platform::Ms;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use standards::date::Date;
use standards::gb18218::Level;
use standards::tables::RuleRef;
use utoipa::ToSchema;
use uuid::Uuid;

/// A chemical with the figures of the standard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChemicalFile {
    /// As filled in.
    #[serde(flatten)]
    pub given: Chemical,
    /// Number in Table 1 that decided.
    pub table_no: Option<u16>,
    /// Class that decided the critical quantity or β.
    pub class: Option<String>,
    /// Critical quantity, t.
    #[schema(value_type = String)]
    pub critical_t: Decimal,
    /// q/Q.
    #[schema(value_type = String)]
    pub ratio: Decimal,
    /// Correction factor β.
    #[schema(value_type = Option<String>)]
    pub beta: Option<Decimal>,
}

/// A unit with its assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnitFile {
    /// Name on site.
    pub name: String,
    /// Kind.
    pub kind: UnitKind,
    /// Where the unit ends (4.1).
    pub border: Option<String>,
    /// What it holds.
    pub chemicals: Vec<ChemicalFile>,
    /// Tanks and equipment.
    pub tanks: Vec<Tank>,
    /// Tags of the unit itself.
    pub tags: Vec<String>,
    /// S = Σ q/Q.
    #[schema(value_type = String)]
    pub s: Decimal,
    /// R; none where S < 1.
    #[schema(value_type = Option<String>)]
    pub r: Option<Decimal>,
    /// Level; none where S < 1.
    #[schema(value_type = Option<String>)]
    pub level: Option<Level>,
    /// Choices that were made and what to look at.
    pub warnings: Vec<String>,
}

/// The file of a source as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Name.
    pub name: String,
    /// Region of the site.
    pub region: String,
    /// Site of the enterprise.
    pub site: Option<Uuid>,
    /// Longitude, CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude, CGCS2000 degrees.
    pub lat: Option<f64>,
    /// Residents within 500 m outside the plant boundary.
    pub population_500m: Option<u32>,
    /// Exposure factor α of those residents.
    pub alpha: Option<Decimal>,
    /// Units.
    pub units: Vec<UnitFile>,
    /// Tags registered for the source that the enterprise has not put to a unit or tank yet.
    #[serde(default)]
    pub other_tags: Vec<String>,
    /// Largest S.
    pub s: Decimal,
    /// Largest R.
    pub r: Option<Decimal>,
    /// Highest level.
    pub level: Option<Level>,
    /// Rule and edition behind the figures.
    pub rule: RuleRef,
    /// Version of the rule set whose tables were used.
    pub rule_set: String,
    /// Persons responsible.
    pub responsible: Vec<Responsible>,
    /// Number under which the authority filed it.
    pub filed_no: Option<String>,
    /// Day of filing.
    pub filed_on: Option<Date>,
    /// Day of the last safety evaluation.
    pub evaluated_on: Option<Date>,
    /// Day the next one is due.
    pub evaluation_due: Option<Date>,
}

impl SourceFile {
    /// Every tag of the file, unit by unit.
    pub fn tags(&self) -> impl Iterator<Item = &String> {
        self.units.iter().flat_map(UnitFile::all_tags).chain(&self.other_tags)
    }
}

impl UnitFile {
    /// Tags of the unit and of its tanks.
    pub fn all_tags(&self) -> impl Iterator<Item = &String> {
        self.tags.iter().chain(self.tanks.iter().flat_map(|t| &t.tags))
    }
}

/// Where a file stands between enterprise and county.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HazardSourceState)]
pub enum State {
    /// Waits for the county.
    Filed,
    /// Checked by the county.
    Confirmed,
    /// Sent back to be put right.
    Returned,
}

impl State {
    /// Stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Confirmed => "confirmed",
            Self::Returned => "returned",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filed => "待确认",
            Self::Confirmed => "已确认",
            Self::Returned => "已退回",
        }
    }
    /// Reads the stored word.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Filed, Self::Confirmed, Self::Returned].into_iter().find(|s| s.code() == code)
    }
}

/// What the last change did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HazardSourceChange)]
pub struct Change {
    /// When.
    pub at: Ms,
    /// Fields that changed.
    pub fields: Vec<String>,
    /// Level before.
    #[schema(value_type = Option<String>)]
    pub level_before: Option<Level>,
    /// R before.
    #[schema(value_type = Option<String>)]
    pub r_before: Option<Decimal>,
}

/// What the county last confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HazardSourceConfirmation)]
pub struct Confirmation {
    /// When.
    pub at: Ms,
    /// Revision.
    pub revision: i64,
    /// Level then.
    #[schema(value_type = Option<String>)]
    pub level: Option<Level>,
    /// R then.
    #[schema(value_type = Option<String>)]
    pub r: Option<Decimal>,
}

/// A source on file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub placed: platform::Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// The file.
    pub file: SourceFile,
    /// Where the file stands.
    pub state: State,
    /// Counts the files of this source from 1.
    pub revision: i64,
    /// What the last change did.
    pub last_change: Option<Change>,
    /// What the county last confirmed.
    pub confirmed: Option<Confirmation>,
    /// Why it was sent back.
    pub return_reason: Option<String>,
    /// When it was last written.
    pub updated_at: Ms,
    /// Person who wrote the file as it stands; none where a machine did.
    pub written_by: Option<Uuid>,
}

impl Source {
    /// The subject of its events.
    pub fn subject(&self) -> String {
        subject(self.id)
    }
    /// Enterprise.
    pub fn enterprise(&self) -> &str {
        self.placed.enterprise.as_deref().unwrap_or_default()
    }
}

/// The subject of a source's events.
pub fn subject(id: Uuid) -> String {
    format!("hazard-source/{id}")
}

/// The level as printed.
pub const fn level_name(level: Level) -> &'static str {
    match level {
        Level::One => "一级",
        Level::Two => "二级",
        Level::Three => "三级",
        Level::Four => "四级",
    }
}

/// 1 to 4, and 5 for what is no major hazard, so that the most dangerous sorts first.
pub const fn level_number(level: Option<Level>) -> i64 {
    match level {
        Some(Level::One) => 1,
        Some(Level::Two) => 2,
        Some(Level::Three) => 3,
        Some(Level::Four) => 4,
        None => 5,
    }
}

/// The level of a stored number.
pub const fn level_of(number: i64) -> Option<Level> {
    match number {
        1 => Some(Level::One),
        2 => Some(Level::Two),
        3 => Some(Level::Three),
        4 => Some(Level::Four),
        _ => None,
    }
}
