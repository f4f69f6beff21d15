//! Monitoring: gas alarm set points, process alarms, how urgent they are and what instruments a tank needs.

mod gas;
mod priority;
mod process;
mod tank;

pub use gas::{
    GasAlarm, GasAsked, GasLimitRow, SetPointRow, SetPoints, Unit, exposure_limit, flammable_alarm, open_path_alarm,
    oxygen_alarm, to_ppm, toxic_alarm,
};
pub use priority::{AlarmPriority, PriorityAsked, PriorityRow, alarm_priority};
pub use process::{Change, Limits, State, Tracker, evaluate, reading};
pub use tank::{InstrumentRow, Requirement, TankAsked, tank_instruments};
