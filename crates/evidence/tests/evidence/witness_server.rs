//! S7: the witness as a process: statuses, races, kill -9, file mode, poll mode.

use evidence::tile::Tile;
use evidence::witness::Request;
use evidence::{Note, Suite};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

use crate::command::evidence;
use crate::fixture::{Log, origin, plain_entries, witness_key};
use crate::soak;

const SUITE: Suite = Suite::Sm3Sm2;

/// A folder with the witness's key, and the arguments that point at it.
fn set_up(log: &Log) -> (TempDir, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("key"), witness_key(SUITE, "gov").to_secret_text()).unwrap();
    let args = ["--key", "key", "--store", "store", "--init", "--log", &log.key.verifier().to_string()];
    (dir, args.map(str::to_owned).to_vec())
}

/// `evidence witness <verb> …` on that folder: exit code and standard error.
fn witness(dir: &Path, verb: &str, args: &[String], more: &[&str]) -> (i32, String) {
    let all: Vec<&str> =
        ["witness", verb].into_iter().chain(args.iter().map(String::as_str)).chain(more.iter().copied()).collect();
    let output = evidence(dir, &all);
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A running witness; killed when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(dir: &Path, args: &[String]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_evidence"))
            .current_dir(dir)
            .args(["witness", "serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("http://").unwrap().strip_suffix("/log/witness").unwrap();
        Self { address: address.to_owned(), child }
    }

    fn send(&self, request: &Request) -> Option<Reply> {
        http(&self.address, "POST", "/log/witness/add-checkpoint", request.to_string().as_bytes())
    }

    /// Asks for the recorded size, as a log does on first contact.
    fn size(&self, log: &Log) -> Option<u64> {
        let reply = self.send(&log.request(0, 1))?;
        if reply.status == 200 { Some(1) } else { reply.body.trim_end().parse().ok() }
    }
}

impl Drop for Server {
    /// `Child::kill` is SIGKILL: nothing is flushed on the way out.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: String,
}

/// One HTTP/1.1 exchange; nothing if the other side went away in the middle.
fn http(address: &str, method: &str, path: &str, body: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply { status, head: head.to_lowercase(), body: body.to_owned() })
}

#[test]
fn statuses_types_and_the_monitor_path_over_http() {
    let log = Log::new(SUITE, plain_entries(30));
    let (dir, args) = set_up(&log);
    let server = Server::start(dir.path(), &args);
    let monitor =
        format!("/log/witness/{}/checkpoint", hex::encode(Suite::Sha256Ed25519.hash(&[origin(SUITE).as_bytes()])));
    assert_eq!(http(&server.address, "GET", &monitor, b"").unwrap().status, 404);
    let reply = server.send(&log.request(0, 10)).unwrap();
    assert_eq!(reply.status, 200);
    let line = evidence::note::Line::parse(reply.body.trim_end()).unwrap();
    assert!(line.verify(witness_key(SUITE, "gov").verifier(), &log.checkpoint(10).text).unwrap() > Some(1_600_000_000));
    let reply = server.send(&log.request(9, 20)).unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (409, "10\n"));
    assert!(reply.head.contains("content-type: text/x.tlog.size"), "{}", reply.head);
    let mut garbled = log.request(10, 20);
    garbled.proof[0][0] ^= 1;
    assert_eq!(server.send(&garbled).unwrap().status, 422);
    let path = "/log/witness/add-checkpoint";
    assert_eq!(http(&server.address, "POST", path, b"old 1\n").unwrap().status, 400);
    assert_eq!(http(&server.address, "POST", path, &[0xff; 9]).unwrap().status, 400);
    assert_eq!(http(&server.address, "GET", path, b"").unwrap().status, 405);
    let kept = http(&server.address, "GET", &monitor, b"").unwrap();
    let note = Note::parse(&kept.body).unwrap();
    assert_eq!(note.verify(&[log.key.verifier(), witness_key(SUITE, "gov").verifier()]).unwrap().len(), 2);
}

#[test]
fn a_body_above_the_limit_is_refused() {
    let log = Log::new(SUITE, plain_entries(2));
    let (dir, args) = set_up(&log);
    let server = Server::start(dir.path(), &args);
    let reply = http(&server.address, "POST", "/log/witness/add-checkpoint", &vec![b'x'; 70_000]);
    assert!(reply.is_none_or(|r| r.status == 413));
    assert_eq!(server.send(&log.request(0, 2)).unwrap().status, 200);
}

#[test]
fn a_store_is_used_by_one_process_and_never_silently_new_or_damaged() {
    let log = Log::new(SUITE, plain_entries(30));
    let (dir, mut args) = set_up(&log);
    let without_init: Vec<String> = args.iter().filter(|a| *a != "--init").cloned().collect();
    let (code, why) = witness(dir.path(), "status", &without_init, &[]);
    assert!(code == 2 && why.contains("--init"), "{why}");
    let server = Server::start(dir.path(), &args);
    assert_eq!(server.send(&log.request(0, 10)).unwrap().status, 200);
    let (code, why) = witness(dir.path(), "status", &args, &[]);
    assert!(code == 2 && why.contains("另一进程"), "{why}");
    drop(server);
    args = without_init;
    let mut stored = std::fs::read_dir(dir.path().join("store")).unwrap().map(|f| f.unwrap().path());
    let stored = stored.find(|p| p.extension().is_some_and(|e| e == "checkpoint")).unwrap();
    let honest = std::fs::read(&stored).unwrap();
    for damaged in [&honest[..40], log.checkpoint(10).to_string().as_bytes(), b""] {
        std::fs::write(&stored, damaged).unwrap();
        let server = Server::start(dir.path(), &args);
        assert_eq!(server.send(&log.request(10, 20)).unwrap().status, 500, "it must not sign from nothing");
        assert_eq!(server.send(&log.request(0, 20)).unwrap().status, 500);
    }
    std::fs::write(&stored, honest).unwrap();
    assert_eq!(Server::start(dir.path(), &args).send(&log.request(10, 20)).unwrap().status, 200);
}

#[test]
fn a_split_view_stops_the_origin_across_restarts_until_a_person_releases_it() {
    let log = Log::new(SUITE, plain_entries(30));
    let fork = Log::new(SUITE, plain_entries(30).map(|e| [&e[..], b" "].concat()));
    let (dir, args) = set_up(&log);
    {
        let server = Server::start(dir.path(), &args);
        assert_eq!(server.send(&log.request(0, 10)).unwrap().status, 200);
        assert_eq!(server.send(&fork.request(10, 10)).unwrap().status, 422);
        assert_eq!(server.send(&log.request(10, 20)).unwrap().status, 422);
    }
    assert_eq!(Server::start(dir.path(), &args).send(&log.request(10, 20)).unwrap().status, 422);
    assert_eq!(witness(dir.path(), "release", &args, &["--origin", origin(SUITE)]).0, 0);
    assert_eq!(witness(dir.path(), "release", &args, &["--origin", origin(SUITE)]).0, 2);
    assert_eq!(Server::start(dir.path(), &args).send(&log.request(10, 20)).unwrap().status, 200);
    // The evidence itself stays: two notes of one size, both signed by the log.
    let mut kept = std::fs::read_dir(dir.path().join("store")).unwrap().map(|f| f.unwrap().path());
    let kept = kept.find(|p| p.to_string_lossy().contains(".conflict-")).unwrap();
    let note = Note::parse(&std::fs::read_to_string(kept).unwrap()).unwrap();
    assert_eq!(note.text, fork.checkpoint(10).text);
    assert!(note.verify(&[log.key.verifier()]).is_ok());
}

/// Clients that race for the next step, and one that pushes a rewritten history.
struct Race<'a> {
    log: &'a Log,
    fork: &'a Log,
    requests: AtomicU64,
    /// Steps that were answered 200 and grew the record.
    steps: Mutex<Vec<(u64, u64)>>,
    forged: AtomicU64,
}

impl Race<'_> {
    /// Sends `budget` requests, or stops when the server goes away.
    fn client(&self, server: &Server, id: u64, budget: u64) {
        let Some(mut held) = server.size(self.log) else { return };
        for turn in 0..budget {
            let new = (held + 1 + (id + turn) % 3).min(self.log.tree.size());
            let Some(reply) = server.send(&self.log.request(held, new)) else { return };
            self.requests.fetch_add(1, Ordering::Relaxed);
            match reply.status {
                200 => {
                    self.steps.lock().unwrap().extend((new > held).then_some((held, new)));
                    held = new;
                }
                409 => match reply.body.trim_end().parse() {
                    Ok(size) => held = size,
                    Err(_) => return,
                },
                other => panic!("status {other}: {}", reply.body),
            }
        }
    }

    fn forger(&self, server: &Server, budget: u64) {
        for _ in 0..budget {
            let Some(held) = server.size(self.log) else { return };
            let Some(reply) = server.send(&self.fork.request(held, self.fork.tree.size())) else { return };
            self.requests.fetch_add(1, Ordering::Relaxed);
            self.forged.fetch_add(u64::from(reply.status == 200), Ordering::Relaxed);
        }
    }
}

#[test]
fn racing_clients_and_kill_9_never_roll_the_record_back() {
    let (kills, budget) = if soak() { (100, 24) } else { (5, 12) };
    let log = Log::new(SUITE, plain_entries(if soak() { 12_000 } else { 1_200 }));
    // Longer than the honest log, so that it never meets a recorded size exactly.
    let fork = Log::new(SUITE, plain_entries(log.entries.len() + 50).map(|e| [&e[..], b" "].concat()));
    let (dir, args) = set_up(&log);
    let race = Race { log: &log, fork: &fork, requests: 0.into(), steps: Mutex::default(), forged: 0.into() };
    for _ in 0..kills {
        let mut server = Server::start(dir.path(), &args);
        let acknowledged = race.steps.lock().unwrap().iter().map(|s| s.1).max().unwrap_or(0);
        assert!(server.size(&log).unwrap() >= acknowledged, "an acknowledged head was lost");
        let pid = server.child.id();
        std::thread::scope(|scope| {
            let server = &server;
            let clients: Vec<_> = (0..4)
                .map(|id| {
                    scope.spawn({
                        let race = &race;
                        move || race.client(server, id, budget)
                    })
                })
                .collect();
            scope.spawn(|| race.forger(server, budget / 2));
            // Kill in the middle: when the first client is done, the others are still sending.
            let _ = clients.into_iter().next().map(std::thread::ScopedJoinHandle::join);
            assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
        });
        server.child.wait().unwrap();
    }
    let mut steps = race.steps.into_inner().unwrap();
    steps.sort_unstable();
    assert!(steps.windows(2).all(|pair| pair[0].1 <= pair[1].0), "two answers grew the record from overlapping sizes");
    assert_eq!(race.forged.into_inner(), 0);
    let final_size = Server::start(dir.path(), &args).size(&log).unwrap();
    assert!(final_size >= steps.last().unwrap().1);
    println!("{} requests, {} steps, {kills} kills, record at {final_size}", race.requests.into_inner(), steps.len());
}

#[test]
fn file_mode_answers_a_carried_request() {
    let log = Log::new(SUITE, plain_entries(9));
    let (dir, args) = set_up(&log);
    let cosign = |request: &Request| {
        std::fs::write(dir.path().join("request"), request.to_string()).unwrap();
        let (code, _) = witness(dir.path(), "cosign", &args, &["--request", "request", "--out", "answer"]);
        (code, std::fs::read_to_string(dir.path().join("answer")).unwrap())
    };
    let (code, answer) = cosign(&log.request(0, 4));
    assert!(code == 0 && answer.starts_with("— gov.example "), "{answer}");
    assert_eq!(cosign(&log.request(3, 9)), (1, "4\n".to_owned()));
    assert_eq!(cosign(&log.request(4, 9)).0, 0);
}

/// A log's public side: checkpoint and tiles out, cosignatures in, until asked to quit.
fn serve_log(listener: &TcpListener, log: &Log, size: u64, received: &Mutex<Vec<String>>) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut line) = (String::new(), String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            head += &line.to_lowercase();
            line.clear();
        }
        let length =
            head.split("content-length: ").nth(1).map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let path = head.split(' ').nth(1).unwrap();
        let reply = match path.strip_prefix("/log/").unwrap() {
            "quit" => return,
            "checkpoint" => log.checkpoint(size).to_string().into_bytes(),
            "add-cosignature" => {
                received.lock().unwrap().push(String::from_utf8(body).unwrap());
                Vec::new()
            }
            tile => tile_bytes(log, tile.parse().unwrap()),
        };
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", reply.len());
        stream.write_all(&[head.as_bytes(), &reply].concat()).unwrap();
    }
}

fn tile_bytes(log: &Log, tile: Tile) -> Vec<u8> {
    let evidence::tile::Level::Hashes(level) = tile.level else { return Vec::new() };
    let first = tile.index * 256;
    let nodes = (first..first + u64::from(tile.width)).map(|index| evidence::Node { level: level * 8, index });
    nodes.flat_map(|node| log.read(node).unwrap()).collect()
}

#[test]
fn poll_mode_proves_consistency_from_tiles_and_posts_its_signature_back() {
    let log = Log::new(SUITE, plain_entries(700));
    let fork = Log::new(SUITE, plain_entries(800).map(|e| [&e[..], b" "].concat()));
    let (dir, args) = set_up(&log);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let received = Mutex::default();
    let poll = |log: &Log, size: u64| {
        std::thread::scope(|scope| {
            scope.spawn(|| serve_log(&listener, log, size, &received));
            let url = format!("http://{address}/log/");
            let (code, why) = witness(dir.path(), "poll", &args, &["--url", &url, "--once"]);
            let _ = http(&address, "GET", "/log/quit", b"");
            (code, why, received.lock().unwrap().len())
        })
    };
    // The third time the head is the same; the log does not show our line, so it is sent again.
    for (size, sent) in [(300, 1), (700, 2), (700, 3)] {
        assert_eq!(poll(&log, size), (0, String::new(), sent));
        let note = Note::parse(received.lock().unwrap().last().unwrap()).unwrap();
        assert_eq!(note.text, log.checkpoint(size).text);
        assert_eq!(note.verify(&[witness_key(SUITE, "gov").verifier()]).unwrap().len(), 1);
    }
    assert_eq!(poll(&fork, 800).0, 1, "tiles of a rewritten history prove nothing");
    assert_eq!(poll(&log, 500).0, 1, "a log that went back gets our size and no signature");
    assert_eq!(received.lock().unwrap().len(), 3);
}
