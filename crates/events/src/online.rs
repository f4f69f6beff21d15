//! Events of online supervision: devices, limits, alarms, shifts.
use crate::{Code, FreeText, LeafSafe, Personal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The limits of a tag as an event states them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LimitSet {
    /// High-high.
    pub hh: Option<f64>,
    /// High.
    pub h: Option<f64>,
    /// Low.
    pub l: Option<f64>,
    /// Low-low.
    pub ll: Option<f64>,
    /// Dead band.
    pub dead_band: f64,
    /// On-delay in seconds.
    pub on_delay_s: u32,
    /// Off-delay in seconds.
    pub off_delay_s: u32,
}
impl LeafSafe for LimitSet {}

crate::events! { "lines/online";
    /// A device got its key and may report.
    "iot.device.onboarded" v 1 E2 "设备接入" => DeviceOnboarded {
        /// Device, also its MQTT client id.
        device: Code,
        /// Name on site.
        name: FreeText,
        /// Model.
        model: Option<FreeText>,
        /// End of its calibration, `YYYY-MM-DD`.
        calibration_valid_to: Option<Code>,
    }
    /// A device's key is no longer valid.
    "iot.device.revoked" v 1 E2 "设备吊销" => DeviceRevoked {
        /// Device.
        device: Code,
        /// Reason.
        reason: FreeText,
    }
    /// A device has been silent for too long.
    "iot.device.offline" v 1 E1 "设备离线" => DeviceOffline {
        /// Device.
        device: Code,
        /// Last heard, milliseconds UTC.
        since: i64,
        /// Tags that are silent with it.
        tags: u32,
        /// Whether the enterprise had announced a stop.
        planned: bool,
    }
    /// A silent device is heard again.
    "iot.device.online" v 1 E1 "设备恢复在线" => DeviceOnline {
        /// Device.
        device: Code,
        /// How long it was silent, milliseconds.
        silent_ms: i64,
    }
    /// A device or tag behaves as a failed or tampered one does.
    "iot.device.suspect" v 1 E1 "设备数据可疑" => DeviceSuspect {
        /// Device.
        device: Code,
        /// Tag, where one is meant.
        tag: Option<Code>,
        /// `flatline`, `clamp`, `clock`, `replay`, `jump`, `spoof` or `flood`.
        suspicion: Code,
        /// How strong, in the measure of the suspicion (hours, seconds, attempts).
        score: f64,
        /// Start of the window, milliseconds UTC.
        from: i64,
        /// End of the window.
        to: i64,
    }
    /// A measuring point and its first limits, with who answers for them.
    "iot.tag.registered" v 1 E2 "点位登记" => TagRegistered {
        /// Tag.
        tag: Code,
        /// Device that reports it.
        device: Option<Code>,
        /// What is measured.
        metric: Code,
        /// Unit.
        unit: Code,
        /// Seconds between readings.
        sample_s: u32,
        /// 1 major hazard source to 3 minor.
        consequence: u8,
        /// Hazard source it belongs to.
        hazard_source: Option<Code>,
        /// Limits.
        limits: LimitSet,
        /// `form`, `import` or `demo`.
        source: Code,
    }
    /// Somebody asks for other limits.
    "iot.limit.requested" v 1 E1 "申请变更限值" => LimitRequested {
        /// Request.
        change: Uuid,
        /// Tag.
        tag: Code,
        /// Limits in force.
        old: LimitSet,
        /// Limits asked for.
        new: LimitSet,
        /// Whether the change weakens protection.
        loosens: bool,
        /// Reason.
        reason: FreeText,
    }
    /// New limits are in force.
    "iot.limit.changed" v 1 E2 "限值变更" => LimitChanged {
        /// Request.
        change: Uuid,
        /// Tag.
        tag: Code,
        /// Limits before.
        old: LimitSet,
        /// Limits now.
        new: LimitSet,
        /// Whether the change weakens protection.
        loosens: bool,
        /// Opinion of the approver.
        reason: FreeText,
        /// Who asked.
        requested_by: Personal<Uuid>,
        /// Who approved; never the same person.
        approver: Personal<Uuid>,
    }
    /// A request for other limits was sent back.
    "iot.limit.rejected" v 1 E1 "退回限值变更" => LimitRejected {
        /// Request.
        change: Uuid,
        /// Tag.
        tag: Code,
        /// Opinion.
        reason: FreeText,
    }
    /// The root over a device's readings of ten minutes, or over late readings when they are sealed.
    "iot.sample.batch_sealed" v 1 E1 "遥测封存" => BatchSealed {
        /// Device.
        device: Code,
        /// Start of the window, milliseconds UTC.
        from: i64,
        /// End of the window, not included.
        to: i64,
        /// Tags that reported.
        tags: u32,
        /// SM3 over the tag names in leaf order, one per line.
        tag_set: Code,
        /// Readings.
        count: u64,
        /// Readings that were due and did not come.
        gaps: u64,
        /// Merkle root (SM3) over one leaf per tag.
        root: Code,
        /// Whether these are late readings.
        late: bool,
    }
    /// A reading violated a limit.
    "iot.alarm.raised" v 1 E1 "报警" => AlarmRaised {
        /// Alarm.
        alarm: Uuid,
        /// Tag.
        tag: Code,
        /// `HH`, `H`, `L` or `LL`.
        level: Code,
        /// 1 most urgent to 4.
        priority: u8,
        /// Limit violated.
        limit: f64,
        /// Value that violated it.
        value: f64,
        /// First open alarm of the enterprise in this episode; none where this is it.
        first_out: Option<Uuid>,
        /// The milder alarm of the same tag that this one escalates.
        grouped_with: Option<Uuid>,
    }
    /// Somebody has taken the alarm.
    "iot.alarm.acknowledged" v 1 E1 "签收报警" => AlarmAcknowledged {
        /// Alarm.
        alarm: Uuid,
        /// Who.
        person: Personal<Uuid>,
        /// Role in which they did.
        post: Code,
        /// Whether the time allowed had passed.
        overdue: bool,
        /// Note.
        note: Option<FreeText>,
    }
    /// Cause and measure are on record.
    "iot.alarm.explained" v 1 E1 "说明报警原因" => AlarmExplained {
        /// Alarm.
        alarm: Uuid,
        /// Code of the cause.
        cause_code: Code,
        /// What happened.
        text: FreeText,
        /// What was done.
        measure: FreeText,
        /// Whether the time allowed had passed.
        overdue: bool,
    }
    /// The value is back inside the limit and its dead band.
    "iot.alarm.returned" v 1 E1 "数值恢复正常" => AlarmReturned {
        /// Alarm.
        alarm: Uuid,
        /// Value.
        value: f64,
    }
    /// The value of an open alarm went out again.
    "iot.alarm.recurred" v 1 E1 "数值再次越限" => AlarmRecurred {
        /// Alarm.
        alarm: Uuid,
        /// Value.
        value: f64,
        /// How often by now.
        times: u32,
    }
    /// A clock ran out and the next person up is told.
    "iot.alarm.escalated" v 1 E1 "报警升级" => AlarmEscalated {
        /// Alarm.
        alarm: Uuid,
        /// Steps climbed.
        level: u8,
        /// `principal`, `township` or `county`.
        to: Code,
        /// `acknowledge` or `explain`.
        because: Code,
    }
    /// The alarm is done.
    "iot.alarm.cleared" v 1 E1 "消警" => AlarmCleared {
        /// Alarm.
        alarm: Uuid,
        /// From raise to clear, milliseconds.
        duration_ms: i64,
        /// Extreme value.
        max: f64,
        /// How often it came back.
        recurrences: u32,
        /// Steps escalated.
        escalations: u8,
        /// Note.
        note: Option<FreeText>,
    }
    /// The enterprise announces that devices will be silent.
    "iot.stop.planned" v 1 E1 "计划停用" => StopPlanned {
        /// Enterprise.
        enterprise: Code,
        /// Start, milliseconds UTC.
        from: i64,
        /// End.
        to: i64,
        /// Reason.
        reason: FreeText,
    }
    /// Somebody took over the watch.
    "duty.shift.taken" v 1 E2 "接班" => ShiftTaken {
        /// Shift.
        shift: Uuid,
        /// Organisation.
        org: Code,
        /// Who.
        person: Personal<Uuid>,
        /// Open alarms taken over.
        open: u32,
    }
    /// Somebody handed the watch over, confirmed by password.
    "duty.shift.handed_over" v 1 E3 "交班" => ShiftHandedOver {
        /// Shift.
        shift: Uuid,
        /// Organisation.
        org: Code,
        /// Who.
        person: Personal<Uuid>,
        /// Open alarms left.
        open: u32,
        /// What the next one must know.
        note: FreeText,
    }
}
