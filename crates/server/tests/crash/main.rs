//! Kill -9 of the real process in the middle of writes and readings, again and again: what was
//! acknowledged is there, nothing twice, the file whole, the tree re-derived. With
//! `ANLAN_CRASH_CYCLES` as many rounds as one likes (`make soak`: 10,000). A node that acknowledges
//! before its commit must be caught, or the zero proves nothing. Power loss is another test: the
//! page cache survives a kill.
#![expect(clippy::unwrap_used, reason = "a test reports by panicking")]
mod check;
mod load;
mod node;

use check::Ledger;
use node::{Node, Place};
use std::time::{Duration, Instant};

fn cycles() -> u32 {
    std::env::var("ANLAN_CRASH_CYCLES").ok().map_or(200, |text| text.parse().expect("ANLAN_CRASH_CYCLES is a number"))
}

/// Between 60 and 315 ms of work, a different time each round so that the kill falls anywhere.
fn moment(cycle: u32) -> Duration {
    Duration::from_millis(60 + u64::from(cycle.wrapping_mul(2_654_435_761) >> 24))
}

/// Runs rounds until the end, or until the first loss where one is looked for. Returns the ledger.
async fn run(place: &Place, rounds: u32, stop_at_loss: bool) -> Ledger {
    let mut ledger = Ledger::new(place).await;
    for cycle in 0..rounds {
        let node = Node::start(place).await;
        let clients = load::start(place, &node, &mut ledger).await;
        tokio::time::sleep(moment(cycle)).await;
        node.kill().await;
        clients.stop(&mut ledger).await;
        ledger.check(place, cycle % 25 == 24).await;
        if stop_at_loss && !ledger.losses.is_empty() {
            break;
        }
    }
    ledger
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_kill_9() {
    let (rounds, started) = (cycles(), Instant::now());
    let place = Place::prepare(&[]).await;
    let mut ledger = run(&place, rounds, false).await;
    // What was on its way when the last node died is sent once more under its key.
    let node = Node::start(&place).await;
    let clients = load::start(&place, &node, &mut ledger).await;
    clients.only_resend(&mut ledger).await;
    node.kill().await;
    ledger.check(&place, true).await;
    ledger.check_doubles(&place).await;
    let command = place.check_command().await;
    println!(
        "{rounds} kills in {} s: {} events, {:?} readings over HTTP and MQTT acknowledged, {} in flight sent again; {} lost, {} doubled; {command}",
        started.elapsed().as_secs(),
        ledger.events(),
        ledger.readings(),
        ledger.resent,
        ledger.losses.len(),
        ledger.doubles,
    );
    assert!(ledger.losses.is_empty(), "lost: {:#?}", ledger.losses);
    assert_eq!(ledger.doubles, 0, "doubled");
    let enough = |count: u64| count > u64::from(rounds);
    assert!(enough(ledger.events()) && ledger.readings().into_iter().all(enough), "too little happened");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_everybody_writes_holds_what_was_acknowledged_before() {
    let place = Place::prepare(&[]).await;
    let node = Node::start(&place).await;
    let mut before = Ledger::new(&place).await;
    let clients = load::start(&place, &node, &mut before).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    clients.stop(&mut before).await;
    let mut meanwhile = before.beside();
    let clients = load::start(&place, &node, &mut meanwhile).await;
    let copy = place.backup().await;
    node.kill().await;
    clients.stop(&mut meanwhile).await;
    let restored = place.restored(copy.path()).await;
    before.check(&restored, true).await;
    assert!(before.losses.is_empty(), "not in the backup: {:#?}", before.losses);
    assert!(before.events() > 0 && before.readings().into_iter().all(|n| n > 0), "too little happened");
    println!("{}", restored.check_command().await);
    let node = Node::start(&restored).await;
    restored.sign_in(&node, "safety_manager@E001").await;
    node.kill().await;
}

#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_acknowledgement_is_caught() {
    let place = Place::prepare(&[("ANLAN_TEST_ACK_EARLY", "1")]).await;
    let ledger = run(&place, 20, true).await;
    println!("caught after {} kills: {:?}", ledger.checks, ledger.losses.first());
    assert!(!ledger.losses.is_empty(), "20 kills of a node that lies and nothing was noticed");
}
