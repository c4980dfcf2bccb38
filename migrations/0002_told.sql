-- When the desk told people about a page that does not go out, and about messages that have
-- been asked for in vain for long: once.
ALTER TABLE outbox ADD COLUMN stuck_seen_at BIGINT;
ALTER TABLE gaps ADD COLUMN in_vain_at BIGINT;
ALTER TABLE gaps ADD COLUMN told_at BIGINT;
