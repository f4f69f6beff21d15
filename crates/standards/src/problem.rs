//! What a rule answers when it refuses: RFC 9457 problem details with the fields at fault.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A refusal: in plain Chinese, naming the fields at fault and the clause that refuses.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem, as a URI.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line for a person.
    pub title: String,
    /// The clause that refuses, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The fields at fault.
    pub errors: Vec<FieldError>,
}

/// One field at fault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FieldError {
    /// Path of the field, such as `substances[0].q_t`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    /// An input error at one field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem::fields(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// An input error at several fields.
    pub fn fields(errors: Vec<FieldError>) -> Problem {
        let title =
            errors.first().map_or_else(|| "输入有误".to_string(), |e| alloc::format!("输入有误：{}", e.message));
        Problem { kind: "urn:anlan:problem:calc-input".to_string(), title, clause: None, errors }
    }

    /// The same problem with the clause that refuses.
    pub fn under(mut self, clause: impl Into<String>) -> Problem {
        self.clause = Some(clause.into());
        self
    }

    /// The same problem with every field path put under `prefix`.
    pub fn inside(mut self, prefix: &str) -> Problem {
        for error in &mut self.errors {
            error.field = alloc::format!("{prefix}.{}", error.field);
        }
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)?;
        self.clause.iter().try_for_each(|clause| write!(f, "（{clause}）"))
    }
}

impl core::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_one_line_with_its_clause() {
        let problem = Problem::field("q_t", "数量不能为负");
        assert_eq!(problem.to_string(), "输入有误：数量不能为负");
        assert_eq!(problem.under("GB 18218-2018 4.2").to_string(), "输入有误：数量不能为负（GB 18218-2018 4.2）");
    }
}
