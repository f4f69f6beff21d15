//! Extractors whose refusals name the field and the rule.
use crate::error::{Error, FieldError, Result};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// Largest JSON body.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// A NUL as JSON writes it. No text of ours needs one, and PostgreSQL cannot store it.
const NUL: &[u8] = b"\\u0000";

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.starts_with("application/json"));
        if !json {
            return Err(Error::invalid("content-type", "请求内容须为 application/json"));
        }
        let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY)
            .await
            .map_err(|_| Error::TooLarge("提交内容不能超过 2 MB".to_owned()))?;
        if bytes.windows(NUL.len()).any(|w| w == NUL) {
            return Err(Error::invalid("body", "文字里不能有空字符（\\u0000），请删去后重试"));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        // A struct also reads from a list of its values in order, which no client of ours means.
        if bytes.trim_ascii_start().starts_with(b"[") && !takes_a_list::<T>() {
            return Err(Error::invalid("body", "提交内容须是 JSON 对象（{…}），不能是列表（[…]）"));
        }
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| field_error(&e))?;
        reader.end().map_err(|_| Error::invalid("body", "JSON 之后还有多余内容"))?;
        Ok(Self(value))
    }
}

/// Whether a body of this type is meant to be a list; the forms are structs and read from an object.
fn takes_a_list<T>() -> bool {
    std::any::type_name::<T>().starts_with("alloc::vec::Vec<")
}

fn field_error(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let path = error.path().to_string();
    let text = error.inner().to_string();
    let field = if path == "." { missing_field(&text).unwrap_or("body").to_owned() } else { path };
    Error::Invalid(vec![FieldError::new(field, plain(&text))])
}

fn missing_field(text: &str) -> Option<&str> {
    text.strip_prefix("missing field `")?.split('`').next()
}

/// Turns the reader's words into what the person who filled the form can act on.
fn plain(text: &str) -> String {
    let text = text.split(" at line").next().unwrap_or(text);
    if let Some(field) = missing_field(text) {
        format!("缺少“{field}”，此项必填")
    } else if let Some(rest) = text.strip_prefix("invalid type: ") {
        let mut parts = rest.split(", expected ");
        format!("类型不对：得到 {}，应为 {}", parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    } else if let Some(rest) = text.strip_prefix("unknown variant ") {
        format!("取值不在允许范围内：{rest}")
    } else if text.starts_with("EOF") || text.starts_with("expected") || text.starts_with("key must") {
        "不是有效的 JSON".to_owned()
    } else {
        format!("内容不符合要求：{text}")
    }
}

/// Query parameters.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") {
            return Err(Error::invalid("query", "查询条件里不能有空字符（%00），请删去后重试"));
        }
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(reader).map(Self).map_err(|e| {
            let path = e.path().to_string();
            Error::invalid(if path == "." { "query".to_owned() } else { path }, plain(&e.inner().to_string()))
        })
    }
}

/// A path parameter; anything unreadable is simply not there.
pub struct PathId<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if parts.uri.path().contains("%00") {
            return Err(Error::NotFound);
        }
        Path::<T>::from_request_parts(parts, state).await.map(|Path(v)| Self(v)).map_err(|_| Error::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Form {
        #[expect(dead_code, reason = "only its reading is looked at")]
        name: String,
    }

    async fn read<T: DeserializeOwned>(text: &'static str) -> Result<T> {
        let request = Request::builder().header(CONTENT_TYPE, "application/json").body(text.into()).unwrap();
        Body::from_request(request, &()).await.map(|Body(value)| value)
    }

    #[tokio::test]
    async fn a_form_is_read_from_an_object_only_and_a_list_from_a_list() {
        assert!(read::<Form>(r#"{"name": "甲"}"#).await.is_ok());
        for text in [r#"["甲"]"#, "  [\"甲\"]", "[]"] {
            let refused = read::<Form>(text).await.unwrap_err();
            assert!(format!("{refused:?}").contains("JSON 对象"), "{text}: {refused:?}");
        }
        assert_eq!(read::<Vec<u8>>("[1, 2]").await.unwrap(), [1, 2]);
    }
}
