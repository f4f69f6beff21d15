-- Editions of rule tables published on this node, in their order; the rows are never changed.
create table rule_edition (
    no bigint primary key,
    rule_set text not null,
    rule_table text not null,
    standard text not null,
    clause text not null,
    edition text not null,
    valid_from text not null,
    valid_to text,
    region text,
    confidence text not null,
    content text not null,
    digest text not null,
    changed bigint not null,
    refused bigint not null,
    event text not null,
    org text not null,
    account text not null,
    published_at bigint not null
);
