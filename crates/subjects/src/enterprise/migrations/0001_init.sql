-- The register of enterprises. `org` is the same id in the platform's directory; a merged record
-- stays as it was and points to the one that was kept.
create table enterprise (
  id text primary key, uscc text not null, name text not null, name_key text not null, initials text not null,
  region text not null, sectors text not null, industry text not null, section text not null, gbt4754 text,
  employees bigint, tags text not null, address text, lon_e6 bigint, lat_e6 bigint, contact_name text, contact_phone text,
  status text not null, merged_into text, registered_at bigint not null, confirmed_at bigint, version bigint not null);
create index enterprise_region on enterprise (region);
create index enterprise_uscc on enterprise (uscc);
create index enterprise_initials on enterprise (initials, id);
create index enterprise_merged on enterprise (merged_into);

-- Where each value came from: a form, a cell of a file, a register, the enterprise itself.
create table enterprise_field_source (
  enterprise text not null, field text not null, kind text not null, source text not null, at bigint not null,
  primary key (enterprise, field));

-- Places where an enterprise works. A landlord owns the ground (厂中厂); tenants lease parts of it.
create table site (
  id text primary key, enterprise text not null, name text not null, address text not null, address_key text not null,
  region text not null, sectors text not null, landlord text, lon_e6 bigint, lat_e6 bigint, area_m2 bigint, opened_at bigint not null);
create index site_enterprise on site (enterprise);
create index site_address on site (address_key);
create table site_tenant (site text not null, tenant text not null, primary key (site, tenant));

-- People of an organisation of any subject; experts with what they know.
create table person (
  id text primary key, org text not null, name text not null, phone text, id_number text, posts text not null,
  specialities text not null, registered_at bigint not null);
create index person_org on person (org, id);

-- Self-registrations. The password hash is kept only until the decision.
create table registration (
  id text primary key, state text not null, uscc text not null, name text not null, region text not null, industry text not null,
  gbt4754 text, address text, contact_name text not null, contact_phone text not null, username text not null, password_hash text,
  filed_from text not null, filed_at bigint not null, filed_event text not null, decided_at bigint, decided_by text, reason text, enterprise text);
create index registration_state on registration (state, filed_at);
create index registration_from on registration (filed_from, filed_at);
create index registration_uscc on registration (uscc);

-- Consents of an enterprise. What they open stands in the platform's visibility table.
create table consent (
  id text primary key, enterprise text not null, org text not null, purpose text not null, fields text not null,
  given_at bigint not null, until_at bigint, withdrawn_at bigint);
create index consent_enterprise on consent (enterprise);
