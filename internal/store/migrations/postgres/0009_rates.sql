-- How often something happened that must not happen too often, such as failed sign-ins from an address or mails to an account.
-- The key is the SHA-256 of what is counted; everything counted under it is forgotten at free_at.

DROP TABLE mail_counts;
CREATE TABLE rates (
    key_hash BYTEA NOT NULL PRIMARY KEY,
    free_at  BIGINT NOT NULL
);
CREATE INDEX rates_free_at ON rates (free_at);
