import S3Protocol

extension SettingKey {
    /// Settings of styles that are made on the fly.
    static let onTheFly: [SettingKey] = [
        SettingKey(
            "on_the_fly.buckets",
            .list,
            environment: "LARDER_ON_THE_FLY_BUCKETS",
            "buckets whose pictures /-/styles/ makes styles of; attachments.buckets when not given, [] for none"
        ),
        SettingKey(
            "on_the_fly.key",
            .text,
            environment: "LARDER_ON_THE_FLY_KEY",
            isSecret: true,
            "hexadecimal key that addresses are signed with, as IMGPROXY_KEY; several with commas, the first one signs; made at the first start when not given"
        ),
        SettingKey(
            "on_the_fly.salt",
            .text,
            environment: "LARDER_ON_THE_FLY_SALT",
            isSecret: true,
            "hexadecimal salt, as IMGPROXY_SALT; as many as there are keys"
        ),
        SettingKey(
            "on_the_fly.signature_size",
            .integer,
            standard: .number("32"),
            "bytes that signatures are cut to, 8 to 32"
        ),
        SettingKey(
            "on_the_fly.unsigned",
            .boolean,
            environment: "LARDER_ON_THE_FLY_UNSIGNED",
            standard: .bool(false),
            "take 'unsafe' or 'insecure' for any signature: everybody may then have every picture of these buckets in any size"
        ),
        SettingKey(
            "on_the_fly.presets_only",
            .boolean,
            environment: "LARDER_ON_THE_FLY_PRESETS_ONLY",
            standard: .bool(false),
            "take named styles only, no other option that touches pixels"
        ),
        SettingKey(
            "on_the_fly.accept_formats",
            .list,
            environment: "LARDER_ON_THE_FLY_ACCEPT_FORMATS",
            standard: .array([]),
            "formats (avif, webp) that are chosen by Accept where an address names none, the best first"
        ),
        SettingKey(
            "on_the_fly.max_age",
            .integer,
            standard: .number("86400"),
            "seconds that caches may keep a result without asking again"
        ),
        SettingKey(
            "on_the_fly.cache_bytes",
            .integer,
            environment: "LARDER_ON_THE_FLY_CACHE_BYTES",
            standard: .number("1073741824"),
            "bytes of results that are kept on disk, the latest used; 0 for none"
        ),
        SettingKey(
            "on_the_fly.queue",
            .integer,
            standard: .number("64"),
            "results that may be made or waited for at a time; the next one gets 503"
        ),
        SettingKey(
            "on_the_fly.failure_seconds",
            .integer,
            standard: .number("600"),
            "seconds for which a picture that cannot be rendered is not tried again; 0 tries each time"
        ),
        SettingKey("on_the_fly.cpu_seconds", .integer, standard: .number("5"), "CPU seconds of one result"),
        SettingKey(
            "on_the_fly.wall_seconds",
            .integer,
            standard: .number("10"),
            "seconds after which the rendering of one result is killed"
        ),
    ]
}
