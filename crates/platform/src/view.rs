//! What parts offer to pages that the server assembles: cards, sections, cockpit shares, hits.
use crate::source::Ms;
use serde::Serialize;
use utoipa::ToSchema;

/// How urgent a number or row is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Nothing to do.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Needs attention.
    Warn,
    /// Needs action now.
    Bad,
}

/// A card on a home page.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Card {
    /// Unique key.
    pub key: String,
    /// Part that offers it.
    pub part: String,
    /// Title.
    pub title: String,
    /// Main number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Tone.
    pub tone: Tone,
    /// What happens if nothing is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the number comes from.
    pub link: String,
    /// Order on the page, smallest first.
    pub order: i32,
    /// Rows.
    pub items: Vec<CardItem>,
}

/// A row of a card.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct CardItem {
    /// Title.
    pub title: String,
    /// Why me, why now.
    pub subtitle: String,
    /// Where it opens.
    pub link: String,
    /// Tone.
    pub tone: Tone,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Ms>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Ms>,
}

/// Something the caller is to do: an entry of the queue 工作台 (P-01).
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Task {
    /// Unique key, `part.what/object`.
    pub key: String,
    /// Part that offers it; the page fills it in.
    pub part: String,
    /// Name of that part; the page fills it in.
    pub part_name: String,
    /// What is to be done, on which object.
    pub title: String,
    /// Where the object opens.
    pub link: String,
    /// Enterprise it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<String>,
    /// Its name; the page fills it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise_name: Option<String>,
    /// Why it is the caller's to do.
    pub why_me: String,
    /// Why now: what happened.
    pub why_now: String,
    /// What happens if nothing is done.
    pub if_not: String,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Ms>,
    /// The rule that sets the due time, as [`crate::ClockRule::basis`] names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// 1 (gravest) to 4.
    pub risk: u8,
    /// The event that asks for it, so that “why?” opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<uuid::Uuid>,
    /// What can be done from the queue, in at most three taps.
    pub actions: Vec<TaskAction>,
}

/// One thing that can be done about a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskAction {
    /// The verb on the button.
    pub title: String,
    /// Where it is done; `?do=…` opens the dialog of that page.
    pub link: String,
    /// Address below `/api/v1` that does it, with `{}` as its body, after one question to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
}

impl TaskAction {
    /// Opens a page.
    pub fn open(title: &str, link: impl Into<String>) -> Self {
        Self { title: title.to_owned(), link: link.into(), post: None }
    }
    /// Is done from the queue itself; the page is where it can be looked at first.
    pub fn post(title: &str, link: impl Into<String>, post: impl Into<String>) -> Self {
        Self { title: title.to_owned(), link: link.into(), post: Some(post.into()) }
    }
}

/// Tasks of one kind that a part may put into the queue; a longer list opens at its own page.
pub const TASKS_MOST: i64 = 200;

/// A number with its name and the list behind it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Number {
    /// Unique key.
    pub key: String,
    /// Label.
    pub label: String,
    /// Value as shown.
    pub value: String,
    /// Unit.
    pub unit: String,
    /// Tone.
    pub tone: Tone,
    /// The list behind it.
    pub link: String,
}

/// A labelled value and where it came from.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Field {
    /// Label.
    pub label: String,
    /// Value.
    pub value: String,
    /// Source of the value: form, file and row, register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Ms>,
    /// Where it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A column of a section's table.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TableColumn {
    /// Key in each row.
    pub key: String,
    /// Title.
    pub title: String,
}

/// What a section shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Labelled values.
    Fields {
        /// The values.
        fields: Vec<Field>,
    },
    /// Numbers.
    Numbers {
        /// The numbers.
        numbers: Vec<Number>,
    },
    /// Rows.
    Table {
        /// Columns.
        columns: Vec<TableColumn>,
        /// Rows: column key → text, with `link`.
        rows: Vec<std::collections::BTreeMap<String, String>>,
    },
    /// The caller may know that it exists, not what it says.
    Hidden {
        /// The rule that hides it.
        hidden_by: String,
    },
}

/// A section of an enterprise's page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Section {
    /// Unique key.
    pub key: String,
    /// Part that offers it.
    pub part: String,
    /// Title.
    pub title: String,
    /// Full list or page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Order on the page, smallest first.
    pub order: i32,
    /// Content.
    #[serde(flatten)]
    pub content: Content,
}

/// A part's share of the cockpit for one region.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Cockpit {
    /// Numbers of the top strip.
    pub numbers: Vec<Number>,
    /// Points on the map.
    pub points: Vec<MapPoint>,
    /// Counts per child region.
    pub areas: Vec<AreaCount>,
    /// Charts.
    pub charts: Vec<Chart>,
    /// Live rows for the right column.
    pub rows: Vec<CardItem>,
}

/// A point on the map.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MapPoint {
    /// Layer.
    pub layer: String,
    /// Enterprise.
    pub enterprise: String,
    /// Name.
    pub name: String,
    /// Longitude, CGCS2000 degrees.
    pub lon: f64,
    /// Latitude, CGCS2000 degrees.
    pub lat: f64,
    /// Tone.
    pub tone: Tone,
    /// Open alarms.
    pub alarms: i64,
    /// Where it opens.
    pub link: String,
}

/// A count for a child region.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AreaCount {
    /// Region code.
    pub region: String,
    /// Key of the count: `enterprises`, `alarms`.
    pub key: String,
    /// Count.
    pub count: i64,
}

/// A small chart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Chart {
    /// Unique key.
    pub key: String,
    /// Title.
    pub title: String,
    /// `bar`, `line` or `pie`.
    pub form: String,
    /// Categories.
    pub categories: Vec<String>,
    /// Series by name.
    pub series: Vec<Series>,
    /// The list behind it.
    pub link: String,
}

/// A series of a chart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Series {
    /// Name.
    pub name: String,
    /// Values, one per category.
    pub values: Vec<f64>,
}

/// What parts know of an enterprise that stands beside it in lists.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct RowFigures {
    /// Open alarms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms_active: Option<i64>,
    /// Highest level of its major hazard installations, `一级` to `四级`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hazard_source_level: Option<String>,
    /// Share of its points that are online, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_rate: Option<f64>,
}

/// Figures by enterprise.
pub type Figures = std::collections::HashMap<String, RowFigures>;

impl RowFigures {
    /// Takes over what another part knows.
    pub fn merge(&mut self, other: Self) {
        self.alarms_active = other.alarms_active.or(self.alarms_active);
        self.hazard_source_level = other.hazard_source_level.or_else(|| self.hazard_source_level.take());
        self.online_rate = other.online_rate.or(self.online_rate);
    }
}

/// A search hit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hit {
    /// Kind of object.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Second line.
    pub subtitle: String,
    /// Where it opens.
    pub link: String,
}
