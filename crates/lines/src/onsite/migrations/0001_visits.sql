-- Visits, their people, answers to check items, records and evaluations.
create table visit (
    id text primary key
);
