//! Devices that behave as failed or tampered ones do: one fact per device, kind and day.

use events::online::DeviceSuspect;
use platform::{Actor, App, Ctx, Notice, Result, Role, To};

use super::model::{Device, Tag};
use super::store;

/// What looks wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Publishes to another device's topic, or with a will or retained flag.
    Spoof,
    /// Sends more than its share.
    Flood,
    /// A continuous measurement has not moved for hours.
    Flatline,
    /// Its clock is off.
    Clock,
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Kind::Spoof => "spoof",
            Kind::Flood => "flood",
            Kind::Flatline => "flatline",
            Kind::Clock => "clock",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Kind::Spoof => "试图冒用其他主题上报",
            Kind::Flood => "上报频率异常",
            Kind::Flatline => "数值长时间不变",
            Kind::Clock => "时钟偏差过大",
        }
    }
}

/// What is suspected, of what, how strongly.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'a> {
    /// Device.
    pub device: &'a Device,
    /// Tag, where one is meant.
    pub tag: Option<&'a Tag>,
    /// Kind.
    pub kind: Kind,
    /// Strength in the measure of the kind.
    pub score: f64,
    /// Start of the window.
    pub from: i64,
}

/// Notes an attempt seen at a door; a failure to note must not open the door.
pub async fn note(app: &App, device: &Device, kind: Kind) {
    let ctx = app.ctx(Actor::reaction("online.door"));
    let finding = Finding { device, tag: None, kind, score: 1.0, from: ctx.now().0 };
    if let Err(error) = record(&ctx, finding).await {
        tracing::error!(device = device.id, %error, "a suspicion could not be recorded: {error}");
    }
}

/// Records a finding once per day.
pub async fn record(ctx: &Ctx, finding: Finding<'_>) -> Result<bool> {
    let Finding { device, tag, kind, score, from } = finding;
    let now = ctx.now();
    let payload = DeviceSuspect {
        device: device.id.as_str().into(),
        tag: tag.map(|t| t.tag.as_str().into()),
        suspicion: kind.code().into(),
        score,
        from,
        to: now.0,
    };
    let event = ctx.event(&payload, format!("device/{}", device.id), &device.placed)?;
    let mut tx = ctx.begin().await?;
    let about = (device.id.as_str(), tag.map(|t| t.tag.as_str()));
    if !store::suspect(&mut tx, about, (kind.code(), super::day(now.0)), event.id).await? {
        return Ok(false);
    }
    let what = tag.map_or_else(|| format!("设备 {}", device.id), |t| t.name.clone());
    let title = format!("{what}{}", kind.title());
    let notice = Notice {
        priority: 3,
        title: &title,
        body: "请核对设备、接线和密钥，并在设备页查看被拒数据",
        link: "/quarantine",
        event: event.id,
    };
    if let Some(enterprise) = &device.placed.enterprise {
        tx.notify(ctx, To::Org(enterprise, &[Role::SafetyManager]), &notice).await?;
    }
    tx.notify(ctx, To::Area(&device.placed.region, &[Role::DutyOfficer]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(true)
}
