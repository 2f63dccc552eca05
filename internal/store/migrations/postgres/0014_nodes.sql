-- The nodes that run, and which of them holds the sockets of somebody: what a node that died
-- cannot take back, the others do.

CREATE TABLE nodes (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

ALTER TABLE statuses ADD COLUMN node_id TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The channel somebody looks at.
ALTER TABLE statuses ADD COLUMN active_channel TEXT COLLATE "C" NOT NULL DEFAULT '';
