//! Calls every route as everybody and judges the answers.
use crate::routes::{Body, Route};
use crate::world::{Someone, Target, World, enterprise_form, registration_form};
use axum::http::Method;
use futures_util::StreamExt;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;
use testing::{Reply, TestPlatform};

/// An id of the right shape of something that is not there.
const NOTHING: &str = "01900000-0000-7000-8000-000000000000";

/// What an answer means to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Done,
    Refused,
    Forbidden,
    Hidden,
    SignIn,
}

impl Answer {
    fn of(status: u16) -> Option<Self> {
        Some(match status {
            200..=299 => Self::Done,
            401 => Self::SignIn,
            403 => Self::Forbidden,
            404 => Self::Hidden,
            400 | 409 | 413 | 422 => Self::Refused,
            _ => return None,
        })
    }
    const fn word(self) -> &'static str {
        match self {
            Self::Done => "可",
            Self::Refused => "可（内容被驳回）",
            Self::Forbidden => "禁",
            Self::Hidden => "不可见",
            Self::SignIn => "须登录",
        }
    }
}

pub struct Matrix {
    pub probes: usize,
    pub problems: Vec<String>,
    /// Route → answer → roles, inside and outside the scope.
    inside: BTreeMap<usize, BTreeMap<Answer, BTreeSet<&'static str>>>,
    outside: BTreeMap<usize, BTreeMap<Answer, BTreeSet<&'static str>>>,
    anonymous: BTreeMap<usize, Answer>,
    titles: Vec<String>,
    fresh: Cell<usize>,
}

impl Matrix {
    pub async fn run(t: &TestPlatform, world: &World, routes: &[Route]) -> Self {
        let mut matrix = Self {
            probes: 0,
            problems: vec![],
            inside: BTreeMap::new(),
            outside: BTreeMap::new(),
            anonymous: BTreeMap::new(),
            titles: routes.iter().map(Route::title).collect(),
            fresh: Cell::new(700),
        };
        for (index, route) in routes.iter().enumerate() {
            matrix.route(t, world, index, route).await;
        }
        matrix
    }

    async fn route(&mut self, t: &TestPlatform, world: &World, index: usize, route: &Route) {
        let targets = if route.is_about_an_object() { &world.targets[..] } else { &world.targets[..1] };
        let (mut worked, mut last) = (false, String::new());
        // Those who must not get in come first, so that what they would change is still there.
        for target in targets {
            let is_inside = |someone: &Someone| target.scope.contains(&someone.org.as_str());
            let mut actors: Vec<&Someone> = world.actors.iter().filter(|a| !is_inside(a)).collect();
            actors.extend(world.actors.iter().filter(|a| is_inside(a)));
            for someone in actors {
                if route.own_account && !speaks_for_its_subject(someone) {
                    continue;
                }
                let reply = self.call(t, route, target, someone, false).await;
                let Some(answer) = Answer::of(reply.status.as_u16()) else {
                    self.note(route, someone, &format!("答复 {}：{}", reply.status, shown(&reply)));
                    continue;
                };
                worked |= answer == Answer::Done;
                if answer == Answer::Refused {
                    last = format!("{} {}", someone.name, shown(&reply));
                }
                self.look_for_canaries(world, route, someone, &reply);
                let inside = is_inside(someone);
                if !inside && route.is_about_an_object() {
                    self.must_look_like_nothing(t, route, target, someone, answer).await;
                }
                self.record(index, someone, inside, answer);
            }
        }
        if route.path == "/telemetry" {
            worked = self.device_works(t, world, route).await;
        }
        // These need a channel, a code of an authenticator, a file that is right, a trial, or the step of a visit before;
        // their own tests show them.
        let elsewhere = [
            "/channels/{name}/undelivered",
            "/channels/{name}/retry",
            "/session/totp",
            "/session",
            "/imports/runs/{id}/apply",
            "/rule-tables/{table}/editions",
            "/visits/{id}/assign",
            "/visits/{id}/accept",
            "/visits/{id}/decline",
            "/visits/{id}/announce",
            "/visits/{id}/enter",
            "/visits/{id}/answers",
            "/visits/{id}/leave",
            "/visits/{id}/sign",
            "/visits/{id}/refusal",
            "/visits/{id}/evaluate",
            "/hazards/{id}/assign",
            "/hazards/{id}/extension",
            "/hazards/{id}/extension/decide",
            "/hazards/{id}/rectify",
            "/hazards/{id}/verify",
            "/hazards/{id}/reopen",
            "/hazards/{id}/list",
            "/hazards/{id}/lift",
            "/prevention-lines/{id}/confirm",
            "/prevention-lines/{id}/settle",
        ];
        if !worked && !elsewhere.contains(&route.path) {
            self.problems.push(format!("{} 没有人办成过，这一行证明不了什么：{last}", route.title()));
        }
    }

    fn record(&mut self, index: usize, someone: &Someone, inside: bool, answer: Answer) {
        let Some(role) = someone.role else {
            self.anonymous.insert(index, answer);
            return;
        };
        let side = if inside { &mut self.inside } else { &mut self.outside };
        side.entry(index).or_default().entry(answer).or_default().insert(role.name());
    }

    fn note(&mut self, route: &Route, someone: &Someone, what: &str) {
        self.problems.push(format!("{} {}：{what}", route.title(), someone.name));
    }

    async fn call(
        &mut self,
        t: &TestPlatform,
        route: &Route,
        target: &Target,
        someone: &Someone,
        nothing: bool,
    ) -> Reply {
        self.probes += 1;
        let mut path = format!("/api/v1{}", route.path);
        let mut ids = route.of.iter();
        while let Some(start) = path.find('{') {
            let end = path[start..].find('}').unwrap() + start;
            let what = ids.next().unwrap_or_else(|| panic!("{} has more ids than its row", route.path));
            let id = if nothing && !matches!(*what, "role" | "qr_kind") { absent(what) } else { id_of(target, what) };
            path.replace_range(start..=end, &id);
        }
        if !route.query.is_empty() {
            path = format!("{path}?{}", route.query);
        }
        if route.path == "/live" {
            return stream(someone, &path).await;
        }
        let client = if route.own_account && someone.role.is_some() {
            t.login(&someone.name).await
        } else {
            someone.client.clone()
        };
        let fresh = self.fresh.replace(self.fresh.get() + 1);
        match &route.body {
            Body::Form(text) => client.upload(&path, "试探.csv", text.as_bytes()).await,
            Body::Json(json) => {
                let body = named(json, target).into_bytes();
                client.send(route.method.parse().unwrap(), &path, Some(("application/json", body)), &[]).await
            }
            body => client.send(route.method.parse().unwrap(), &path, bytes(body, fresh), &[]).await,
        }
    }

    fn look_for_canaries(&mut self, world: &World, route: &Route, someone: &Someone, reply: &Reply) {
        let mut text = String::from_utf8_lossy(&reply.bytes).into_owned();
        for value in reply.headers.values() {
            text.push_str(&String::from_utf8_lossy(value.as_bytes()));
        }
        for target in world.targets.iter().filter(|t| !t.scope.contains(&someone.org.as_str())) {
            if text.contains(target.canary) {
                self.note(route, someone, &format!("泄露了{}：{}", target.canary, around(&text, target.canary)));
            }
        }
    }

    /// What is outside the scope must answer like what does not exist: another answer tells that it is there.
    async fn must_look_like_nothing(
        &mut self,
        t: &TestPlatform,
        route: &Route,
        target: &Target,
        someone: &Someone,
        answer: Answer,
    ) {
        if PUBLIC.contains(&route.path) {
            return;
        }
        let nothing = self.call(t, route, target, someone, true).await;
        let other = Answer::of(nothing.status.as_u16());
        if other != Some(answer) {
            let words = (answer.word(), other.map_or("出错", Answer::word));
            self.note(route, someone, &format!("范围外的答“{}”，不存在的答“{}”", words.0, words.1));
        } else if answer == Answer::Done {
            self.note(route, someone, "范围外却办成了");
        }
    }

    async fn device_works(&mut self, t: &TestPlatform, world: &World, route: &Route) -> bool {
        let headers = [("authorization", world.device.as_str())];
        let reply = t.anonymous().send(Method::POST, "/api/v1/telemetry", bytes(&route.body, 0), &headers).await;
        reply.status.is_success()
    }

    /// The table in Chinese: each route, who may inside the scope, and what everybody else gets.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for (index, title) in self.titles.iter().enumerate() {
            let _ = writeln!(text, "{title}");
            let (inside, outside) = (self.inside.get(&index), self.outside.get(&index));
            // A list shows everybody their own scope, so it answers alike wherever one stands.
            if inside == outside {
                lines(&mut text, "不论范围", inside);
            } else {
                lines(&mut text, "范围内", inside);
                lines(&mut text, "范围外", outside);
            }
            let _ = writeln!(text, "  未登录 {}", self.anonymous.get(&index).map_or("—", |a| a.word()));
        }
        text
    }
}

/// One line per answer; the largest group of roles is called the rest.
fn lines(text: &mut String, scope: &str, answers: Option<&BTreeMap<Answer, BTreeSet<&'static str>>>) {
    let Some(answers) = answers else { return };
    // Only one group is the rest, at a tie those who may less.
    let rest = answers.iter().max_by_key(|(_, roles)| roles.len()).map(|(answer, _)| *answer);
    for (answer, roles) in answers {
        let names = if answers.len() == 1 {
            "所有角色".to_owned()
        } else if rest == Some(*answer) && roles.len() > 8 {
            "其余角色".to_owned()
        } else {
            let mut names: Vec<&str> =
                platform::Role::ALL.iter().map(|r| r.name()).filter(|n| roles.contains(n)).collect();
            names.dedup();
            names.join("、")
        };
        let _ = writeln!(text, "  {scope} {}：{names}", answer.word());
    }
}

/// Whose existence is no secret: registers of insurers, service organisations and experts, a code that leads
/// to a page which asks again, and how far a registration has come, for whoever holds its number.
const PUBLIC: [&str; 10] = [
    "/experts/{id}",
    "/experts/{id}/conflicts",
    "/expert-orgs/{id}",
    "/service-orgs/{id}/qualifications",
    "/qr/{kind}/{id}",
    "/insurers/{id}",
    "/insurers/{id}/people",
    "/service-orgs/{id}",
    "/service-orgs/{id}/people",
    "/registrations/{id}",
];

fn speaks_for_its_subject(someone: &Someone) -> bool {
    ["officer@GOV", "worker@E002", "claims@INS2", "expert@SVC2", "未登录"].contains(&someone.name.as_str())
}

fn id_of(target: &Target, what: &str) -> String {
    match what {
        "rule" => "lec".to_owned(),
        "rule_table" => "lec_bands".to_owned(),
        "kind" => "sensors".to_owned(),
        "region" => "990121".to_owned(),
        "qr_kind" => "enterprise".to_owned(),
        "template" => "general".to_owned(),
        "insurer" => "INS1".to_owned(),
        "service_org" => "SVC1".to_owned(),
        "channel" => "sms".to_owned(),
        what => target.ids.get(what).unwrap_or_else(|| panic!("no id of {what}")).clone(),
    }
}

fn absent(what: &str) -> String {
    match what {
        "file" => "0".repeat(64),
        "tag" | "free_tag" | "device" | "channel" => "no-such-thing".to_owned(),
        "enterprise" | "insurer" | "service_org" => "E999".to_owned(),
        _ => NOTHING.to_owned(),
    }
}

/// A body in which `@file` stands for the target's file, and so on.
fn named(body: &serde_json::Value, target: &Target) -> String {
    let mut text = body.to_string();
    for (what, id) in &target.ids {
        text = text.replace(&format!("\"@{what}\""), &format!("\"{id}\""));
    }
    text
}

fn bytes(body: &Body, fresh: usize) -> Option<(&'static str, Vec<u8>)> {
    match body {
        Body::None | Body::Form(_) | Body::Json(_) => None,
        Body::NewRegistration => {
            Some(("application/json", registration_form(fresh, "试探", "990121110").to_string().into_bytes()))
        }
        Body::NewEnterprise => {
            Some(("application/json", enterprise_form(fresh, "试探厂", "990121110").to_string().into_bytes()))
        }
        Body::Lines(text) => Some(("application/x-ndjson", text.as_bytes().to_vec())),
    }
}

/// What the live stream says at once, from the beginning of the log.
async fn stream(someone: &Someone, path: &str) -> Reply {
    let (status, headers, body) = someone.client.open(path, &[]).await;
    let mut bytes = vec![];
    let mut body = body.into_data_stream();
    while let Ok(Some(Ok(chunk))) = tokio::time::timeout(Duration::from_millis(20), body.next()).await {
        bytes.extend_from_slice(&chunk);
    }
    Reply { status, headers, bytes }
}

fn shown(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.bytes).chars().take(300).collect()
}

fn around(text: &str, what: &str) -> String {
    let at = text.find(what).unwrap_or(0);
    let before: String = text[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
    format!("…{before}{}…", text[at..].chars().take(60).collect::<String>())
}
