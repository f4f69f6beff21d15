-- Hazards from found to closed.
create table hazard (
    id text primary key,
    enterprise text not null,
    region text not null,
    sectors text not null,
    state text not null,
    level text not null,
    suspected text not null,
    clause_code text,
    clause text,
    place text not null,
    text text not null,
    found_via text not null,
    found_org text not null,
    found_person text,
    visit text,
    item text,
    tag text,
    year bigint not null,
    ground text,
    confirmed_at bigint,
    owner_post text,
    owner_name text,
    measure text,
    money_fen bigint,
    plan text,
    due bigint,
    due_rule text,
    assigned_at bigint,
    extensions bigint not null,
    asked_days bigint,
    asked_reason text,
    interim_measure text,
    done text,
    cost_fen bigint,
    rectified_at bigint,
    rectified_person text,
    rectified_org text,
    verified_at bigint,
    verifier_name text,
    verifier_org text,
    verify_note text,
    sensor text,
    overdue_at bigint,
    listed_level text,
    listed_at bigint,
    listed_due bigint,
    lifted_at bigint,
    duplicate_of text,
    similarity double precision,
    reopened_why text,
    closed_at bigint,
    round bigint not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    found_event text not null,
    last_event text not null
);
create index hazard_created on hazard (created_at, id);
create index hazard_region on hazard (region, created_at, id);
create index hazard_enterprise on hazard (enterprise, created_at, id);
create index hazard_found_org on hazard (found_org, created_at, id);
create index hazard_state on hazard (state, due, id);
create index hazard_level on hazard (level, created_at, id);
create index hazard_visit on hazard (visit, item);

-- A photo proves one hazard only.
create table hazard_photo (
    digest text primary key,
    hazard text not null,
    side text not null,
    round bigint not null,
    ordinal bigint not null
);
create index hazard_photo_hazard on hazard_photo (hazard, round, ordinal);

-- What the alarms say of a tag, kept from their events.
create table hazard_signal (
    alarm text primary key,
    enterprise text not null,
    tag text not null,
    value double precision not null,
    at bigint not null,
    inside bigint not null,
    event text not null
);
create index hazard_signal_tag on hazard_signal (enterprise, tag, at);
