-- The published tree. Leaf hashes stand in `event`; here are the roots of each full tile of 256,
-- and of each full tile of those: what a proof needs besides leaves.
create table log_node (level bigint not null, place bigint not null, hash bytea not null, primary key (level, place));
-- Heads this log has signed, in the words it signed.
create table log_checkpoint (size bigint primary key, note text not null, signed_at bigint not null, quorum_at bigint);
-- What witnesses signed under them.
create table log_cosignature (
  size bigint not null, witness text not null, line text not null, signed_at bigint not null, received_at bigint not null,
  primary key (size, witness));
-- Receipts of outside anchors, such as a time-stamp authority.
create table log_anchor (size bigint not null, anchor text not null, receipt text not null, at bigint not null, primary key (size, anchor));
