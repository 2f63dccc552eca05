-- Who is not offline: few of many.

CREATE INDEX statuses_present ON statuses (user_id) WHERE status <> 'offline';
