-- Who acts, where several instances share the database. `epoch` grows with each change of hands: every commit of an
-- instance checks that it is still its own. `until` is by the database's clock (UTC milliseconds).
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL
);
INSERT INTO lease (name, holder, epoch, until) VALUES ('acting', '', 0, 0);
