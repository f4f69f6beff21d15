//! Gradings as shown.
use super::runs::Mover;
use super::store::Run;
use platform::http::Table;
use platform::sheets::Value;
use platform::{Error, Ms, Result};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A run as shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditRunRow {
    /// Id.
    pub id: Uuid,
    /// First moment of the period.
    pub from: Ms,
    /// Last moment.
    pub to: Ms,
    /// When it was made.
    pub made_at: Ms,
    /// Enterprises rated.
    pub rated: u32,
    /// Moved up.
    pub up: u32,
    /// Moved down.
    pub down: u32,
}

/// The row of a run.
pub fn run_row(run: &Run) -> CreditRunRow {
    CreditRunRow {
        id: run.id,
        from: run.from_at,
        to: run.to_at,
        made_at: run.made_at,
        rated: run.rated,
        up: run.up,
        down: run.down,
    }
}

impl Table for CreditRunRow {
    const TITLE: &'static str = "信用评定";
    const COLUMNS: &'static [&'static str] = &["编号", "评定期起", "评定期止", "评定时间", "评定企业", "升级", "降级"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.id.to_string().into()),
            Some(self.from.beijing().into()),
            Some(self.to.beijing().into()),
            Some(self.made_at.beijing().into()),
            Some(i64::from(self.rated).into()),
            Some(i64::from(self.up).into()),
            Some(i64::from(self.down).into()),
        ]
    }
}

/// A run with who moved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditRunView {
    /// The run.
    #[serde(flatten)]
    pub row: CreditRunRow,
    /// Who moved and by which facts.
    pub movers: Vec<Mover>,
}

/// The view of a run.
pub fn run_view(run: &Run) -> Result<CreditRunView> {
    Ok(CreditRunView { row: run_row(run), movers: serde_json::from_str(&run.movers).map_err(Error::internal)? })
}
