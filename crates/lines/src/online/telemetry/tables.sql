-- Tables of the telemetry store, prefixed because on PostgreSQL they stand beside the spine's;
-- {ID} is the engine's own counting key.
create table if not exists tm_tag (no bigint not null primary key, name text not null unique);
create table if not exists tm_tag_device (tag bigint not null, device text not null, primary key (tag, device));
create table if not exists tm_source (
    device text not null, boot text not null, stream bigint not null,
    last_seq bigint not null, last_ts bigint not null, heard bigint not null, primary key (device, boot, stream));
create table if not exists tm_batch (
    id {ID}, device text not null, stream bigint not null, hour bigint not null,
    ts bigint not null, received bigint not null, body bytea not null);
create index if not exists tm_batch_by_device on tm_batch (device, hour, stream);
create table if not exists tm_chunk (
    tag bigint not null, hour bigint not null, part bigint not null, stream bigint not null, device text not null,
    points bigint not null, from_ts bigint not null, to_ts bigint not null, sealed_at bigint not null,
    noted bigint not null, data bytea not null, primary key (tag, hour, part));
create index if not exists tm_chunk_by_hour on tm_chunk (hour, device);
create index if not exists tm_chunk_unnoted on tm_chunk (sealed_at) where noted = 0;
create table if not exists tm_quarantine (
    id {ID}, device text not null, minute bigint not null, code text not null, field text not null,
    value text not null, message text not null, first_at bigint not null, last_at bigint not null,
    times bigint not null, unique (device, minute, code, field));
