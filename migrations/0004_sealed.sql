-- Addresses of visits, encrypted; the key is not in the database. A row is deleted a set number of days after the visit.
CREATE TABLE sealed (
    id BIGINT NOT NULL PRIMARY KEY,
    team TEXT NOT NULL,
    shift TEXT NOT NULL,
    visit BIGINT NOT NULL,
    sealed TEXT NOT NULL,
    delete_after BIGINT NOT NULL
);
CREATE INDEX sealed_due ON sealed (delete_after);
INSERT INTO counters (name, last) VALUES ('sealed', 0);
