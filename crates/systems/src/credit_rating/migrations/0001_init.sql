-- The grade in force of an enterprise, with the notice that may be running.
create table rating (
    enterprise text primary key,
    region text not null,
    sectors text not null,
    grade text not null,
    previous text,
    from_at bigint not null,
    score bigint not null,
    low bigint not null,
    high bigint not null,
    counted bigint not null,
    guarded bigint not null,
    edition text not null,
    event text not null,
    facts text not null,
    risk text not null,
    visits bigint not null,
    notice_to text,
    notice_event text,
    notice_due bigint,
    notice_facts text
);
create index rating_region on rating (region, score);

-- Every grade that was published, with its whole basis as it stood.
create table rating_grade (
    event text primary key,
    enterprise text not null,
    region text not null,
    sectors text not null,
    grade text not null,
    previous text,
    from_at bigint not null,
    score bigint not null,
    visits bigint not null,
    reasons text not null,
    basis text not null
);
create index rating_grade_enterprise on rating_grade (enterprise, from_at);

-- What the register says of an enterprise, taken over from its events, as the ground of suggestions.
create table rating_profile (
    enterprise text primary key,
    industry text,
    employees bigint,
    tags text not null,
    hazard_level bigint
);

create table rating_class (
    enterprise text primary key,
    region text not null,
    sectors text not null,
    trade text not null,
    hazards text not null,
    scale text not null,
    must_insure bigint not null,
    department text not null,
    risk text not null,
    confirmed_at bigint not null,
    revision bigint not null
);

create table rating_run (
    id text primary key,
    owner text not null,
    region text not null,
    sectors text not null,
    from_at bigint not null,
    to_at bigint not null,
    made_at bigint not null,
    rated bigint not null,
    up bigint not null,
    down bigint not null,
    movers text not null
);

create table rating_edition (
    tab text not null,
    edition text not null,
    region text not null,
    document text not null,
    confirmed_at bigint not null,
    event text not null,
    primary key (tab, edition, region)
);
