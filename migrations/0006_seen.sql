-- When something last came from an account (UTC milliseconds), or when the bot first knew it: whoever has been silent for
-- long may not be reached any more.
CREATE TABLE seen (
    account TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);
