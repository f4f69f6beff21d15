//! What is shown of personal data, and to whom.
use platform::{Action, Ctx};

/// Whether personal numbers are shown whole: to those who keep the file of their own organisation.
pub(crate) fn whole(ctx: &Ctx, org: &str) -> bool {
    ctx.actor.is_internal() || (ctx.actor.org == org && ctx.may(&super::PART, Action::Edit))
}

/// A phone number with its middle hidden: `138****0001`.
pub(crate) fn phone(number: &str) -> String {
    let count = number.chars().count();
    let head = if count >= 11 { 3 } else { 0 };
    let start: String = number.chars().take(head).collect();
    let end: String = number.chars().skip(count.saturating_sub(4)).collect();
    format!("{start}****{end}")
}

/// A citizen number for staff screens: six digits, stars, four.
pub(crate) fn citizen(number: &str) -> String {
    standards::codes::CitizenId::parse(number).map_or_else(|_| "****".to_owned(), |id| id.masked())
}
