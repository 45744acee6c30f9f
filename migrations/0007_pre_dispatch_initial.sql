-- name: migrate-0007-up
-- Plans: asked for, solved by the worker, drafted, published.
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA dispatch;
GRANT USAGE ON SCHEMA dispatch TO tannoi_app;

CREATE TABLE dispatch.plan (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    service_on date NOT NULL,
    state text NOT NULL CHECK (state IN (
        'queued', 'solving', 'draft', 'published', 'discarded', 'failed')),
    seed integer NOT NULL,
    budget_s integer NOT NULL CHECK (budget_s BETWEEN 1 AND 600),
    -- No stop of the plan starts before this second of the day; NULL: from the start of the shifts.
    from_s integer,
    -- How often a worker began; the last sign of life of the one at it.
    num_tries smallint NOT NULL DEFAULT 0,
    beat_at timestamptz,
    progress jsonb NOT NULL DEFAULT '{}',
    draft jsonb,
    failure text,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    solved_at timestamptz,
    published_by uuid,
    published_at timestamptz,
    PRIMARY KEY (office_id, id)
);
CREATE INDEX plan_day ON dispatch.plan (office_id, service_on, asked_at);
GRANT SELECT, INSERT, UPDATE ON dispatch.plan TO tannoi_app;
SELECT kit.wall('dispatch.plan');

CREATE SCHEMA notifications;
GRANT USAGE ON SCHEMA notifications TO tannoi_app;

-- A browser that asked to be told about one errand, or a courier's phone to be woken.
CREATE TABLE notifications.subscription (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    errand_id uuid,
    staff_id uuid,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    locale text NOT NULL CHECK (locale IN ('vi', 'en')),
    made_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (office_id, id),
    CHECK ((errand_id IS NULL) <> (staff_id IS NULL))
);
CREATE UNIQUE INDEX subscription_errand ON notifications.subscription
    (office_id, errand_id, endpoint) WHERE errand_id IS NOT NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX subscription_staff ON notifications.subscription
    (office_id, staff_id, endpoint) WHERE staff_id IS NOT NULL AND ended_at IS NULL;

-- Each message once: the key is what is told, to whom, about what.
CREATE TABLE notifications.message (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'gone', 'failed')),
    num_tries integer NOT NULL DEFAULT 0,
    queued_at timestamptz NOT NULL,
    -- Who sends has taken it until a minute after this; nobody else sends meanwhile.
    taken_at timestamptz,
    sent_at timestamptz,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, subscription_id, kind, about)
);
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA notifications TO tannoi_app;
SELECT kit.wall('notifications.subscription');
SELECT kit.wall('notifications.message');
