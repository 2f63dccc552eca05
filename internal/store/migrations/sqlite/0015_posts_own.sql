-- What accounts do to posts for themselves.

-- Who acknowledged posts that asked for it.
CREATE TABLE post_acknowledgements (
    post_id         TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    user_id         TEXT NOT NULL REFERENCES users (id),
    acknowledged_at INTEGER NOT NULL,
    PRIMARY KEY (post_id, user_id)
) STRICT;
CREATE INDEX post_acknowledgements_user_id ON post_acknowledgements (user_id, post_id);

-- Reminders wait as jobs, perhaps for years: those of an account, and the next to be due, are found without the others.
CREATE INDEX jobs_user_id ON jobs (type, (data->>'user_id'));
CREATE INDEX jobs_waiting ON jobs (run_at) WHERE status IN ('pending', 'in_progress') AND lease_until = 0;
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE status IN ('pending', 'in_progress') AND lease_until > 0;
