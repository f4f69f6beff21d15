-- The spine. `entry` is the exact bytes of the leaf; the other columns are projections of it.
create table log_head (id bigint primary key, next bigint not null);
insert into log_head (id, next) values (1, 1);
create table event (
  seq bigint primary key, id text not null unique, kind text not null, version bigint not null,
  subject text not null, owner text not null, enterprise text, region text not null, sectors text not null,
  audience text not null, occurred_at bigint not null, recorded_at bigint not null,
  actor_org text not null, actor_subject text not null, because text not null, depth bigint not null,
  entry bytea not null, leaf bytea not null);
create index event_enterprise on event (enterprise, seq);
create index event_subject on event (subject, seq);
create index event_kind on event (kind, seq);
create index event_region on event (region, seq);
create table disclosure (
  event_id text not null, ordinal bigint not null, name text not null, encoded text, state text not null,
  primary key (event_id, ordinal));
create table log_state (id bigint primary key, size bigint not null, root bytea not null, frontier bytea not null);
create table once (key text primary key, hash text not null, at bigint not null, events text not null, status bigint, body bytea);
create table reaction_cursor (reaction text primary key, seq bigint not null);
create table reaction_parked (
  reaction text not null, key text not null, seq bigint not null, attempts bigint not null, next_at bigint not null, error text not null,
  primary key (reaction, key, seq));
create index reaction_parked_due on reaction_parked (next_at);

-- Who may see: one row per dated grant, each naming the event that caused it.
create table visibility (
  id text primary key, org text not null, enterprise text not null, object_kind text not null, object_id text,
  fields text not null, purpose text not null, from_at bigint not null, to_at bigint, because_event text not null);
create index visibility_org on visibility (org, enterprise);

-- Obligations with a due time.
create table clock (
  id text primary key, rule text not null, subject text not null, owner text not null, enterprise text, region text not null,
  sectors text not null, state text not null, step bigint not null, due_at bigint not null, started_at bigint not null,
  paused_at bigint, pause_reason text, data text not null, because_event text not null);
create index clock_due on clock (state, due_at);
create index clock_subject on clock (subject, rule);

-- Directory of organisations and sign-ins; the registers of the subjects write it with their events.
create table org (
  id text primary key, subject text not null, name text not null, uscc text, region text not null, sectors text not null, state text not null);
create unique index org_uscc on org (uscc);
create table region (code text primary key, parent text, name text not null, lon double precision, lat double precision);
create index region_parent on region (parent);
create table account (
  id text primary key, username text not null unique, person text not null, person_name text not null, phone text,
  org text not null, region text, sectors text not null, password_hash text not null, must_change bigint not null,
  totp_secret text, totp_pending text, totp_step bigint not null, failed bigint not null, locked_until bigint,
  disabled bigint not null, created_at bigint not null);
create index account_org on account (org);
create table role_grant (
  account text not null, role text not null, from_at bigint not null, until_at bigint, because_event text not null,
  primary key (account, role));
create table session (
  token_hash text primary key, account text not null, created_at bigint not null, seen_at bigint not null,
  expires_at bigint not null, confirmed_at bigint not null, address text not null);
create index session_account on session (account);
create table access_key (
  id text primary key, name text not null, org text not null, secret_hash text not null, scopes text not null,
  until_at bigint, revoked_at bigint, created_at bigint not null, used_at bigint, because_event text not null);
create index access_key_org on access_key (org);
create table setting (key text primary key, value text not null);

-- What people are told and what they attach.
create table notification (
  id text primary key, account text not null, priority bigint not null, title text not null, body text not null,
  link text not null, event_id text not null, created_at bigint not null, read_at bigint);
create index notification_account on notification (account, created_at);
create table file (
  digest text not null, org text not null, name text not null, mime text not null, size bigint not null,
  created_at bigint not null, account text, primary key (digest, org));
-- Which events refer to a file: whoever may see one of them may see the file.
create table file_ref (digest text not null, event_id text not null, kind text not null, primary key (digest, event_id));
create index file_ref_event on file_ref (event_id);
create table draft (account text not null, form text not null, body text not null, at bigint not null, primary key (account, form));
create table import_run (
  id text primary key, kind text not null, org text not null, account text, digest text not null, name text not null,
  state text not null, report text not null, problems text not null, created_at bigint not null);
create table delivery (
  channel text not null, seq bigint not null, attempts bigint not null, next_at bigint not null, state text not null,
  receipt text, error text, primary key (channel, seq));
create table delivery_cursor (channel text primary key, seq bigint not null);
create table work (name text primary key, last_at bigint not null, error text);
