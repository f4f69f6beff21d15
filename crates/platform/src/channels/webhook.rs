//! A signed POST: to the checked address only, without redirects or proxies, small and quick.
use super::guard;
use super::settings::Webhook;
use crate::source::Ms;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, redirect};
use std::time::Duration;

const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Longest answer that is kept as a receipt.
pub(super) const MAX_ANSWER: usize = 64 * 1024;

/// Sends one message and returns the receiver's receipt, a JSON text.
pub(super) async fn send(hook: &Webhook, channel: &str, id: &str, now: Ms, body: Vec<u8>) -> Result<String, String> {
    let address = tokio::time::timeout(TIME_LIMIT, guard::resolve(&hook.url, &hook.allow))
        .await
        .map_err(|_| "解析主机名超时".to_owned())??;
    let client = client(hook, address).await?;
    let request = client.post(hook.url.clone()).headers(headers(hook, channel, id, now, &body)?).body(body);
    let answer = request.send().await.map_err(|e| describe(&e))?;
    let status = answer.status();
    if !status.is_success() {
        return Err(format!("接收方答复 {status}"));
    }
    Ok(receipt(answer).await)
}

async fn client(hook: &Webhook, address: std::net::SocketAddr) -> Result<Client, String> {
    let mut builder = Client::builder()
        .timeout(TIME_LIMIT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("anlan/", env!("CARGO_PKG_VERSION")));
    if let Some(host) = hook.url.domain() {
        builder = builder.resolve_to_addrs(host, &[address]);
    }
    if let Some(ca) = &hook.ca {
        let pem = tokio::fs::read(ca).await.map_err(|e| format!("读不到 ca 文件 {}（{e}）", ca.display()))?;
        let authorities = Certificate::from_pem_bundle(&pem).map_err(|e| format!("ca 文件不是 PEM（{e}）"))?;
        builder = builder.tls_certs_only(authorities);
    }
    // The platform verifier asks for the process's provider; whoever installed one first is kept.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.build().map_err(|e| format!("HTTP 客户端无法启动（{e}）"))
}

/// Id, time and signature travel in headers; the body is signed with both.
fn headers(hook: &Webhook, channel: &str, id: &str, now: Ms, body: &[u8]) -> Result<HeaderMap, String> {
    let signature = hook.mac.sign(hook.secret.bytes(), id, now.0, body);
    let pairs = [
        (HeaderName::from_static("anlan-channel"), channel.to_owned()),
        (HeaderName::from_static("anlan-id"), id.to_owned()),
        (HeaderName::from_static("anlan-time"), now.0.to_string()),
        (HeaderName::from_static("anlan-signature"), signature),
        (CONTENT_TYPE, "application/json".to_owned()),
    ];
    pairs.into_iter().map(|(name, text)| Ok((name, HeaderValue::from_str(&text).map_err(|e| e.to_string())?))).collect()
}

/// The answer where it is JSON of a decent size; what was delivered stays delivered otherwise.
async fn receipt(mut answer: reqwest::Response) -> String {
    let mut bytes = vec![];
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER {
            return r#"{"note":"答复超过 64 KiB，未保存"}"#.to_owned();
        }
    }
    match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(json) => json.to_string(),
        Err(_) => r#"{"note":"答复不是 JSON，未保存"}"#.to_owned(),
    }
}

fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "5 秒内没有答复".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    format!("连接失败（{cause}）")
}
