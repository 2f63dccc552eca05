-- The nodes that run, and which of them holds the sockets of somebody: what a node that died
-- cannot take back, the others do.

CREATE TABLE nodes (
    id      TEXT NOT NULL PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT;

ALTER TABLE statuses ADD COLUMN node_id TEXT NOT NULL DEFAULT '';

-- The channel somebody looks at.
ALTER TABLE statuses ADD COLUMN active_channel TEXT NOT NULL DEFAULT '';
