/** One step of the schema. Steps are only ever added; what was released stays as it is. */
interface Migration {
  readonly version: number;
  readonly statements: string;
}

const first = `
create table meta (key text primary key, value text not null) strict;

create table hosts (
  number integer primary key,
  id text not null unique,
  hostname text not null,
  machine_id text,
  addresses text not null,
  operating_system text,
  labels text not null,
  first_seen_ms integer not null,
  retired_at_ms integer,
  up integer not null default 0,
  down integer not null default 0,
  folded text not null
) strict;
create index hosts_by_hostname on hosts (hostname, number);
create index hosts_by_first_seen on hosts (first_seen_ms, number);
create index hosts_by_up on hosts (up, number);
create index hosts_by_machine on hosts (machine_id) where machine_id is not null;
create index hosts_retired on hosts (number) where retired_at_ms is not null;

create table sources (
  number integer primary key,
  id text not null unique,
  host integer not null references hosts (number),
  kind text not null,
  version text not null,
  view text not null,
  vantage text not null,
  run_id text not null,
  former_run_ids text not null,
  sequence integer not null,
  last_batch_id text not null,
  last_batch_hash text not null,
  last_answer text not null,
  revision integer not null,
  coverage text not null,
  covered text not null,
  first_look_ms integer not null,
  last_look_ms integer not null,
  interval_ms integer,
  clock_skew_ms integer not null,
  limits text not null,
  ignore_rules text not null,
  unique (host, view, vantage)
) strict;

create table beliefs (
  number integer primary key,
  host integer not null references hosts (number),
  view text not null,
  key text not null,
  transport text not null,
  address text not null,
  address_order blob not null,
  port integer not null,
  interface text,
  network_namespace text,
  scope text not null,
  state text not null,
  process text not null,
  user_name text not null,
  unit text not null,
  high_risk text,
  sockets integer not null,
  first_seen_ms integer not null,
  since_ms integer not null,
  last_seen_ms integer not null,
  turned_ms integer not null,
  last_change_ms integer not null,
  last_change_kind text,
  misses integer not null,
  missing_since_ms integer,
  sightings integer not null,
  pending integer not null,
  unique (host, view, key)
) strict;
-- Few, wide and only of what is up: every index costs a page of its own per change. Sorts by a trailing column walk the
-- index, not the rows. What is down is short enough to be sorted by hand.
create index beliefs_by_port on beliefs (port, scope, transport) where state = 'up';
create index beliefs_by_address on beliefs (address_order, port) where state = 'up';
create index beliefs_by_host on beliefs (host, port, view) where state = 'up';
create index beliefs_by_process on beliefs (process, port, user_name, unit) where state = 'up';
create index beliefs_by_since on beliefs (since_ms) where state = 'up';
create index beliefs_by_last_change on beliefs (last_change_ms) where state = 'up';
create index beliefs_high_risk on beliefs (port) where state = 'up' and high_risk is not null;
create index beliefs_down on beliefs (since_ms) where state = 'down';
create index beliefs_pending on beliefs (host, view) where pending = 1;

-- Settled endpoints by what a filter asks for most, kept in step by the writer.
create table tallies (
  host integer not null references hosts (number),
  state text not null,
  transport text not null,
  scope text not null,
  ports integer not null,
  primary key (host, state, transport, scope)
) strict, without rowid;

-- What is up, by the process that the lists show. Port numbers are too many to be counted as they come.
create table process_tallies (process text primary key, ports integer not null) strict, without rowid;

create table details (
  belief integer primary key,
  owners text not null,
  processes text not null,
  owner_unknown text,
  evidence text not null
) strict;

create table search (belief integer primary key, folded text not null) strict;

create table intervals (
  number integer primary key,
  belief integer not null,
  from_ms integer not null,
  to_ms integer not null,
  state text not null,
  process text not null,
  owners text not null
) strict;
create index intervals_by_belief on intervals (belief, from_ms);
create index intervals_by_end on intervals (to_ms);

-- Ids are unique by the way they are made; nobody asks for an event by its id.
create table events (
  number integer primary key,
  id text not null,
  kind text not null,
  at_ms integer not null,
  observed_at_ms integer not null,
  host integer not null,
  belief integer,
  view text not null,
  transport text not null,
  address text not null,
  port integer not null,
  interface text,
  network_namespace text,
  owners_before text not null,
  owners_after text not null,
  reason text not null,
  action text not null,
  rule_id text,
  high_risk text,
  folded text not null
) strict;
create index events_by_time on events (at_ms, kind, port);
create index events_by_host on events (host, at_ms, belief);
create index events_high_risk on events (at_ms) where high_risk is not null;

create table users (
  id text primary key,
  name text not null,
  name_folded text not null unique,
  role text not null,
  password_hash text not null,
  created_at_ms integer not null,
  disabled_at_ms integer
) strict;

create table sessions (
  id text primary key,
  secret_hash text not null unique,
  user_id text not null references users (id) on delete cascade,
  created_at_ms integer not null,
  last_used_at_ms integer not null,
  expires_at_ms integer not null
) strict;
create index sessions_by_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at_ms);

create table tokens (
  id text primary key,
  secret_hash text not null unique,
  name text not null,
  scope text not null,
  host_id text,
  created_by text not null,
  created_at_ms integer not null,
  expires_at_ms integer,
  last_used_at_ms integer,
  revoked_at_ms integer
) strict;
create index tokens_by_name on tokens (name, id);
create index tokens_by_host on tokens (host_id) where host_id is not null;

create table audit (
  sequence integer primary key,
  at_ms integer not null,
  actor text not null,
  action text not null,
  target text,
  outcome text not null,
  details text not null,
  hash text not null
) strict;
create index audit_by_time on audit (at_ms);
create trigger audit_no_update before update on audit
begin select raise(abort, 'the audit log is append only'); end;
-- Retention moves the anchor first; only what lies behind it may go.
create trigger audit_no_delete before delete on audit
when old.sequence > coalesce((select cast(value as integer) from meta where key = 'audit-anchor-sequence'), 0)
begin select raise(abort, 'the audit log is append only'); end;
`;

/** Scans, and by which address a host is known: what is seen from outside has no other name for it. */
const scans = `
create table host_addresses (
  address text not null,
  host integer not null references hosts (number),
  primary key (address, host)
) strict, without rowid;
create index host_addresses_by_host on host_addresses (host);
insert into host_addresses (address, host)
  select distinct value, number from hosts, json_each(hosts.addresses);

create index beliefs_outside on beliefs (address) where view = 'outside' and state = 'up';

create table scan_plans (
  id text primary key,
  name text not null unique,
  body text not null,
  created_at_ms integer not null,
  changed_at_ms integer not null,
  next_run_ms integer
) strict;

create table scan_runs (
  number integer primary key,
  id text not null unique,
  plan_id text not null,
  state text not null,
  asked_by text not null,
  created_at_ms integer not null,
  started_at_ms integer,
  ended_at_ms integer,
  node text,
  heard_at_ms integer,
  body text not null
) strict;
create index scan_runs_by_plan on scan_runs (plan_id, number);
create index scan_runs_under_way on scan_runs (number) where state in ('waiting', 'running');
create index scan_runs_by_creation on scan_runs (created_at_ms);

create table scan_samples (
  run integer not null references scan_runs (number) on delete cascade,
  elapsed_ms integer not null,
  body text not null,
  primary key (run, elapsed_ms)
) strict, without rowid;

create table scan_lanes (
  run integer not null references scan_runs (number) on delete cascade,
  address text not null,
  open integer not null,
  body text not null,
  primary key (run, address)
) strict, without rowid;
`;

/**
 * The last 20,000 search texts that changed or went, for readers that keep the texts in memory. New ports are not in it:
 * their numbers say it, and writing them must not cost more. The changes' own numbers have no gap, and the last is never
 * taken away: so a reader sees when it missed some.
 */
const searchChanges = `
create table search_changes (number integer primary key, belief integer not null) strict;
create trigger search_changed after update of folded on search when old.folded <> new.folded
begin insert into search_changes (belief) values (old.belief); end;
create trigger search_gone after delete on search
begin insert into search_changes (belief) values (old.belief); end;
create trigger search_changes_kept after insert on search_changes
begin delete from search_changes where number = new.number - 20000; end;
`;

/**
 * How many connections there are, over time. A block holds many slices of one series, a host's (its number) or the
 * fleet's (0); a head holds what still grows. The last sample is kept whole, apart from what every list reads.
 */
const connections = `
create table connection_blocks (
  number integer primary key,
  series integer not null,
  step_ms integer not null,
  start_ms integer not null,
  body blob not null,
  unique (series, step_ms, start_ms)
) strict;
create index connection_blocks_by_age on connection_blocks (step_ms, start_ms);

create table connection_heads (
  host integer primary key references hosts (number),
  at_ms integer not null,
  clock_shift_ms integer not null,
  counts text not null,
  counters text not null,
  open blob not null
) strict;

create table connection_latest (
  host integer primary key references hosts (number),
  body blob not null
) strict;
`;

/**
 * What is wrong with a host's connections: what the judgement remembers, what it found last, and the events of it. An
 * event about connections has no endpoint: its port is the verdict's, or -1.
 */
const verdicts = `
create table connection_memories (
  host integer primary key references hosts (number),
  body blob not null
) strict;

create table connection_findings (
  host integer primary key references hosts (number),
  firing text not null,
  odd text not null
) strict;

alter table events add column trouble text;
`;

/** What operators had blocked, and what became of it. */
const blocks = `
create table block_deeds (
  number integer primary key,
  id text not null unique,
  host integer not null references hosts (number),
  state text not null,
  created_at_ms integer not null,
  body text not null
) strict;
create index block_deeds_by_host on block_deeds (host, number);
create index block_deeds_open on block_deeds (number) where state in ('waiting', 'probation');
create index block_deeds_by_creation on block_deeds (created_at_ms);
`;

export const migrations: readonly Migration[] = [
  { version: 1, statements: first },
  { version: 2, statements: scans },
  { version: 3, statements: searchChanges },
  { version: 4, statements: connections },
  { version: 5, statements: verdicts },
  { version: 6, statements: blocks },
];

export const schemaVersion = migrations.at(-1)?.version ?? 0;
