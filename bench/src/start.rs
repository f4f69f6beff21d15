//! How long a node takes until its first page: the first time, again, and after a crash.
use crate::http::{Person, first_page};
use crate::node::Node;
use crate::report::Report;
use crate::stats::{median, verdict};
use anyhow::Result;
use std::path::Path;

/// Starts of each kind.
const TIMES: usize = 5;
/// Seconds the issue allows.
const AIM: f64 = 3.0;

/// Measures starts over a data folder that is loaded by the first of them.
pub async fn measure(data: &Path, days: u32) -> Result<()> {
    let mut report = Report::begin("start", "Start to first page")?;
    let node = Node::start(data, days).await?;
    report.line(format!(
        "\nFirst start, loading the county with {days} days of history: {:.1} s.\n",
        node.started.1.as_secs_f64()
    ));
    let person = Person::sign_in(&node.http, "officer@GOV").await?;
    node.stop().await?;

    report.line(
        "Seconds from the start of the process until `GET /login` is read, and until `GET /api/v1/session` of somebody",
    );
    report.line("who had signed in before answers as well. The files are in the page cache.\n");
    report.line("| start | to /login | to the session |\n| --- | --- | --- |");
    let (mut usual, mut crashed) = (vec![], vec![]);
    for time in 1..=TIMES * 2 {
        let node = Node::start(data, days).await?;
        let (page, session) = first_page(&node.http, person.cookie(), node.started.0).await?;
        let was_killed = time > TIMES;
        report.line(format!(
            "| {} {} | {:.2} | {:.2} |",
            if was_killed { "after kill -9" } else { "after a stop" },
            if was_killed { time - TIMES } else { time },
            page.as_secs_f64(),
            session.as_secs_f64()
        ));
        if was_killed { &mut crashed } else { &mut usual }.push(session.as_secs_f64());
        if time >= TIMES { node.kill().await? } else { node.stop().await? }
    }
    let slowest = usual.iter().chain(&crashed).copied().fold(0.0, f64::max);
    report.line(format!(
        "\nMedian {:.2} s after a stop, {:.2} s after kill -9; slowest {slowest:.2} s. Aim: below {AIM} s: {}.",
        median(&usual),
        median(&crashed),
        verdict(slowest, AIM)
    ));
    report.end()
}
