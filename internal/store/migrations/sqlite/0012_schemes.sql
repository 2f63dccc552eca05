-- Roles of schemes: the table is made anew because a column cannot be given a reference later.

CREATE TABLE roles_next (
    id             TEXT NOT NULL PRIMARY KEY,
    name           TEXT NOT NULL,
    display_name   TEXT NOT NULL DEFAULT '',
    description    TEXT NOT NULL DEFAULT '',
    create_at      INTEGER NOT NULL,
    update_at      INTEGER NOT NULL,
    delete_at      INTEGER NOT NULL DEFAULT 0,
    permissions    TEXT NOT NULL DEFAULT '', -- ids separated by blanks
    scheme_managed INTEGER NOT NULL DEFAULT 0,
    built_in       INTEGER NOT NULL DEFAULT 0,
    scheme_id      TEXT REFERENCES schemes (id)
) STRICT;
INSERT INTO roles_next SELECT id, name, display_name, description, create_at, update_at, delete_at, permissions, scheme_managed,
    built_in, scheme_id FROM roles;
DROP TABLE roles;
ALTER TABLE roles_next RENAME TO roles;
CREATE UNIQUE INDEX roles_name ON roles (name);
CREATE INDEX roles_scheme_id ON roles (scheme_id);

CREATE INDEX schemes_scope ON schemes (scope, create_at, id);
