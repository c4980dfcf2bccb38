-- One set of tables for SQLite and PostgreSQL: only BIGINT (UTC milliseconds, numbers) and TEXT.
-- A yes-or-no is a nullable "when" column.

-- Settings that belong to this database: its own id, the desk's own marks.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- The last id given out in each table. Never MAX(id) + 1: an id that was used must not come back,
-- because the homeserver knows outbox ids as transaction ids.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
INSERT INTO counters (name, last) VALUES ('inbox', 0), ('gaps', 0), ('outbox', 0), ('journal', 0);

-- How far each account has read the homeserver's stream.
CREATE TABLE cursors (
    account TEXT NOT NULL PRIMARY KEY,
    since TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Everything that was said, before anybody has acted on it. (room, event) makes it count once.
CREATE TABLE inbox (
    id BIGINT NOT NULL PRIMARY KEY,
    room TEXT NOT NULL,
    event TEXT NOT NULL,
    sender TEXT NOT NULL,
    said_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    did TEXT NOT NULL,   -- the tag of the body, to be searched by
    target TEXT,         -- the event that is edited, reacted to or deleted
    body TEXT NOT NULL,  -- JSON of domain::inbound::Said
    done_at BIGINT,
    UNIQUE (room, event)
);
CREATE INDEX inbox_pending ON inbox (id) WHERE done_at IS NULL;
CREATE INDEX inbox_unreadable ON inbox (id) WHERE did = 'unreadable';
CREATE INDEX inbox_target ON inbox (target, room);

-- Holes in a room's timeline that are still to be read.
CREATE TABLE gaps (
    id BIGINT NOT NULL PRIMARY KEY,
    room TEXT NOT NULL,
    prev_batch TEXT NOT NULL,
    since TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    filled_at BIGINT,
    UNIQUE (room, prev_batch)
);
CREATE INDEX gaps_open ON gaps (id) WHERE filled_at IS NULL;

-- What is to be said, and what became of it.
CREATE TABLE outbox (
    id BIGINT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    team TEXT NOT NULL,
    place TEXT NOT NULL,     -- JSON of domain::outgoing::Place
    priority BIGINT NOT NULL,
    slot TEXT,
    thread TEXT,
    opens TEXT,              -- the thread that this row opens
    body TEXT NOT NULL,      -- JSON of domain::outgoing::Outgoing
    room TEXT,
    event TEXT,
    sent_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    retry_at BIGINT,
    refused_at BIGINT,
    refused_why TEXT,
    refused_seen_at BIGINT,
    superseded_at BIGINT
);
CREATE INDEX outbox_unsent ON outbox (priority, id)
    WHERE sent_at IS NULL AND refused_at IS NULL AND superseded_at IS NULL;
CREATE INDEX outbox_refused ON outbox (id) WHERE refused_at IS NOT NULL AND refused_seen_at IS NULL;
CREATE INDEX outbox_event ON outbox (event);
CREATE INDEX outbox_opens ON outbox (opens, id);
CREATE INDEX outbox_slot ON outbox (slot, place);

-- Shifts and teams. The body is JSON; the other columns are there to be searched by.
CREATE TABLE aggregates (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    team TEXT NOT NULL,
    owner TEXT,
    version BIGINT NOT NULL,
    next_due BIGINT,
    closed_at BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX aggregates_team ON aggregates (kind, team, closed_at);
CREATE INDEX aggregates_owner ON aggregates (kind, owner, closed_at);
CREATE INDEX aggregates_due ON aggregates (next_due) WHERE closed_at IS NULL;

-- What was decided and on what, for the auditor. Only ever added to.
CREATE TABLE journal (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    team TEXT NOT NULL,
    kind TEXT NOT NULL,
    aggregate TEXT NOT NULL,
    input TEXT NOT NULL,
    decision TEXT NOT NULL
);
CREATE INDEX journal_aggregate ON journal (kind, aggregate, id);

-- Policy texts by hash: a shift keeps the one that it began under.
CREATE TABLE policies (
    hash TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
);

-- The room of the direct chat with each Matrix account.
CREATE TABLE directs (
    person TEXT NOT NULL PRIMARY KEY,
    room TEXT NOT NULL
);
