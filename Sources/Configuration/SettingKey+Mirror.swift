import S3Protocol

extension SettingKey {
    /// How buckets of the mode `mirror` are mirrored.
    static let mirror: [SettingKey] = [
        SettingKey(
            "mirror.transfers",
            .integer,
            environment: "LARDER_MIRROR_TRANSFERS",
            standard: .number("4"),
            "objects that are mirrored at a time, all buckets together"
        ),
        SettingKey(
            "mirror.multipart_bytes",
            .integer,
            environment: "LARDER_MIRROR_MULTIPART_BYTES",
            standard: .number("67108864"),
            "longer objects are sent in parts, of so many bytes unless they were uploaded in parts, at least 5242880"
        ),
        SettingKey(
            "mirror.bytes_per_second",
            .integer,
            environment: "LARDER_MIRROR_BYTES_PER_SECOND",
            standard: .number("0"),
            "bytes of content that are sent in a second, all transfers together; 0 for no limit"
        ),
        SettingKey(
            "mirror.hours",
            .text,
            environment: "LARDER_MIRROR_HOURS",
            "when objects are mirrored, in local time, such as 22:00-06:00; always when not given"
        ),
        SettingKey(
            "mirror.conflicts",
            .text,
            environment: "LARDER_MIRROR_CONFLICTS",
            standard: .string("keep"),
            "what becomes of a remote object that others changed: keep, or overwrite by the one that is here"
        ),
        SettingKey(
            "mirror.retry_seconds",
            .integer,
            environment: "LARDER_MIRROR_RETRY_SECONDS",
            standard: .number("300"),
            "the longest pause between tries, which go on for ever; the first is a second, each further one twice as long"
        ),
    ]
}
