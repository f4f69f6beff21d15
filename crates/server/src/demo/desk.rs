//! What a demo node offers people who try it: the logins, and a clock that can be moved forward.
use crate::demo;
use crate::simulate::keys;
use anyhow::{Context, Result, ensure};
use axum::Json;
use axum::extract::State;
use clap::Subcommand;
use platform::http::Body;
use platform::{App, Error, Ms};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// How far the clock moves.
#[derive(Debug, Deserialize, Serialize)]
pub struct Move {
    /// Seconds forward.
    seconds: i64,
}

/// Where it stands then.
#[derive(Debug, Deserialize, Serialize)]
pub struct Moved {
    /// Now on this node.
    now: Ms,
}

/// Moves the clock of a demo node forward; a node with real data has no such address.
pub async fn move_clock(State(app): State<App>, Body(by): Body<Move>) -> platform::Result<Json<Moved>> {
    if !app.demo() {
        return Err(Error::NotFound);
    }
    if !(1..=366 * 86_400).contains(&by.seconds) {
        return Err(Error::invalid("seconds", "只能向前拨 1 秒到 366 天"));
    }
    // Kept first: a clock that stood back at the next start would put new facts before old ones.
    let moved = keys::moved_clock(app.data()) + by.seconds * 1000;
    keys::keep_clock(app.data(), moved).map_err(Error::internal)?;
    app.source().forward(by.seconds * 1000);
    Ok(Json(Moved { now: app.source().now() }))
}

/// The logins, printed at start.
pub fn print_logins() {
    println!("  演示密码 密码：{}", demo::PASSWORD);
    for (username, what) in demo::logins() {
        println!("    {username:<24} {what}");
    }
}

/// The logins as a page.
pub fn logins_html() -> String {
    let mut html = format!(
        "<p>虚构的岚江县，全部账号的密码都是 <code>{}</code>。</p><p><a href=\"/login\">去登录</a></p><table><tr><th>用户名</th><th>身份</th></tr>",
        demo::PASSWORD
    );
    for (username, what) in demo::logins() {
        let _ = write!(html, "<tr><td><code>{username}</code></td><td>{what}</td></tr>");
    }
    html.push_str("</table>");
    html
}

/// Tools for a demo node.
#[derive(Subcommand)]
pub enum DemoVerb {
    /// 把演示节点的时钟向前拨
    Clock {
        /// 向前多少，如 90s、30m、12h、5d
        #[arg(long)]
        forward: String,
        /// 节点的本机明文地址
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: String,
    },
}

impl DemoVerb {
    /// Runs it against a running node.
    pub async fn run(self) -> Result<()> {
        let Self::Clock { forward, url } = self;
        let seconds = seconds(&forward).context("时长写成 90s、30m、12h 或 5d 的样子")?;
        // The first caller installs the provider; whoever comes later finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let answer = reqwest::Client::builder()
            .no_proxy()
            .build()?
            .post(format!("{url}/demo/clock"))
            .json(&Move { seconds })
            .send()
            .await;
        let answer = answer.with_context(|| format!("{url} 没有应答：演示节点在运行吗？"))?;
        ensure!(answer.status().is_success(), "节点拒绝拨钟：{}", answer.text().await?);
        let moved: Moved = answer.json().await?;
        println!("演示时钟已拨到 {}（北京时间）", moved.now.beijing());
        Ok(())
    }
}

fn seconds(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit)
}
