-- The configured rooms that the bot has been in, by their address: a start must know them without the homeserver.
CREATE TABLE addresses (
    name TEXT NOT NULL PRIMARY KEY,
    room TEXT NOT NULL
);

-- Every direct chat that there was. A person is heard in hers also when somebody else has come into it.
CREATE TABLE chats (
    room TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL
);
INSERT INTO chats (room, person) SELECT room, MIN(person) FROM directs GROUP BY room;
