//! Somebody signed in, as a browser is: one cookie, kept connections, compressed answers.
use anyhow::{Context, Result, ensure};
use reqwest::header::{ACCEPT_ENCODING, COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    client: reqwest::Client,
    base: String,
    cookie: String,
    csrf: String,
}

fn client() -> Result<reqwest::Client> {
    // Another part of the process may have chosen the same provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().no_proxy().build()?)
}

/// How long the first page and the session take to answer after a start that began at `begun`.
pub async fn first_page(base: &str, cookie: &str, begun: Instant) -> Result<(Duration, Duration)> {
    let client = client()?;
    let page = client.get(format!("{base}/login")).send().await?.error_for_status()?;
    ensure!(page.text().await?.contains("<html"), "that is no page");
    let first = begun.elapsed();
    let session =
        client.get(format!("{base}/api/v1/session")).header(COOKIE, cookie).send().await?.error_for_status()?;
    session.bytes().await?;
    Ok((first, begun.elapsed()))
}

impl Person {
    /// Signs in.
    pub async fn sign_in(base: &str, username: &str) -> Result<Self> {
        let client = client()?;
        let form = json!({"username": username, "password": server::demo::PASSWORD});
        let answer = client.post(format!("{base}/api/v1/session")).json(&form).send().await?;
        let answer = answer.error_for_status().with_context(|| format!("{username} cannot sign in"))?;
        let cookie = answer.headers().get(SET_COOKIE).and_then(|c| c.to_str().ok()).and_then(|c| c.split(';').next());
        let cookie = cookie.context("no cookie")?.to_owned();
        let body: Value = answer.json().await?;
        let csrf = body.get("csrf").and_then(Value::as_str).context("no token")?.to_owned();
        Ok(Self { client, base: base.to_owned(), cookie, csrf })
    }

    /// The cookie of the session.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }

    /// Reads an answer.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let answer = self.client.get(self.url(path)).header(COOKIE, &self.cookie).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// Asks for compressed bytes, as a browser does, and counts them.
    pub async fn load(&self, path: &str) -> Result<usize> {
        let request = self.client.get(self.url(path)).header(COOKIE, &self.cookie).header(ACCEPT_ENCODING, "gzip");
        Ok(request.send().await?.error_for_status()?.bytes().await?.len())
    }

    /// Every row of a list.
    pub async fn all(&self, path: &str) -> Result<Vec<Value>> {
        let (mut rows, mut cursor) = (vec![], String::new());
        let sign = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self.get(&format!("{path}{sign}page[size]=200{cursor}")).await?;
            rows.extend(page.get("items").and_then(Value::as_array).into_iter().flatten().cloned());
            let Some(next) = page.get("next").and_then(Value::as_str) else { return Ok(rows) };
            cursor = format!("&page[cursor]={next}");
        }
    }

    /// Writes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.client.post(self.url(path)).header(COOKIE, &self.cookie).header("X-CSRF-Token", &self.csrf);
        let answer = request.json(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Opens the live stream.
    pub async fn live(&self) -> Result<reqwest::Response> {
        Ok(self.client.get(self.url("/live")).header(COOKIE, &self.cookie).send().await?.error_for_status()?)
    }
}
