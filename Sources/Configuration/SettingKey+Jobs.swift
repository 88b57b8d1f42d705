import S3Protocol

extension SettingKey {
    /// What is done beside requests.
    static let jobs: [SettingKey] = [
        SettingKey(
            "jobs.max_queued",
            .integer,
            standard: .number("100000"),
            "attachments of one token that may wait for their styles; the next claim gets 503"
        ),
        SettingKey(
            "jobs.max_attempts",
            .integer,
            standard: .number("10"),
            "tries of the styles of an attachment before it is failed and its job dead"
        ),
        SettingKey(
            "jobs.retry_seconds",
            .integer,
            standard: .number("2"),
            "seconds before the second try; each further one waits twice as long, spread by a quarter"
        ),
        SettingKey(
            "jobs.longest_retry_seconds",
            .integer,
            standard: .number("600"),
            "the longest wait before a further try, in seconds"
        ),
    ]
}
