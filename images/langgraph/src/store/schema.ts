/**
 * Migrations of our own tables, in order; a new one is added at the end and only adds, since replicas of the version before
 * run on while a new one is rolled out. All times are the database's: replicas' clocks are never compared.
 */
export const migrations: readonly string[] = [
  `
create table workflows (
  id text primary key,
  status text not null default 'pending' check (status in ('pending', 'running', 'waiting_for_callback',
    'waiting_for_approval', 'completed', 'rejected', 'failed', 'cancelled', 'timed_out')),
  step text,
  topic text not null,
  instructions text,
  session_id text,
  remote_steps text[] not null default '{}',
  idempotency_key text unique,
  input_digest text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  ended_at timestamptz(3),
  due_at timestamptz default now(),
  owner text,
  fence bigint not null default 0,
  crashes int not null default 0,
  failures int not null default 0,
  events int not null default 0,
  approve_by timestamptz(3),
  decision text check (decision in ('approved', 'rejected')),
  decision_reason text,
  decided_by text,
  decided_at timestamptz(3),
  error_code text,
  error_message text
);
comment on column workflows.due_at is 'when a replica may claim it: pending, its next attempt; running, the end of its lease';
comment on column workflows.fence is 'grows with each claim; writes with an older one are refused';
comment on column workflows.crashes is 'leases that ran out since the last finished step';
comment on column workflows.failures is 'attempts that failed since the last finished step';
comment on column workflows.events is 'number of the last event in the outbox';
create index workflows_due on workflows (due_at) where status in ('pending', 'running');
create index workflows_created on workflows (created_at desc, id desc);
create index workflows_status_created on workflows (status, created_at desc, id desc);
create index workflows_approve_by on workflows (approve_by) where status = 'waiting_for_approval';
create index workflows_ended on workflows (ended_at) where ended_at is not null;

create table steps (
  workflow_id text not null references workflows on delete cascade,
  step text not null,
  status text not null check (status in ('running', 'waiting', 'completed', 'failed')),
  remote boolean not null,
  started_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  attempts int not null default 0,
  bad_answers int not null default 0,
  text text,
  recorded_at timestamptz(3),
  model text,
  input_tokens int,
  output_tokens int,
  artifact_key text,
  artifact_bytes int,
  artifact_sha256 text,
  callback_digest text,
  callback_by timestamptz(3),
  primary key (workflow_id, step)
);
comment on column steps.text is 'the result; once it is recorded nobody is asked for it again';
create index steps_callback_by on steps (callback_by) where status = 'waiting' and callback_by is not null;

create table outbox (
  workflow_id text not null references workflows on delete cascade,
  sequence int not null,
  type text not null,
  detail jsonb,
  created_at timestamptz(3) not null default now(),
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  published_at timestamptz(3),
  primary key (workflow_id, sequence)
);
comment on column outbox.detail is 'null once it is published, since it may hold a callback token';
create index outbox_unpublished on outbox (workflow_id, sequence) where published_at is null;
create index outbox_due on outbox (due_at) where published_at is null;
`,
];
