-- A projection of expert.registered and expert.changed: one row per person in the library.
create table expert (
  id text primary key, org text not null, region text not null, sectors text not null, name text not null,
  title text, skills text not null, regions text not null, until_at bigint, search text not null,
  revision bigint not null, registered_at bigint not null, updated_at bigint not null);
create index expert_org on expert (org, name);
create index expert_name on expert (name);

-- A projection of org.person.qualified and org.qualified; the register itself is the organisation's.
create table expert_certificate (
  id text primary key, org text not null, person text, kind text not null, skills text not null,
  valid_to bigint not null, verified_against text, event text not null, at bigint not null);
create index expert_certificate_person on expert_certificate (person);
create index expert_certificate_org on expert_certificate (org);

create table expert_conflict (
  id text primary key, person text not null, enterprise text not null, kind text not null, note text,
  until_at bigint, declared_at bigint not null, event text not null);
create index expert_conflict_person on expert_conflict (person, enterprise);

create table instrument (
  id text primary key, org text not null, region text not null, sectors text not null, kind text not null,
  factory_no text not null, calibrated_to bigint not null, registered_at bigint not null, updated_at bigint not null,
  unique (org, kind, factory_no));

-- Service record: a projection of the visit's events, for visits on which somebody of the library goes.
create table expert_visit (
  id text primary key, enterprise text not null, region text not null, sectors text not null, owner text not null,
  kind text not null, skills text not null, state text not null, from_at bigint not null, to_at bigint not null,
  entered_at bigint, left_at bigint, minutes bigint not null, late bigint not null, items text not null,
  hazards text not null, confirm_due bigint, confirmed_at bigint, satisfied bigint, comments text,
  done_event text, changed_at bigint not null);
create index expert_visit_enterprise on expert_visit (enterprise, changed_at);
create index expert_visit_owner on expert_visit (owner, changed_at);
create index expert_visit_region on expert_visit (region, changed_at);
create table expert_visit_person (visit text not null, person text not null, accepted_at bigint, primary key (visit, person));
create index expert_visit_person_person on expert_visit_person (person);

-- What a visit was asked for, until somebody of the library is sent.
create table expert_asked (visit text primary key, kind text not null, skills text not null, at bigint not null);
