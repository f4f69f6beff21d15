-- Hazards from found to closed.
create table hazard (
    id text primary key
);
