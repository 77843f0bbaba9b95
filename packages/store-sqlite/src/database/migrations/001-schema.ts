/**
 * The tables of docs/store-port.md. A delivery is unfinished or in a final state; being leased is not a state but having a lease.
 * Three columns say where an unfinished delivery waits, and are null otherwise, so that the index over each is partial and
 * covering at once: `rank` while it is pending outside any order (0 ping, 1 first attempt, 2 retry), `order_key` while it has
 * its place in an order, `lease_token` and its companions while it is leased. `held_from` is `leased_until - 2 * lease_ms`: a
 * lease holds while `held_from <= now < leased_until`, so that a clock set back makes it void. A token begins with the `seq` of
 * its delivery, and so needs no index. `leased_lane` is null for a ping, which does not count against the health of its queue.
 * An event is idle when it has no deliveries, which is for good: a copy needs one to be made from.
 */
export const schemaOne = `
create table subscriptions (
  seq integer primary key,
  id text not null unique,
  version integer not null,
  subject_type text not null,
  subject_id text not null,
  limit_group text not null,
  lane text not null,
  events text not null,
  is_active integer not null,
  disabled text,
  is_ordered integer not null,
  settings text not null,
  last_order_key text not null default '',
  created_at integer not null,
  updated_at integer not null
) strict;
create index subscriptions_of_subject on subscriptions (subject_type, subject_id, limit_group);
create index subscriptions_of_lane on subscriptions (lane);
create index subscriptions_disabled on subscriptions (id) where disabled is not null;

create table events (
  seq integer primary key,
  id text not null unique,
  key text not null,
  depth integer not null,
  subject_ids text not null,
  receipt text not null,
  created_at integer not null,
  is_idle integer not null
) strict;
create index events_idle on events (created_at) where is_idle = 1;

create table bodies (
  event_seq integer not null,
  dialect text not null,
  variant text not null,
  part integer not null,
  created_at integer not null,
  byte_count integer not null,
  bytes blob not null,
  unique (event_seq, dialect, variant, part)
) strict;
create index bodies_by_age on bodies (created_at, byte_count);

create table deliveries (
  seq integer primary key,
  id text not null unique,
  event_seq integer not null,
  subscription_id text not null,
  dialect text not null,
  variant text not null,
  part integer not null,
  part_count integer not null,
  is_ping integer not null,
  redelivery_of text,
  state text not null default 'unfinished',
  reason text,
  rank integer,
  order_key text,
  attempt_count integer not null default 0,
  counted_attempt_count integer not null default 0,
  created_at integer not null,
  due_at integer not null,
  finished_at integer,
  lease_token text,
  lease_owner text,
  lease_ms integer,
  leased_until integer,
  held_from integer,
  leased_lane text
) strict;
create index deliveries_queue on deliveries (subscription_id, rank, due_at) where rank is not null;
create index deliveries_ordered on deliveries (subscription_id, order_key, seq) where order_key is not null;
create index deliveries_lease_end on deliveries (leased_until) where leased_until is not null;
create index deliveries_lease_start on deliveries (held_from) where held_from is not null;
create index deliveries_leased_of_lane on deliveries (leased_lane, subscription_id) where leased_lane is not null;
create index deliveries_of_subscription on deliveries (subscription_id, state, created_at);
create index deliveries_by_state on deliveries (state, created_at);
create index deliveries_of_event on deliveries (event_seq);
create index deliveries_copied on deliveries (redelivery_of) where redelivery_of is not null;
create index deliveries_finished on deliveries (finished_at) where finished_at is not null;

create table attempts (
  delivery_seq integer not null,
  number integer not null,
  is_counted integer not null,
  ended_at integer not null,
  record text not null,
  primary key (delivery_seq, number)
) strict, without rowid;

create table health (
  scope text primary key,
  version integer not null,
  parked_until integer,
  max_leased_count integer,
  state text not null
) strict, without rowid;
`
