//! Generated requests against a started node, through `scripts/schemathesis`, which installs the
//! generator and names it in `ANLAN_SCHEMATHESIS`. Twice: as an officer, whom most routes let in,
//! and as an enterprise's safety manager.
#![expect(clippy::unwrap_used, reason = "a test reports by panicking")]
#[path = "../crash/node.rs"]
#[expect(dead_code, reason = "shared with the crash test, which also uses the gateways")]
mod node;

use node::{Node, Place, Session};
use serde_json::Value;
use tokio::process::Command;

/// Operations whose good answers end the caller's own session, lock its account or never end.
const LEFT_OUT: &str = r"^/api/v1/(session.*|live|users/\{id\}/(disable|reset-password)|users/\{id\}/roles.*)$";

/// What one run counted.
#[derive(Debug, Default)]
struct Count {
    requests: u64,
    failures: Vec<String>,
}

/// One run of the generator with so many examples for each operation.
async fn run(place: &Place, node: &Node, session: &Session, examples: u32, seed: u32) -> Count {
    let report = place.path("report.ndjson");
    let _ = std::fs::remove_file(&report);
    let output = Command::new(std::env::var("ANLAN_SCHEMATHESIS").unwrap())
        .args(["run", &format!("http://{}/api/openapi.json", node.http)])
        .args([
            "--header",
            &format!("Cookie: {}", session.cookie),
            "--header",
            &format!("X-CSRF-Token: {}", session.csrf),
        ])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ])
        .args(["--exclude-path-regex", LEFT_OUT, "--phases", "examples,coverage,fuzzing", "--continue-on-failure"])
        .args(["--max-examples", &examples.to_string(), "--seed", &seed.to_string(), "--workers", "2", "--no-color"])
        .args(["--request-timeout", "20", "--suppress-health-check", "all", "--warnings", "off"])
        .args(["--report", "ndjson", "--report-ndjson-path", report.to_str().unwrap()])
        .current_dir(place.folder.path())
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut count = Count { requests: 0, failures: vec![] };
    for line in std::fs::read_to_string(&report).unwrap_or_default().lines() {
        count.requests += requests_in(&serde_json::from_str(line).unwrap_or_default());
    }
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        count.failures.push(format!("{text}\n{errors}"));
    }
    count
}

/// Interactions recorded in one line of the report.
fn requests_in(value: &Value) -> u64 {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, inner)| match (key.as_str(), inner) {
                ("interactions", Value::Object(all)) => all.len() as u64,
                ("interactions", Value::Array(all)) => all.len() as u64,
                _ => requests_in(inner),
            })
            .sum(),
        Value::Array(items) => items.iter().map(requests_in).sum(),
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_requests_are_answered_as_the_description_says() {
    if std::env::var("ANLAN_SCHEMATHESIS").is_err() {
        eprintln!("not run: ANLAN_SCHEMATHESIS is not set (use scripts/schemathesis)");
        return;
    }
    let wanted: u64 = std::env::var("ANLAN_SCHEMATHESIS_REQUESTS").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let place = Place::prepare(&[]).await;
    let node = Node::start(&place).await;
    let officer = place.sign_in(&node, "officer@GOV").await;
    let (mut requests, mut failures, mut seed) = (0, vec![], 1);
    loop {
        let examples = if wanted == 0 { 8 } else { 100 };
        for session in [&officer, &place.session] {
            let count = run(&place, &node, session, examples, seed).await;
            requests += count.requests;
            failures.extend(count.failures);
            seed += 1;
        }
        if requests >= wanted || !failures.is_empty() {
            break;
        }
    }
    node.kill().await;
    println!("schemathesis: {requests} requests, seeds 1 to {}, {} runs with failures", seed - 1, failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(requests > 500, "the generator did not run");
}
