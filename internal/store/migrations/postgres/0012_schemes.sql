-- Roles of schemes.

ALTER TABLE roles ADD CONSTRAINT roles_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES schemes (id);
CREATE INDEX roles_scheme_id ON roles (scheme_id);

CREATE INDEX schemes_scope ON schemes (scope, create_at, id);
