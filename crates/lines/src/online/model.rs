//! Devices, tags and alarms as the database keeps them.

use platform::db::Row;
use platform::{Columns, Ms, Placed, Result};
use uuid::Uuid;

use super::clocks::Priority;
use super::decide::{Alarm, State};
use super::limits::{Level, Limits};
use events::online::LimitSet;

/// A measuring point.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// Tag.
    pub tag: String,
    /// Name people read.
    pub name: String,
    /// Where it stands.
    pub placed: Placed,
    /// Device that reports it; any of the enterprise's where none is named.
    pub device: Option<String>,
    /// Hazard source it belongs to.
    pub hazard_source: Option<String>,
    /// What is measured.
    pub metric: String,
    /// Unit.
    pub unit: String,
    /// Seconds between readings.
    pub sample_s: i64,
    /// 1 major hazard source to 3 minor.
    pub consequence: u8,
    /// Limits in force.
    pub limits: Limits,
}

/// How tags are placed for scope.
pub const TAG_SCOPE: Columns = Columns {
    enterprise: "t.enterprise",
    region: "t.region",
    sectors: Some("t.sectors"),
    kind: "telemetry",
    id: "t.tag",
    owner: None,
};
/// How devices are placed for scope.
pub const DEVICE_SCOPE: Columns = Columns {
    enterprise: "d.enterprise",
    region: "d.region",
    sectors: Some("d.sectors"),
    kind: "device",
    id: "d.id",
    owner: None,
};
/// How alarms are placed for scope.
pub const ALARM_SCOPE: Columns = Columns {
    enterprise: "a.enterprise",
    region: "a.region",
    sectors: Some("a.sectors"),
    kind: "alarm",
    id: "a.id",
    owner: None,
};
/// How limit changes are placed for scope.
pub const CHANGE_SCOPE: Columns = Columns {
    enterprise: "c.enterprise",
    region: "c.region",
    sectors: Some("c.sectors"),
    kind: "telemetry",
    id: "c.tag",
    owner: None,
};

impl Tag {
    /// Reads a row of `tag`.
    pub fn read(row: &Row) -> Result<Tag> {
        Ok(Tag {
            tag: row.get("tag")?,
            name: row.get("name")?,
            placed: placed(row)?,
            device: row.get("device")?,
            hazard_source: row.get("hazard_source")?,
            metric: row.get("metric")?,
            unit: row.get("unit")?,
            sample_s: row.get("sample_s")?,
            consequence: row.get::<i64>("consequence")?.clamp(1, 3) as u8,
            limits: limits(row)?,
        })
    }
}

/// Where an enterprise's row stands.
pub fn placed(row: &Row) -> Result<Placed> {
    let sectors: String = row.get("sectors")?;
    let sectors = platform::scope::members(&sectors);
    Ok(Placed::enterprise(row.get::<String>("enterprise")?, row.get::<String>("region")?, sectors))
}

/// Reads the limit columns.
pub fn limits(row: &Row) -> Result<Limits> {
    Ok(Limits {
        hh: row.get("hh")?,
        h: row.get("h")?,
        l: row.get("l")?,
        ll: row.get("ll")?,
        dead_band: row.get("dead_band")?,
        on_delay_s: row.get::<i64>("on_delay_s")? as u32,
        off_delay_s: row.get::<i64>("off_delay_s")? as u32,
    })
}

impl From<&Limits> for LimitSet {
    fn from(l: &Limits) -> Self {
        LimitSet {
            hh: l.hh,
            h: l.h,
            l: l.l,
            ll: l.ll,
            dead_band: l.dead_band,
            on_delay_s: l.on_delay_s,
            off_delay_s: l.off_delay_s,
        }
    }
}

/// A device.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Id, also its MQTT client id and user name.
    pub id: String,
    /// Where it stands.
    pub placed: Placed,
    /// Digest of its secret.
    pub secret_hash: String,
    /// Whether it may report.
    pub active: bool,
    /// Since when it has been silent, where that is on record.
    pub offline_since: Option<Ms>,
}

impl Device {
    /// Reads a row of `device`.
    pub fn read(row: &Row) -> Result<Device> {
        Ok(Device {
            id: row.get("id")?,
            placed: placed(row)?,
            secret_hash: row.get("secret_hash")?,
            active: row.get::<String>("state")? == "active",
            offline_since: row.get("offline_since")?,
        })
    }
}

/// An alarm with what its events need.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmRow {
    /// Id.
    pub id: Uuid,
    /// Tag.
    pub tag: String,
    /// Where it stands.
    pub placed: Placed,
    /// Device that reported the violation.
    pub device: Option<String>,
    /// What decisions depend on.
    pub alarm: Alarm,
    /// Extreme value on record.
    pub extreme: f64,
    /// Event that raised it.
    pub raised_event: Uuid,
}

impl AlarmRow {
    /// Reads a row of `alarm`.
    pub fn read(row: &Row) -> Result<AlarmRow> {
        let level: String = row.get("level")?;
        let state: String = row.get("state")?;
        let unknown = |what: &str| platform::Error::internal(format!("alarm row with {what}"));
        Ok(AlarmRow {
            id: row.get("id")?,
            tag: row.get("tag")?,
            placed: placed(row)?,
            device: row.get("device")?,
            alarm: Alarm {
                level: Level::parse(&level).ok_or_else(|| unknown(&level))?,
                priority: Priority::from_code(row.get("priority")?),
                state: State::parse(&state).ok_or_else(|| unknown(&state))?,
                raised_at: row.get("raised_at")?,
                back_to_normal: row.get::<Option<i64>>("back_at")?.is_some(),
                escalation: row.get::<i64>("escalation")? as u8,
                recurrences: row.get::<i64>("recurrences")? as u32,
                ack_due_at: row.get("ack_due_at")?,
                explain_due_at: row.get("explain_due_at")?,
            },
            extreme: row.get("extreme")?,
            raised_event: row.get("raised_event")?,
        })
    }

    /// The subject of its events.
    pub fn subject(&self) -> String {
        subject(self.id)
    }
}

/// The subject of an alarm's events and clocks.
pub fn subject(alarm: Uuid) -> String {
    format!("alarm/{alarm}")
}
