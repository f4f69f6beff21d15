//! The description of a table: what each column is called, holds and refuses.

use rust_decimal::Decimal;

/// A check of a code (credit code, industry code, region): the normalised code, or the reason
/// of refusal in Chinese.
pub type CodeCheck = fn(&str) -> Result<String, String>;

/// What a cell of a column may hold.
#[derive(Clone, Copy, Debug)]
pub enum ColumnKind {
    /// Free text of at most so many characters.
    Text(usize),
    /// A whole number from the first to the second, both allowed.
    Int(i64, i64),
    /// A decimal number from the first to the second, both allowed.
    Decimal(Decimal, Decimal),
    /// A calendar day from 1900 to 2199.
    Date,
    /// One word of a closed list.
    OneOf(&'static [&'static str]),
    /// A code: all white space is removed and full-width characters are narrowed, then the
    /// check decides.
    Code(CodeCheck),
}

/// One column of a table. Build it with [`Column::new`] and the setters, all `const`.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The identifier by which the caller asks for the value; also accepted as a title.
    pub key: &'static str,
    /// The title people see, in Chinese.
    pub title: &'static str,
    /// Other titles under which people's own files carry the same thing.
    pub aliases: &'static [&'static str],
    /// What a cell may hold.
    pub kind: ColumnKind,
    /// Whether every row must fill it.
    pub required: bool,
    /// Whether a value may occur only once in a file.
    pub unique: bool,
    /// What to write here, in Chinese; empty where the kind says it all.
    pub rule: &'static str,
    /// The value of the template's example row.
    pub example: &'static str,
}

impl Column {
    /// An optional column with no aliases, rule or example.
    pub const fn new(key: &'static str, title: &'static str, kind: ColumnKind) -> Self {
        Self { key, title, aliases: &[], kind, required: false, unique: false, rule: "", example: "" }
    }

    /// Every row must fill it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// A value may occur only once in a file.
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Other titles for the same thing.
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// What to write here, in Chinese.
    pub const fn rule(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }

    /// The value of the template's example row.
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    /// The rule of this column in one Chinese phrase, for templates and messages.
    pub fn rule_text(&self) -> String {
        if !self.rule.is_empty() {
            return self.rule.to_owned();
        }
        match self.kind {
            ColumnKind::Text(max) => format!("文字，不超过 {max} 字"),
            ColumnKind::Int(min, max) => format!("{min} 到 {max} 的整数"),
            ColumnKind::Decimal(min, max) => format!("{min} 到 {max} 的数"),
            ColumnKind::Date => "日期，如 2026-03-01 或 2026年3月1日".to_owned(),
            ColumnKind::OneOf(options) => format!("只能填：{}", options.join("、")),
            ColumnKind::Code(_) => "编码".to_owned(),
        }
    }
}

/// A table that can be imported.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// The name people see, in Chinese: 企业名录, …
    pub title: &'static str,
    /// The columns in the order of the template.
    pub columns: &'static [Column],
}

impl Sheet {
    /// The column of this key.
    pub fn column(&self, key: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.key == key)
    }
}
