-- The prevention plan of a policy, its lines, and the ledger that their payments make.
create table prevention_plan (
    id text primary key,
    policy text not null,
    policy_no text not null,
    insurer text not null,
    enterprise text not null,
    region text not null,
    sectors text not null,
    state text not null,
    budget_fen bigint not null,
    goals text not null,
    fee text not null,
    proposed_event text not null,
    agreed_event text,
    reason text,
    revision bigint not null,
    created_at bigint not null,
    agreed_at bigint
);
create index prevention_plan_policy on prevention_plan (policy);
create index prevention_plan_enterprise on prevention_plan (enterprise);

create table prevention_line (
    id text primary key,
    plan text not null,
    policy text not null,
    insurer text not null,
    enterprise text not null,
    region text not null,
    sectors text not null,
    item text not null,
    content text not null,
    due_on text not null,
    supplier text not null,
    amount_fen bigint not null,
    agreed bigint not null,
    visit text,
    left_event text,
    signed_event text,
    confirmed_event text,
    satisfied bigint,
    settled_event text,
    settled_fen bigint not null,
    settled_at bigint,
    voucher text,
    revision bigint not null
);
create index prevention_line_plan on prevention_line (plan, due_on);
create index prevention_line_visit on prevention_line (visit);
create index prevention_line_due on prevention_line (due_on);

create table service_complaint (
    id text primary key,
    line text not null,
    insurer text not null,
    enterprise text not null,
    region text not null,
    sectors text not null,
    state text not null,
    text text not null,
    due_at bigint not null,
    overdue bigint not null,
    finding text,
    measures text,
    filed_event text not null,
    filed_at bigint not null,
    answered_at bigint,
    revision bigint not null
);
create index service_complaint_line on service_complaint (line);
