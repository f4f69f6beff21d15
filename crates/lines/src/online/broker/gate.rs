//! The hook that lets connections and messages in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use rmqtt::codec::v5::SubscribeAckReason;
use rmqtt::hook::{Handler, HookResult, Parameter, ReturnType};
use rmqtt::types::{AuthResult, ConnectInfo, Publish, PublishAclResult, SubscribeAclResult};

use super::super::ingest::{Attempt, Ingest, Verdict, Why};
use super::super::reading::{self, Stream};

/// While the hook waits, its connection answers no ping: shorter than any sensible keep-alive.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Gate<I> {
    ingest: Arc<I>,
    open: Arc<AtomicBool>,
}

impl<I> Clone for Gate<I> {
    fn clone(&self) -> Self {
        Gate { ingest: self.ingest.clone(), open: self.open.clone() }
    }
}

impl<I: Ingest> Gate<I> {
    pub(super) fn new(ingest: I, open: Arc<AtomicBool>) -> Gate<I> {
        Gate { ingest: Arc::new(ingest), open }
    }

    async fn authenticate(&self, info: &ConnectInfo) -> AuthResult {
        let client_id = info.client_id();
        let (Some(username), Some(password)) = (info.username(), info.password()) else {
            return AuthResult::BadUsernameOrPassword;
        };
        if !reading::is_name(client_id) || !self.open.load(Ordering::Acquire) {
            return AuthResult::NotAuthorized;
        }
        let known = tokio::time::timeout(PATIENCE, self.ingest.authenticate(client_id, username, password)).await;
        if !known.unwrap_or(false) {
            return AuthResult::BadUsernameOrPassword;
        }
        if info.last_will().is_some() {
            self.refused(client_id, "", Why::Will).await;
            return AuthResult::NotAuthorized;
        }
        AuthResult::Allow(false, None)
    }

    async fn refused(&self, client_id: &str, topic: &str, why: Why) {
        let attempt = Attempt { client_id: client_id.to_owned(), topic: topic.chars().take(200).collect(), why };
        self.ingest.refused(attempt).await;
    }

    async fn publish(&self, client_id: &str, publish: &Publish) -> PublishAclResult {
        let no = |reason: String| PublishAclResult::rejected(true, Some(reason.into()));
        let stream = match Stream::of_topic(&publish.topic) {
            Some((device, stream)) if device == client_id => stream,
            _ => {
                self.refused(client_id, &publish.topic, Why::Topic).await;
                return no("topic must be anlan/v1/{client id}/telemetry, late or state".to_owned());
            }
        };
        if publish.retain {
            self.refused(client_id, &publish.topic, Why::Retain).await;
            return no("retained messages are not accepted".to_owned());
        }
        if !self.open.load(Ordering::Acquire) {
            return no("the server is stopping".to_owned());
        }
        let stored = self.ingest.publish(client_id, stream, publish.payload.clone());
        match tokio::time::timeout(PATIENCE, stored).await {
            Ok(Verdict::Durable) => PublishAclResult::allow(),
            Ok(Verdict::NotStored(reason)) => no(reason),
            Err(_) => no("storing took too long, send again".to_owned()),
        }
    }
}

#[async_trait]
impl<I: Ingest> Handler for Gate<I> {
    async fn hook(&self, parameter: &Parameter, so_far: Option<HookResult>) -> ReturnType {
        let result = match parameter {
            Parameter::ClientAuthenticate(info) => HookResult::AuthResult(self.authenticate(info).await),
            Parameter::MessagePublishCheckAcl(session, publish) => {
                HookResult::PublishAclResult(self.publish(&session.id.client_id, publish).await)
            }
            Parameter::ClientSubscribeCheckAcl(..) => {
                HookResult::SubscribeAclResult(SubscribeAclResult::new_failure(SubscribeAckReason::NotAuthorized))
            }
            _ => return (true, so_far),
        };
        (false, Some(result))
    }
}
