//! The API description as a page that needs no script and no network, and the plain page shell.
use axum::response::Html;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A plain page in the product's colours.
pub(super) fn shell(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">
         <title>{title} · 安澜</title><style>
         body{{font:15px/1.7 system-ui,'Microsoft YaHei',sans-serif;max-width:980px;margin:0 auto;padding:16px;color:#1f2937}}
         h1{{font-size:24px;border-bottom:2px solid #0958d9;padding-bottom:8px}} h2{{font-size:19px;margin-top:32px}}
         a{{color:#0958d9}} code{{background:#f3f4f6;padding:1px 5px;border-radius:3px;word-break:break-all}}
         table{{border-collapse:collapse;width:100%}} td,th{{border:1px solid #d1d5db;padding:5px 9px;text-align:left;vertical-align:top}}
         details{{margin:6px 0;border:1px solid #e5e7eb;border-radius:4px;padding:6px 10px}} summary{{cursor:pointer}}
         .verb{{display:inline-block;min-width:62px;font-weight:600;color:#0958d9}} .qr svg{{width:200px;height:200px}}
         </style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The rendered OpenAPI document, by tag.
pub(super) fn page(document: &utoipa::openapi::OpenApi) -> Html<String> {
    let value = serde_json::to_value(document).unwrap_or_default();
    let mut by_tag: BTreeMap<String, String> = BTreeMap::new();
    for (path, item) in value.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (verb, operation) in item.as_object().into_iter().flatten() {
            let tag = operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or("other").to_owned();
            by_tag.entry(tag).or_default().push_str(&render(path, verb, operation));
        }
    }
    let mut body = "<p>机器可读：<a href=\"/api/openapi.json\">/api/openapi.json</a>（OpenAPI 3.1）。错误一律为 <code>application/problem+json</code>。</p>".to_owned();
    for (tag, operations) in by_tag {
        let _ = write!(body, "<h2>{}</h2>{operations}", escape(&tag));
    }
    let schemas = value.pointer("/components/schemas").and_then(Value::as_object);
    body.push_str("<h2>数据结构</h2>");
    for (name, schema) in schemas.into_iter().flatten() {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            body,
            "<details id=\"{0}\"><summary>{0}</summary><pre>{1}</pre></details>",
            escape(name),
            escape(&text)
        );
    }
    Html(shell("接口说明", &body))
}

fn render(path: &str, verb: &str, operation: &Value) -> String {
    let text = |key: &str| escape(operation.get(key).and_then(Value::as_str).unwrap_or_default());
    let mut html = format!(
        "<details><summary><span class=verb>{}</span> <code>{}</code> {}</summary><p>{}</p>",
        escape(&verb.to_uppercase()),
        escape(path),
        text("summary"),
        text("description")
    );
    let parameters = operation.get("parameters").and_then(Value::as_array);
    if let Some(parameters) = parameters.filter(|p| !p.is_empty()) {
        html.push_str("<table><tr><th>参数</th><th>位置</th><th>必填</th><th>说明</th></tr>");
        for parameter in parameters {
            let field = |key: &str| escape(parameter.get(key).and_then(Value::as_str).unwrap_or_default());
            let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
            let _ = write!(
                html,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                field("name"),
                field("in"),
                if required { "是" } else { "" },
                field("description")
            );
        }
        html.push_str("</table>");
    }
    if let Some(body) = operation.get("requestBody") {
        let _ = write!(
            html,
            "<p>请求内容：</p><pre>{}</pre>",
            escape(&serde_json::to_string_pretty(body).unwrap_or_default())
        );
    }
    if let Some(answer) = operation.pointer("/responses/200") {
        let _ = write!(
            html,
            "<p>成功时：</p><pre>{}</pre>",
            escape(&serde_json::to_string_pretty(answer).unwrap_or_default())
        );
    }
    html.push_str("</details>");
    html
}
