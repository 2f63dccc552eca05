-- What operations did, for whoever has to account for it. The ids begin with the time, so
-- that the primary key serves exports by time and the removal of what is old. Records
-- outlive the accounts they name, so nothing refers to users; what is personal stands in
-- peer and details, which are emptied when an account goes.
CREATE TABLE audit_records (
    id           TEXT NOT NULL PRIMARY KEY,
    create_at    INTEGER NOT NULL,
    event        TEXT NOT NULL,
    status       TEXT NOT NULL,
    user_id      TEXT NOT NULL, -- who did it
    session_id   TEXT NOT NULL,
    object_type  TEXT NOT NULL,
    object_id    TEXT NOT NULL, -- what it was done to
    api_path     TEXT NOT NULL,
    method       TEXT NOT NULL,
    request_id   TEXT NOT NULL,
    local        INTEGER NOT NULL,
    error_id     TEXT NOT NULL,
    error_status INTEGER NOT NULL,
    peer         TEXT NOT NULL,
    details      TEXT NOT NULL
) STRICT;
CREATE INDEX audit_records_user_id ON audit_records (user_id, id);
CREATE INDEX audit_records_object_id ON audit_records (object_id, id);
CREATE INDEX audit_records_event ON audit_records (event, id);
