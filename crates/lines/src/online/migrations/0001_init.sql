-- Online supervision. Regions and sectors stand on every row that scope is checked against.
create table device (
  id text primary key, enterprise text not null, region text not null, sectors text not null, name text not null,
  model text, calibration_valid_to text, secret_hash text not null, state text not null, created_at bigint not null,
  revoked_at bigint, offline_since bigint, because_event text not null);
create index device_enterprise on device (enterprise);
create table tag (
  tag text primary key, name text not null, enterprise text not null, region text not null, sectors text not null,
  device text, hazard_source text, metric text not null, unit text not null, sample_s bigint not null,
  consequence bigint not null, hh double precision, h double precision, l double precision, ll double precision,
  dead_band double precision not null, on_delay_s bigint not null, off_delay_s bigint not null,
  limits_from bigint not null, created_at bigint not null, because_event text not null);
create index tag_enterprise on tag (enterprise, tag);
create index tag_device on tag (device);
create index tag_hazard_source on tag (hazard_source);
create table limit_version (
  tag text not null, from_at bigint not null, limits text not null, because_event text not null, primary key (tag, from_at));
create table limit_change (
  id text primary key, tag text not null, enterprise text not null, region text not null, sectors text not null,
  old_limits text not null, new_limits text not null, loosens bigint not null, reason text not null, state text not null,
  requested_by text not null, requested_person text not null, requested_at bigint not null,
  decided_by text, decided_at bigint, decision_reason text, because_event text not null);
create index limit_change_state on limit_change (state, requested_at);
create unique index limit_change_pending on limit_change (tag) where state = 'pending';
create table alarm (
  id text primary key, tag text not null, enterprise text not null, region text not null, sectors text not null,
  device text, level text not null, priority bigint not null, priority_why text not null, state text not null, value double precision not null,
  extreme double precision not null, limit_value double precision not null, raised_at bigint not null, back_at bigint,
  ack_due_at bigint, acked_at bigint, acked_by text, explain_due_at bigint, explained_at bigint, cause_code text,
  cleared_at bigint, escalation bigint not null, recurrences bigint not null, grouped_with text, judged_at bigint not null,
  raised_event text not null);
-- One open alarm per tag and level, whatever arrives at the same moment.
create unique index alarm_open on alarm (tag, level) where state <> 'cleared';
create index alarm_enterprise on alarm (enterprise, raised_at);
create index alarm_region on alarm (region, raised_at);
create index alarm_state on alarm (state, priority, raised_at);
create table shift (
  id text primary key, org text not null, region text not null, holder text not null, since bigint not null,
  until_at bigint, handed_to text, because_event text not null);
create unique index shift_open on shift (org) where until_at is null;
create index shift_org on shift (org, since);
create table planned_stop (
  id text primary key, enterprise text not null, region text not null, sectors text not null,
  from_at bigint not null, to_at bigint not null, reason text not null, because_event text not null);
create index planned_stop_enterprise on planned_stop (enterprise, to_at);
create table sealed_window (
  device text not null, from_at bigint not null, late bigint not null, because_event text not null,
  primary key (device, from_at, late));
create table suspicion (
  device text not null, tag text not null, kind text not null, day bigint not null, because_event text not null,
  primary key (device, tag, kind, day));
