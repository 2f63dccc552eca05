-- What operations did, for whoever has to account for it. The ids begin with the time, so
-- that the primary key serves exports by time and the removal of what is old. Records
-- outlive the accounts they name, so nothing refers to users; what is personal stands in
-- peer and details, which are emptied when an account goes.
CREATE TABLE audit_records (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    create_at    BIGINT NOT NULL,
    event        TEXT COLLATE "C" NOT NULL,
    status       TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL, -- who did it
    session_id   TEXT COLLATE "C" NOT NULL,
    object_type  TEXT COLLATE "C" NOT NULL,
    object_id    TEXT COLLATE "C" NOT NULL, -- what it was done to
    api_path     TEXT COLLATE "C" NOT NULL,
    method       TEXT COLLATE "C" NOT NULL,
    request_id   TEXT COLLATE "C" NOT NULL,
    local        BOOLEAN NOT NULL,
    error_id     TEXT COLLATE "C" NOT NULL,
    error_status BIGINT NOT NULL,
    peer         JSONB NOT NULL,
    details      JSONB NOT NULL
);
CREATE INDEX audit_records_user_id ON audit_records (user_id, id);
CREATE INDEX audit_records_object_id ON audit_records (object_id, id);
CREATE INDEX audit_records_event ON audit_records (event, id);
