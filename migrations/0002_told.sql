-- When the desk told people about a page that does not go out, and about messages that cannot be fetched: once.
ALTER TABLE outbox ADD COLUMN stuck_seen_at BIGINT;
ALTER TABLE gaps ADD COLUMN told_at BIGINT;
