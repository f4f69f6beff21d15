create table template_note (
    id text primary key,
    enterprise text not null,
    region text not null,
    sectors text not null,
    text text not null,
    created_at bigint not null
);
create index template_note_region on template_note (region, created_at);
create index template_note_enterprise on template_note (enterprise, created_at);
