//! Events of 模板. Names, opinions and free text are `Personal` or `FreeText`; codes, numbers and
//! dates stand in the clear.

events::events! { "systems/template";
    /// Somebody wrote a note.
    "template.note.filed" v 1 E1 "模板：登记" => TemplateNoteFiled {
        /// Note.
        note: uuid::Uuid,
        /// Text.
        text: events::FreeText,
    }
}
