-- Enterprises of the sectors that must insure, and whoever holds a policy without having to.
create table insured_unit (
    enterprise text primary key,
    region text not null,
    sectors text not null,
    sector text not null,
    decided bigint not null,
    employees bigint not null,
    policy text,
    insurer text,
    covered_to bigint not null,
    insured_people bigint not null,
    updated_at bigint not null
);
create index insured_unit_region on insured_unit (region, covered_to);

-- From the application to the quote that both sides signed.
create table insurance_application (
    id text primary key,
    insurer text not null,
    enterprise text not null,
    region text not null,
    sectors text not null,
    state text not null,
    asked text not null,
    quote text,
    premium_fen bigint not null,
    policy_no text,
    policy text,
    proposal_event text not null,
    quote_event text,
    reason text,
    revision bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index insurance_application_enterprise on insurance_application (enterprise, state);
create index insurance_application_insurer on insurance_application (insurer, state);

create table insurance_policy (
    id text primary key,
    policy_no text not null,
    insurer text not null,
    enterprise text not null,
    region text not null,
    sectors text not null,
    state text not null,
    from_at bigint not null,
    to_at bigint not null,
    terms text not null,
    bound_fen bigint not null,
    premium_fen bigint not null,
    premium_event text not null,
    application text not null,
    bound_event text not null,
    bound_seq bigint not null,
    ended_at bigint,
    ground text,
    revision bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (insurer, policy_no)
);
create index insurance_policy_enterprise on insurance_policy (enterprise, to_at);
create index insurance_policy_insurer on insurance_policy (insurer, to_at);

-- What other parts' events say that a premium may follow from.
create table premium_cause (
    event text primary key,
    enterprise text not null,
    seq bigint not null,
    at bigint not null,
    kind text not null,
    key text not null,
    value text not null,
    subject text not null
);
create index premium_cause_enterprise on premium_cause (enterprise, seq);

create table premium_adjustment (
    id text primary key,
    policy text not null,
    insurer text not null,
    enterprise text not null,
    region text not null,
    sectors text not null,
    state text not null,
    old_fen bigint not null,
    new_fen bigint not null,
    factors text not null,
    scheme text not null,
    upto bigint not null,
    proposed_event text not null,
    decided_event text,
    reason text,
    revision bigint not null,
    proposed_at bigint not null,
    decided_at bigint
);
create index premium_adjustment_policy on premium_adjustment (policy, proposed_at);
create index premium_adjustment_insurer on premium_adjustment (insurer, state);
