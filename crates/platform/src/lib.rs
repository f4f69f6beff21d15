//! The platform: actor, scope, database, spine of events, reactions, clocks, files,
//! notifications, HTTP and the `Part` descriptor. It knows no part's tables or names.
//!
//! A business write reads like this: `ctx.begin()`, load the object through scope, decide with
//! a pure function, apply, and end with [`Ctx::commit`], which takes at least one event.
pub mod actor;
pub mod app;
pub mod auth;
pub mod channels;
pub mod clocks;
pub mod config;
pub mod ctx;
pub mod db;
pub mod error;
pub mod event;
pub mod files;
pub mod grants;
pub mod http;
pub mod import;
mod jobs;
pub mod log;
pub mod notify;
pub mod part;
pub mod qr;
mod reactions;
pub mod regions;
pub mod rules;
pub mod scope;
pub mod secrets;
pub mod sheets;
pub mod source;
pub mod spine;
pub mod timeline;
pub mod tls;
pub mod view;

pub use actor::{Actor, ActorRef, Role, Subject};
pub use app::{App, Policy, Readings, Setup};
pub use clocks::{Clock, ClockEnd, ClockRule, NewClock};
pub use ctx::{Ctx, Tx};
pub use db::{Db, Migration, Sql, sql};
pub use error::{Error, FieldError, Problem, Result};
pub use event::{Event, NewEvent};
pub use grants::Visibility;
pub use notify::{Notice, To};
pub use part::{Action, Grant, Import, ImportMode, MenuEntry, Part, Phase, Reaction, Schedule};
pub use scope::{Columns, Placed};
pub use source::{Ms, Source};
pub use spine::Receipt;
