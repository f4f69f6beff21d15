-- The file itself is one JSON text; the columns beside it are what lists sort, filter and count by.
create table hazard_source (
    id text primary key,
    enterprise text not null,
    region text not null,
    sectors text not null,
    name text not null,
    state text not null,
    level bigint not null,
    r double precision not null,
    tags bigint not null,
    lon double precision,
    lat double precision,
    filed_no text,
    evaluation_due text,
    search text not null,
    file text not null,
    last_change text,
    confirmed text,
    return_reason text,
    revision bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    written_by text,
    unique (enterprise, name)
);
create index hazard_source_region on hazard_source (region, level);

create table hazard_source_tag (
    enterprise text not null,
    tag text not null,
    source text not null,
    primary key (enterprise, tag)
);
create index hazard_source_tag_source on hazard_source_tag (source);
