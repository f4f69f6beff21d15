-- A fact of credit from candidate to its end; what it counts is fixed when it is proposed.
create table credit_fact (
    id text primary key,
    subject text not null,
    subject_kind text not null,
    owner text not null,
    enterprise text,
    region text not null,
    sectors text not null,
    code text not null,
    name text not null,
    points bigint not null,
    cap bigint,
    serious bigint not null,
    liability bigint not null,
    ground text,
    basis text not null,
    edition text not null,
    rule_set text not null,
    source_event text not null,
    about text not null,
    note text,
    state text not null,
    valid_from bigint not null,
    valid_to bigint not null,
    proposed_at bigint not null,
    first_by text,
    confirmed_by text not null,
    recorded_event text,
    recorded_at bigint,
    unique (subject, code, about)
);
create index credit_fact_subject on credit_fact (subject, state);
create index credit_fact_region on credit_fact (region, proposed_at);
create index credit_fact_enterprise on credit_fact (enterprise, proposed_at);

create table credit_objection (
    id text primary key,
    fact text not null,
    owner text not null,
    enterprise text,
    region text not null,
    sectors text not null,
    ground_code text not null,
    ground text not null,
    evidence text not null,
    state text not null,
    filed_at bigint not null,
    due_at bigint not null,
    answer text,
    answered_at bigint
);
create index credit_objection_fact on credit_objection (fact, state);
create index credit_objection_region on credit_objection (region, filed_at);

create table credit_score (
    event text primary key,
    subject text not null,
    subject_kind text not null,
    owner text not null,
    enterprise text,
    region text not null,
    sectors text not null,
    as_of bigint not null,
    score bigint not null,
    low bigint not null,
    high bigint not null,
    counted bigint not null,
    rule_set text not null,
    newest bigint not null
);
create index credit_score_subject on credit_score (subject, as_of);
create index credit_score_newest on credit_score (newest, region, score);

-- Who went on a visit, so that what the enterprise says of it reaches them.
create table credit_visit (
    visit text primary key,
    org text not null,
    people text not null
);
