import S3Protocol

extension SettingKey {
    /// What is told to other programs.
    static let webhooks: [SettingKey] = [
        SettingKey(
            "webhooks.endpoints",
            .objects,
            isSecret: true,
            "who is told of attachments: [{\"url\",\"secret\",\"name\",\"events\",\"old_secret\"}]; nobody when not given"
        ),
        SettingKey(
            "webhooks.timeout_seconds",
            .integer,
            standard: .number("15"),
            "seconds that an endpoint may take for its whole answer"
        ),
        SettingKey(
            "webhooks.concurrency",
            .integer,
            standard: .number("4"),
            "requests that each endpoint gets at once; one while it does not take any"
        ),
        SettingKey(
            "webhooks.max_attempts",
            .integer,
            standard: .number("100"),
            "tries of a delivery before it is dead"
        ),
        SettingKey(
            "webhooks.max_age_seconds",
            .integer,
            standard: .number("259200"),
            "seconds after which a delivery that is not taken is dead"
        ),
        SettingKey(
            "webhooks.retry_seconds",
            .integer,
            standard: .number("5"),
            "seconds before the second try; each further one waits twice as long, spread by a quarter"
        ),
        SettingKey(
            "webhooks.longest_retry_seconds",
            .integer,
            standard: .number("3600"),
            "the longest wait before a further try, in seconds"
        ),
        SettingKey(
            "webhooks.max_queued",
            .integer,
            standard: .number("100000"),
            "deliveries that may wait for one endpoint; further ones are dead at once"
        ),
        SettingKey(
            "webhooks.dead_seconds",
            .integer,
            standard: .number("2592000"),
            "seconds for which dead deliveries are kept"
        ),
        SettingKey(
            "webhooks.tls_authorities",
            .text,
            environment: "LARDER_WEBHOOKS_TLS_AUTHORITIES",
            "PEM file of the authorities that endpoints' certificates are from; those of the system when not given"
        ),
    ]
}
