-- Certificates of people (person set) and qualifications of the organisation itself (person empty).
create table qualification (
  id text primary key, org text not null, region text not null, sectors text not null, person text, kind text not null,
  number text not null, skills text not null, valid_to bigint not null, verified_against text, revision bigint not null,
  registered_at bigint not null, updated_at bigint not null);
create unique index qualification_one on qualification (org, kind, number);
create index qualification_org on qualification (org, valid_to);
