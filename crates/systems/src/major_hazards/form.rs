//! What people fill in.
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Kind of a unit (GB 18218-2018, 3.2 to 3.4 and 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum UnitKind {
    /// Plant and facilities between cut-off valves.
    #[serde(rename = "生产单元")]
    Production,
    /// Tanks inside one dike.
    #[serde(rename = "储罐区")]
    TankArea,
    /// One independent building.
    #[serde(rename = "仓库")]
    Warehouse,
}

impl UnitKind {
    /// The standard's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Production => "生产单元",
            Self::TankArea => "储罐区",
            Self::Warehouse => "仓库",
        }
    }
}

/// The three posts of 三级包保.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Post {
    /// Answers for the whole.
    #[serde(rename = "主要负责人")]
    Principal,
    /// Answers for technology.
    #[serde(rename = "技术负责人")]
    Technical,
    /// Answers for operation.
    #[serde(rename = "操作负责人")]
    Operation,
}

impl Post {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Principal, Self::Technical, Self::Operation];
    /// The word in use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Principal => "主要负责人",
            Self::Technical => "技术负责人",
            Self::Operation => "操作负责人",
        }
    }
}

/// A chemical as it is filled in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Chemical {
    /// Name, as in Table 1 of GB 18218 where it stands there.
    #[schema(max_length = 80)]
    pub name: String,
    /// Number in Table 1, where a name fits several entries.
    #[serde(default)]
    pub no: Option<u16>,
    /// CAS number.
    #[serde(default)]
    pub cas: Option<String>,
    /// Class symbols of Table 2, such as `W5.3`.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Design maximum quantity, t.
    #[schema(value_type = String, example = "90")]
    pub q_t: Decimal,
    /// A mixture of another hazard class than the pure substance (4.2.3).
    #[serde(default)]
    pub mixture: bool,
}

/// A tank or piece of equipment with its measuring points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tank {
    /// Number or name on site, such as `V-101`.
    #[schema(max_length = 80)]
    pub name: String,
    /// Tags of the online line that are measured here.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A unit as it is filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Name on site.
    #[schema(max_length = 80)]
    pub name: String,
    /// Kind.
    pub kind: UnitKind,
    /// What it holds.
    pub chemicals: Vec<Chemical>,
    /// Tanks and equipment.
    #[serde(default)]
    pub tanks: Vec<Tank>,
    /// Tags of the unit itself, such as gas detectors around it.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A person responsible under 三级包保.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Responsible {
    /// Post.
    pub post: Post,
    /// Name.
    #[schema(max_length = 40)]
    pub name: String,
    /// Phone.
    #[serde(default)]
    pub phone: Option<String>,
    /// What the person answers for.
    #[serde(default)]
    pub duty: Option<String>,
}

/// A source to put on file, or its whole file anew.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewSource {
    /// Enterprise; the caller's own where not given.
    #[serde(default)]
    pub enterprise: Option<String>,
    /// Name.
    #[schema(max_length = 80)]
    pub name: String,
    /// Region of the site, inside the enterprise's county; the enterprise's own where not given.
    #[serde(default)]
    pub region: Option<String>,
    /// Site of the enterprise.
    #[serde(default)]
    pub site: Option<Uuid>,
    /// Longitude, CGCS2000 degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    /// Latitude, CGCS2000 degrees.
    #[serde(default)]
    pub lat: Option<f64>,
    /// Residents within 500 m outside the plant boundary.
    #[serde(default)]
    pub population_500m: Option<u32>,
    /// Units.
    pub units: Vec<Unit>,
    /// Persons responsible.
    #[serde(default)]
    pub responsible: Vec<Responsible>,
    /// Number under which the authority filed it.
    #[serde(default)]
    pub filed_no: Option<String>,
    /// Day of filing, `YYYY-MM-DD`.
    #[serde(default)]
    pub filed_on: Option<String>,
    /// Day of the last safety evaluation, `YYYY-MM-DD`.
    #[serde(default)]
    pub evaluated_on: Option<String>,
    /// Revision the form was opened with; a stale one is refused.
    #[serde(default)]
    pub revision: Option<i64>,
    /// Where the file came from: `form`, `import` or `demo`.
    #[serde(skip)]
    pub origin: Origin,
}

/// Where a file came from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Origin {
    /// Filled in on screen.
    #[default]
    Form,
    /// Read from a workbook.
    Import,
    /// Loaded with the fictional county.
    Demo,
}

impl Origin {
    /// Word in the event.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Import => "import",
            Self::Demo => "demo",
        }
    }
}
