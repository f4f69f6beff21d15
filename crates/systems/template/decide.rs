//! Pure decisions: no clock, no database. What a rule says is asked of `standards`.
use crate::template_events::TemplateNoteFiled;
use platform::{Error, Result};
use uuid::Uuid;

const LONGEST: usize = 200;

/// A new note; the refusal names the field and what to do.
pub fn file(id: Uuid, text: &str) -> Result<TemplateNoteFiled> {
    match text.trim().chars().count() {
        0 => Err(Error::invalid("text", "请填写内容")),
        n if n > LONGEST => Err(Error::invalid("text", format!("内容不能超过 {LONGEST} 字，现在是 {n} 字"))),
        _ => Ok(TemplateNoteFiled { note: id, text: text.trim().into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_1_to_200_characters() {
        for (length, good) in [(0, false), (1, true), (200, true), (201, false)] {
            assert_eq!(file(Uuid::nil(), &"字".repeat(length)).is_ok(), good, "{length}");
        }
    }
}
