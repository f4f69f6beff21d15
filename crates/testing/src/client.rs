//! A client that talks to the router as a browser would: cookie, CSRF token, JSON.
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

/// A caller with or without a session.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookie: Option<String>,
    csrf: String,
    key: Option<String>,
}

/// An answer.
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The JSON body of a success.
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { serde_json::from_slice(&self.bytes).unwrap() }
    }
    /// The problem of a refusal with this status.
    pub fn problem(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        assert!(self.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("application/problem+json"));
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

impl Client {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookie: None, csrf: String::new(), key: None }
    }

    /// The same caller with an API key instead of a session.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), cookie: None, ..self.clone() }
    }

    /// Signs in.
    pub async fn sign_in(mut self, username: &str, password: &str) -> Self {
        let reply = self.post("/api/v1/session", &json!({"username": username, "password": password})).await;
        assert!(reply.status.is_success(), "sign-in of {username}: {}", String::from_utf8_lossy(&reply.bytes));
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
        self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        reply.ok()["csrf"].as_str().unwrap().clone_into(&mut self.csrf);
        self
    }

    fn request(&self, method: Method, path: &str, extra: &[(&str, &str)]) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie).header("x-csrf-token", &self.csrf);
        }
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        extra.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    /// Any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        extra: &[(&str, &str)],
    ) -> Reply {
        let request = self.request(method, path, extra);
        let request = match body {
            Some((mime, bytes)) => request.header(header::CONTENT_TYPE, mime).body(Body::from(bytes)),
            None => request.body(Body::empty()),
        };
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    /// The status, headers and open body of a GET that does not end by itself.
    pub async fn open(&self, path: &str, extra: &[(&str, &str)]) -> (StatusCode, HeaderMap, Body) {
        let request = self.request(Method::GET, path, extra).body(Body::empty()).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        (parts.status, parts.headers, body)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, &[]).await
    }
    /// POST with JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, Some(("application/json", body.to_string().into_bytes())), &[]).await
    }
    /// PUT with JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PUT, path, Some(("application/json", body.to_string().into_bytes())), &[]).await
    }
    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None, &[]).await
    }
    /// POST of one file as a form.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> Reply {
        let mut form = format!("--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes();
        form.extend_from_slice(bytes);
        form.extend_from_slice(b"\r\n--xx--\r\n");
        self.send(Method::POST, path, Some(("multipart/form-data; boundary=xx", form)), &[]).await
    }
}
