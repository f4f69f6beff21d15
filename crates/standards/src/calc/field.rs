//! The fields of a rule: one description from which input is checked, JSON Schema is written and
//! forms are drawn.

use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value, json};

/// One field of an input or an output.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in JSON.
    pub name: &'static str,
    /// Name on a form.
    pub label: &'static str,
    /// Unit, empty where there is none.
    pub unit: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be given; in an output, whether it is never null.
    pub required: bool,
    /// The rule table whose rows offer the values; empty where there is none.
    pub table: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// An exact decimal within whole-number bounds, as a JSON number or string; a string in outputs.
    Decimal(i64, i64),
    /// A whole number within bounds.
    Integer(i64, i64),
    /// A number of a model that is computed in floating point; outputs only.
    Float,
    /// Text.
    Text,
    /// One of the words given.
    Choice(&'static [&'static str]),
    /// Yes or no.
    Flag,
    /// A day.
    Date,
    /// A day, or a moment in Beijing time.
    Moment,
    /// A list of texts.
    Texts,
    /// A list of objects.
    List(&'static [Field]),
    /// One object; outputs only.
    Object(&'static [Field]),
}

/// Largest amount any field accepts: far above every real quantity and far below overflow.
pub const LARGEST: i64 = 1_000_000_000_000;

/// An exact decimal, not negative.
pub const fn dec(name: &'static str, label: &'static str, unit: &'static str) -> Field {
    Field { name, label, unit, kind: Kind::Decimal(0, LARGEST), required: true, table: "" }
}

/// A whole number, not negative.
pub const fn int(name: &'static str, label: &'static str, unit: &'static str) -> Field {
    Field { name, label, unit, kind: Kind::Integer(0, 1_000_000_000), required: true, table: "" }
}

/// A field of any other kind.
pub const fn of(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, label, unit: "", kind, required: true, table: "" }
}

/// A text.
pub const fn text(name: &'static str, label: &'static str) -> Field {
    of(name, label, Kind::Text)
}

/// A yes or no that counts as no when it is not given.
pub const fn flag(name: &'static str, label: &'static str) -> Field {
    of(name, label, Kind::Flag).optional()
}

/// One of a few words.
pub const fn choice(name: &'static str, label: &'static str, words: &'static [&'static str]) -> Field {
    of(name, label, Kind::Choice(words))
}

impl Field {
    /// The same field, not required.
    pub const fn optional(self) -> Field {
        Field { required: false, ..self }
    }

    /// The same field, its values offered by the rows of a rule table.
    pub const fn from(self, table: &'static str) -> Field {
        Field { table, ..self }
    }

    /// The same field with bounds, both included.
    pub const fn within(self, min: i64, max: i64) -> Field {
        let kind = match self.kind {
            Kind::Integer(..) => Kind::Integer(min, max),
            _ => Kind::Decimal(min, max),
        };
        Field { kind, ..self }
    }
}

/// The fields every rule takes besides its own.
pub const COMMON: &[Field] = &[of("on", "适用日期", Kind::Date).optional(), text("region", "行政区划代码").optional()];

/// The fields of the reference every result carries.
pub const RULE: &[Field] = &[
    text("standard", "标准"),
    text("clause", "条款"),
    text("edition", "版本"),
    of("valid_from", "施行日期", Kind::Date),
    of("valid_to", "失效日期", Kind::Date).optional(),
    text("region", "适用地区").optional(),
    choice("confidence", "核实程度", &["full_text", "public_page", "unconfirmed"]),
    text("rule_set", "规则集版本"),
];

/// JSON Schema of an object with these fields.
pub fn object_schema(groups: &[&[Field]], output: bool) -> Value {
    let all = || groups.iter().flat_map(|g| g.iter());
    // A JSON object has no order; a form and a result have one.
    let place = |(order, field): (usize, &Field)| {
        let mut schema = field_schema(field, output);
        if let Some(map) = schema.as_object_mut() {
            map.insert("x-order".into(), order.into());
        }
        (field.name.into(), schema)
    };
    let properties: Map<String, Value> = all().enumerate().map(place).collect();
    let required: Vec<&str> = all().filter(|f| f.required).map(|f| f.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn field_schema(field: &Field, output: bool) -> Value {
    let mut schema = kind_schema(field.kind, output);
    if let Some(map) = schema.as_object_mut() {
        map.insert("title".into(), field.label.into());
        if !field.unit.is_empty() {
            map.insert("x-unit".into(), field.unit.into());
        }
        if !field.table.is_empty() {
            map.insert("x-table".into(), field.table.into());
        }
        if output && !field.required {
            if let Some(kind) = map.remove("type") {
                map.insert("type".into(), json!([kind, "null"]));
            }
            if let Some(Value::Array(words)) = map.get_mut("enum") {
                words.push(Value::Null);
            }
        }
    }
    schema
}

fn kind_schema(kind: Kind, output: bool) -> Value {
    match kind {
        Kind::Decimal(..) if output => {
            json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"})
        }
        Kind::Decimal(min, max) => {
            json!({"type": ["number", "string"], "minimum": min, "maximum": max, "x-exact": true})
        }
        Kind::Integer(..) if output => json!({"type": "integer"}),
        Kind::Integer(min, max) => {
            json!({"type": ["integer", "string"], "minimum": min, "maximum": max})
        }
        Kind::Float => json!({"type": "number"}),
        Kind::Text => json!({"type": "string"}),
        Kind::Choice(words) => json!({"type": "string", "enum": words}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Moment => json!({"type": "string", "x-format": "date or date-time"}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::List(fields) => json!({"type": "array", "items": object_schema(&[fields], output)}),
        Kind::Object(fields) => object_schema(&[fields], output),
    }
}
