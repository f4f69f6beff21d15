//! What other parts may ask of the register about one enterprise the caller can see.
use crate::enterprise::store;
use platform::{Ctx, Error, Result};

/// The trade and size of an enterprise.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Trade in words, as registered.
    pub industry: String,
    /// Risk tags.
    pub tags: Vec<String>,
    /// Employees.
    pub employees: Option<u32>,
    /// Whether the record is in use (not merged or closed).
    pub active: bool,
}

/// The facts of an enterprise; none where the caller sees no such record.
pub async fn facts(ctx: &Ctx, id: &str) -> Result<Option<Facts>> {
    let found = match store::find(ctx, id).await {
        Ok(found) => found,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let active = found.is_active();
    let profile = found.profile;
    Ok(Some(Facts { industry: profile.industry, tags: profile.tags, employees: profile.employees, active }))
}
