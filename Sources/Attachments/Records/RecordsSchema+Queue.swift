extension RecordsSchema {
    // The token of a job, so that tokens take turns without a look at their attachments; the totals, so that a claim and
    // the metrics know how many wait without counting them.
    static let fairQueue = """
        ALTER TABLE jobs ADD COLUMN token_id INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN ended INTEGER;
        UPDATE jobs SET token_id = coalesce((SELECT a.token_id FROM attachments a WHERE a.id = attachment_id), 0);
        UPDATE jobs SET ended = created WHERE state = 'dead';
        DROP INDEX jobs_to_run;
        CREATE INDEX jobs_in_turn ON jobs (state, priority, token_id, not_before, id);
        CREATE INDEX jobs_by_time ON jobs (state, not_before);
        CREATE INDEX jobs_by_age ON jobs (state, created);

        CREATE TABLE job_turns (
            priority INTEGER PRIMARY KEY,
            token_id INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE job_pause (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            until INTEGER NOT NULL,
            reason_code TEXT NOT NULL,
            reason_message TEXT NOT NULL
        ) STRICT;

        CREATE TABLE job_totals (
            token_id INTEGER NOT NULL,
            state TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (token_id, state)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO job_totals (token_id, state, number)
            SELECT token_id, state, count(*) FROM jobs GROUP BY token_id, state;
        CREATE TRIGGER jobs_counted_in AFTER INSERT ON jobs BEGIN
            INSERT INTO job_totals (token_id, state, number) VALUES (NEW.token_id, NEW.state, 1)
                ON CONFLICT (token_id, state) DO UPDATE SET number = number + 1;
        END;
        CREATE TRIGGER jobs_counted_out AFTER DELETE ON jobs BEGIN
            UPDATE job_totals SET number = number - 1 WHERE token_id = OLD.token_id AND state = OLD.state;
        END;
        CREATE TRIGGER jobs_counted_over AFTER UPDATE OF state, token_id ON jobs BEGIN
            UPDATE job_totals SET number = number - 1 WHERE token_id = OLD.token_id AND state = OLD.state;
            INSERT INTO job_totals (token_id, state, number) VALUES (NEW.token_id, NEW.state, 1)
                ON CONFLICT (token_id, state) DO UPDATE SET number = number + 1;
        END;
        """
}
