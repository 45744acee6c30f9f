-- name: migrate-0057-up
-- Where a courier's phone was last on an open round, as the dispatcher's board shows it. One row a
-- courier, personal data of staff: it goes when the round is another or the setting's hours are by.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE rounds.last_place (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    round_id uuid NOT NULL,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    accuracy_m double precision CHECK (accuracy_m >= 0),
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, courier_id)
);
CREATE INDEX last_place_seen ON rounds.last_place (seen_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON rounds.last_place TO tannoi_app;
SELECT kit.wall('rounds.last_place');
