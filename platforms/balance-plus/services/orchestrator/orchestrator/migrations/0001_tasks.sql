create table tasks (
    id uuid primary key,
    text text not null,
    sentences smallint not null check (sentences between 1 and 20),
    summary text,
    error text,
    created_at timestamptz not null default now(),
    -- Null until the broker has taken the task: what a crash or a broken broker left behind is sent later.
    sent_at timestamptz,
    finished_at timestamptz,
    check (finished_at is null or summary is not null or error is not null)
);

create index tasks_unsent on tasks (created_at) where sent_at is null and finished_at is null;
