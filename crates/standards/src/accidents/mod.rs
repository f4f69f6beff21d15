//! Accidents: level and clocks, fines, types, rates, lost workdays and losses.

mod fine;
mod level;
mod loss;
mod rates;
mod types;

pub use fine::{Fine, FineRow, fine};
pub use level::{AccidentLevel, Criterion, Level, LevelRow, NearRow, PeriodRow, level, serious_near_miss};
pub use loss::{AssetLoss, GroupSum, ItemRow, LossItem, Losses, asset_loss, losses, lost_work_value, medical_estimate};
pub use rates::{LostDayRow, LostDays, Rate, RateFigures, RateRow, Rates, lost_days, rates};
pub use types::{AccidentCodes, TypeRow, accident_type};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What one accident cost.
#[derive(Clone, Copy, Default, Debug, Serialize, Deserialize)]
pub struct Toll {
    /// Deaths; missing persons count as deaths when reporting (art. 12).
    pub deaths: u32,
    /// Serious injuries, acute poisoning included.
    pub serious: u32,
    /// Direct loss, yuan.
    pub loss_yuan: Decimal,
}
