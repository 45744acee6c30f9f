-- name: migrate-0071-up
-- Somebody has rebuilt, or looked at, what a phone spoke of and can no longer send. What comes
-- after all counts as what it is, and the look stays beside it.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE sync.missing_look (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    from_seq bigint NOT NULL CHECK (from_seq >= 1),
    to_seq bigint NOT NULL,
    by_staff_id uuid NOT NULL,
    at timestamptz NOT NULL,
    note text NOT NULL CHECK (length(note) BETWEEN 3 AND 500),
    CHECK (to_seq >= from_seq),
    PRIMARY KEY (office_id, stream_id, from_seq),
    FOREIGN KEY (office_id, stream_id) REFERENCES sync.stream (office_id, id)
);
GRANT SELECT, INSERT ON sync.missing_look TO tannoi_app;
SELECT kit.wall('sync.missing_look');
SELECT kit.append_only('sync.missing_look');
