//! The record of a visit as a page to read, sign and print. Its bytes are what is signed.
use super::super::checks;
use super::decide::ANSWERS;
use super::model::{Answer, Row};
use super::rules;
use platform::{Ctx, Ms, Result, files};
use std::fmt::Write as _;

/// Text as HTML: nothing a person typed becomes a tag.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

const STYLE: &str = "body{font:16px/1.6 'Songti SC','SimSun',serif;max-width:820px;margin:24px auto;padding:0 16px;color:#111}\
h1{text-align:center;font-size:24px;letter-spacing:4px}table{width:100%;border-collapse:collapse;margin:12px 0}\
td,th{border:1px solid #444;padding:6px 8px;text-align:left;vertical-align:top}th{background:#f2f2f2}\
.bad{font-weight:bold}.small{font-size:13px;color:#444;word-break:break-all}@media print{body{margin:0}}";

fn row(out: &mut String, label: &str, value: &str) {
    let _ = write!(out, "<tr><th>{}</th><td>{}</td></tr>", plain(label), plain(value));
}

fn head(visit: &Row, left_at: Option<Ms>) -> String {
    let told = visit.announcement.as_ref();
    let time = |at: Option<Ms>| at.map_or_else(|| "—".to_owned(), Ms::beijing);
    let present: Vec<&str> = visit.people.iter().filter(|p| p.present).map(|p| p.name.as_str()).collect();
    let mut out = String::new();
    row(&mut out, "编号", &visit.number());
    row(&mut out, "被检查单位", &visit.enterprise_name);
    row(&mut out, "类别与事由", &format!("{}，{}", visit.visit.kind.title(), visit.visit.reason.title()));
    row(&mut out, "检查服务单位", visit.org_name.as_deref().unwrap_or("—"));
    row(&mut out, "到场人员", &present.join("、"));
    row(&mut out, "事项", told.map_or("—", |t| t.matter.as_str()));
    row(&mut out, "依据", &told.map_or_else(|| "—".to_owned(), |t| t.legal_basis.join("；")));
    row(&mut out, "时间", &format!("{} 至 {}", time(visit.entered_at), time(left_at)));
    if visit.late {
        row(&mut out, "入企方式", "紧急入企，离开前补扫企业码");
    }
    out
}

fn findings(ctx: &Ctx, visit: &Row, answers: &[Answer]) -> String {
    let mut out = String::from("<tr><th>序号</th><th>检查内容</th><th>条款</th><th>结果</th><th>问题</th></tr>");
    let template = visit.template.as_deref().and_then(|key| checks::find(&ctx.app.rules(), key));
    let items = template.map(|t| t.items).unwrap_or_default();
    for (i, item) in items.iter().enumerate() {
        let answer = answers.iter().find(|a| a.item == item.key);
        let code = answer.map_or("", |a| a.answer.as_str());
        let word = ANSWERS.iter().find(|(known, _)| *known == code).map_or("未填", |(_, title)| title);
        let class = if matches!(code, "general" | "major") { " class=\"bad\"" } else { "" };
        let clause =
            if item.confirmed { item.clause.clone() } else { format!("{}（表述待核对原文）", item.clause) };
        let note = answer.and_then(|a| a.note.as_deref()).unwrap_or_default();
        let _ = write!(
            out,
            "<tr{class}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            i + 1,
            plain(&item.text),
            plain(&clause),
            word,
            plain(note)
        );
    }
    out
}

/// The record: what was looked at, found and by whom. The same visit always gives the same bytes.
pub fn page(ctx: &Ctx, visit: &Row, answers: &[Answer], left_at: Option<Ms>) -> String {
    let failed = answers.iter().filter(|a| matches!(a.answer.as_str(), "general" | "major")).count();
    let demo = if ctx.app.demo() { "<p class=\"small\">演示数据</p>" } else { "" };
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<title>现场检查记录 {number}</title><style>{STYLE}</style></head><body><h1>现场检查记录</h1>{demo}<table>{head}</table>\
<p>检查人员已表明身份、说明来意。共检查 {all} 项，发现问题 {failed} 项：</p><table>{findings}</table>\
<p class=\"small\">记录要求见 {rule}。</p></body></html>",
        number = plain(&visit.number()),
        head = head(visit, left_at),
        all = answers.len(),
        findings = findings(ctx, visit, answers),
        rule = rules::RECORD,
    )
}

/// The signatures under the record, as they stand now.
pub fn signatures(visit: &Row) -> String {
    let mut out = String::from("<h2>签字</h2><table>");
    for person in visit.people.iter().filter(|p| p.present) {
        let signed = person.signed_at.map_or_else(|| "未签字".to_owned(), |at| format!("已签字 {}", at.beijing()));
        row(&mut out, &format!("检查服务人员 {}", person.name), &signed);
    }
    let enterprise = match (&visit.enterprise_signed_by, &visit.refusal, visit.signed_at) {
        (Some(_), _, Some(at)) => format!("已签字 {}", at.beijing()),
        (None, Some(refusal), _) => format!("拒绝签字：{refusal}"),
        _ => "未签字".to_owned(),
    };
    row(&mut out, "被检查单位", &enterprise);
    row(&mut out, "记录摘要（SM3）", visit.record.as_deref().unwrap_or("检查结束后生成"));
    out.push_str("</table>");
    out
}

/// The page to read and print: the record with the signatures under it. Once they have left it is the
/// stored bytes, whatever editions of the rules came later.
pub async fn printed(ctx: &Ctx, visit: &Row, answers: &[Answer]) -> Result<String> {
    let stored = match visit.record.as_deref() {
        Some(digest) => files::load(ctx, digest).await.ok().map(|(_, bytes)| bytes),
        None => None,
    };
    let page = match stored {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => page(ctx, visit, answers, visit.left_at),
    };
    Ok(page.replace("</body></html>", &format!("{}</body></html>", signatures(visit))))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_typed_becomes_a_tag() {
        assert_eq!(plain("<script>\"a\" & 'b'"), "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;");
    }
}
