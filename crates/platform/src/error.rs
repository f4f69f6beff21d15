//! The one error of the platform, written to clients as RFC 9457 problem+json.
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A result of the platform.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One wrong field: its name, and the rule and way out in plain Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Field name or path as in the request.
    pub field: String,
    /// What is wrong, which rule says so, and what to do.
    pub message: String,
}

impl FieldError {
    /// A field error.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Everything that can go wrong between a request and its answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or outside the caller's scope: the two must look alike.
    #[error("没有找到，或不在您的可见范围内")]
    NotFound,
    /// Nobody is signed in.
    #[error("请先登录")]
    Unauthenticated(&'static str),
    /// Signed in, but the role does not allow the act.
    #[error("{0}")]
    Forbidden(String),
    /// A rule says no.
    #[error("{message}")]
    Refused {
        /// Standard, law or rule with its clause.
        clause: String,
        /// What to do instead.
        message: String,
    },
    /// Somebody else was faster, or the version is stale.
    #[error("{0}")]
    Conflict(String),
    /// The request is wrong in these fields.
    #[error("填写内容有误")]
    Invalid(Vec<FieldError>),
    /// Too many requests, or the write queue is full.
    #[error("系统繁忙，请稍后重试")]
    Busy,
    /// Larger than allowed.
    #[error("{0}")]
    TooLarge(String),
    /// A fault of ours; the text is for the log, never for the client.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
    /// A rule's refusal.
    pub fn refused(clause: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused { clause: clause.into(), message: message.into() }
    }
    /// A fault of ours, with what was being attempted.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }
    /// HTTP status and the short type of the problem.
    pub const fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Self::Unauthenticated(kind) => (StatusCode::UNAUTHORIZED, kind),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Refused { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            // PostgreSQL stores no NUL in a text; SQLite would.
            sqlx::Error::Database(e) if matches!(e.code().as_deref(), Some("22021" | "22P05")) => {
                Self::invalid("text", "文字中含有不能保存的空字符，请删除后重试")
            }
            other => Self::Internal(format!("database: {other}")),
        }
    }
}

/// RFC 9457 problem details, with the clause that refused and the fields that are wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:anlan:problem:<kind>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Plain Chinese sentence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Standard or rule with its clause, where one refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Quote this when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (status, kind) = error.status();
        let title = match &error {
            Error::Internal(_) => "系统内部出错，内容未保存，请稍后重试".to_owned(),
            Error::Unauthenticated("totp-required") => "请输入动态口令".to_owned(),
            Error::Unauthenticated("login-failed") => "用户名或密码不正确".to_owned(),
            Error::Unauthenticated("locked") => "连续失败次数过多，账号已暂时锁定，请稍后再试或联系管理员".to_owned(),
            other => other.to_string(),
        };
        let (clause, errors) = match error {
            Error::Refused { clause, .. } => (Some(clause), vec![]),
            Error::Invalid(errors) => (None, errors),
            _ => (None, vec![]),
        };
        Self { kind: format!("urn:anlan:problem:{kind}"), title, status: status.as_u16(), clause, errors, trace: None }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status().0;
        let trace = (status == StatusCode::INTERNAL_SERVER_ERROR).then(|| {
            let trace = crate::source::trace_id();
            tracing::error!(%trace, error = %self, "request failed: {self}");
            trace
        });
        let problem = Problem { trace, ..Problem::from(self) };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        (status, [("content-type", "application/problem+json; charset=utf-8")], body).into_response()
    }
}
