//! What the log serves of a head: its own signature and those of the witnesses so far.
use super::store::{self, Cosigned, Signed};
use crate::db::Db;
use crate::error::{Error, Result};
use evidence::Note;
use evidence::note::Line;

/// The note of a head with the cosignatures stored under it.
pub(super) async fn note(db: &Db, head: &Signed) -> Result<Note> {
    let cosigned = store::cosignatures(db, head.size).await?;
    with(head, &cosigned)
}

/// The same, from cosignatures at hand.
pub(super) fn with(head: &Signed, cosigned: &[Cosigned]) -> Result<Note> {
    let mut note = Note::parse(&head.note).map_err(Error::internal)?;
    for cosignature in cosigned {
        note.lines.push(Line::parse(&cosignature.line).map_err(Error::internal)?);
    }
    Ok(note)
}
