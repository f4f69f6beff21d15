//! What other parts' events and the calendar do to classes and grades.
use super::classify::Profile;
use super::{NOTICE, store, write};
use events::enterprise::{EnterpriseChanged, EnterpriseRegistered};
use events::major_hazards::{HazardSourceChanged, HazardSourceFiled};
use platform::auth::Org;
use platform::{ClockRule, Ctx, Event, Reaction, Result};
use serde_json::Value;

/// Reactions.
pub const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "credit_rating.grade",
        kinds: &["credit.score.computed"],
        run: |ctx, event| Box::pin(grade(ctx, event)),
    },
    Reaction {
        name: "credit_rating.know",
        kinds: &["ent.enterprise.registered", "ent.enterprise.changed", "hazard_source.filed", "hazard_source.changed"],
        run: |ctx, event| Box::pin(know(ctx, event)),
    },
];

/// Clock rules.
pub const CLOCKS: &[ClockRule] = &[ClockRule {
    key: NOTICE,
    title: "降级预告期满",
    basis: write::BASIS,
    fire: |ctx, clock| Box::pin(async move { write::effect(&ctx, &clock).await }),
}];

async fn grade(ctx: Ctx, event: Event) -> Result<()> {
    let Some(enterprise) = event.placed.enterprise.clone() else { return Ok(()) };
    let Some(org) = Org::find(ctx.db(), &enterprise).await? else { return Ok(()) };
    write::regrade(&ctx, &org, event.id).await
}

/// Takes over what the register and the hazard sources say, for suggestions.
async fn know(ctx: Ctx, event: Event) -> Result<()> {
    let Some(enterprise) = event.placed.enterprise.clone() else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    let mut profile = store::profile(&mut tx, &enterprise).await?;
    match event.kind.as_str() {
        "ent.enterprise.registered" => {
            let registered: EnterpriseRegistered = event.payload()?;
            profile.industry = registered.industry.map(|code| code.0);
            profile.employees = registered.employees.map(i64::from);
            profile.tags = registered.risk_tags.into_iter().map(|tag| tag.0).collect();
        }
        "ent.enterprise.changed" => {
            let changed: EnterpriseChanged = event.payload()?;
            change(&mut profile, changed.values.text().unwrap_or_default());
        }
        "hazard_source.filed" => {
            let filed: HazardSourceFiled = event.payload()?;
            raise(&mut profile, filed.file.level.as_ref().map(events::Code::as_str));
        }
        _ => {
            let changed: HazardSourceChanged = event.payload()?;
            raise(&mut profile, changed.file.level.as_ref().map(events::Code::as_str));
        }
    }
    store::put_profile(&mut tx, &enterprise, &profile).await?;
    ctx.keep(tx).await
}

/// Field → (old, new), as the register writes it.
fn change(profile: &mut Profile, values: &str) {
    let values: Value = serde_json::from_str(values).unwrap_or_default();
    let new = |field: &str| values.get(field).and_then(|v| v.get(1)).and_then(Value::as_str);
    if let Some(code) = new("gbt4754") {
        profile.industry = Some(code.to_owned());
    }
    if let Some(count) = new("employees").and_then(|text| text.parse().ok()) {
        profile.employees = Some(count);
    }
    if let Some(tags) = new("tags") {
        profile.tags = tags.split(['、', ',']).filter(|t| !t.is_empty()).map(str::to_owned).collect();
    }
}

/// The highest level that any source of the enterprise was filed with; a person lowers the class.
fn raise(profile: &mut Profile, level: Option<&str>) {
    let level = match level {
        Some("一级" | "1") => 1,
        Some("二级" | "2") => 2,
        Some("三级" | "3") => 3,
        Some("四级" | "4") => 4,
        _ => return,
    };
    profile.hazard_level = Some(profile.hazard_level.map_or(level, |known| known.min(level)));
}
