-- When the desk told people about a page that does not go out, and about messages that are given up because they cannot
-- be fetched: once.
ALTER TABLE outbox ADD COLUMN stuck_seen_at BIGINT;
ALTER TABLE gaps ADD COLUMN given_up_at BIGINT;
ALTER TABLE gaps ADD COLUMN told_at BIGINT;
