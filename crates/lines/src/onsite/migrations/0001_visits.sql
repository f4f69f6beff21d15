-- Visits, their people, answers to check items, records and evaluations.
create table visit (
    id text primary key,
    enterprise text not null,
    region text not null,
    sectors text not null,
    kind text not null,
    reason_code text not null,
    reason text not null,
    skills text not null,
    priority bigint not null,
    deadline bigint not null,
    source_event text,
    source_subject text,
    requested_org text not null,
    requested_by text,
    requested_event text not null,
    state text not null,
    year bigint not null,
    org text,
    from_at bigint,
    to_at bigint,
    score double precision,
    score_parts text,
    rejected text,
    assigned_event text,
    matter text,
    legal_basis text,
    planned_end bigint,
    joint_with text,
    template text,
    announced_at bigint,
    last_event text not null,
    entered_at bigint,
    late bigint not null,
    left_at bigint,
    record text,
    enterprise_signed_by text,
    refusal text,
    signed_at bigint,
    withdrawn_reason text,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index visit_region on visit (region, created_at, id);
create index visit_enterprise on visit (enterprise, created_at, id);
create index visit_cap on visit (enterprise, year);
create index visit_org on visit (org, created_at);
create index visit_state on visit (state, deadline);

create table visit_person (
    visit text not null,
    person text not null,
    name text not null,
    ordinal bigint not null,
    present bigint not null,
    signed_at bigint,
    primary key (visit, person)
);
create index visit_person_person on visit_person (person);

create table visit_answer (
    visit text not null,
    item text not null,
    answer text not null,
    note text,
    seq bigint not null,
    answered_by text,
    answered_at bigint not null,
    event text not null,
    primary key (visit, item)
);

create table visit_evaluation (
    visit text primary key,
    scores text not null,
    complaint bigint not null,
    comment text,
    at bigint not null
);
