-- How many mails with a link went to an account or an address. The key is the SHA-256 of what it is about.

CREATE TABLE mail_counts (
    key_hash BLOB NOT NULL PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    n        INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_counts_begun_at ON mail_counts (begun_at);
