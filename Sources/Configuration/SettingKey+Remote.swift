import S3Protocol

extension SettingKey {
    /// The settings of a remote S3 that buckets may be in.
    static let remote: [SettingKey] =
        [
            SettingKey(
                "remote.mode",
                .text,
                environment: "LARDER_REMOTE_MODE",
                standard: .string("local"),
                "where buckets are that remote.buckets does not name: local; proxy, the remote; cache, it and copies; mirror, both"
            ),
            SettingKey(
                "remote.endpoint",
                .text,
                environment: "LARDER_REMOTE_ENDPOINT",
                "URL of the remote S3, scheme://host[:port]; AWS in remote.region when not given"
            ),
            SettingKey(
                "remote.region",
                .text,
                environment: "LARDER_REMOTE_REGION",
                standard: .string("us-east-1"),
                "region that requests to the remote are signed for"
            ),
            SettingKey(
                "remote.access_key",
                .text,
                environment: "LARDER_REMOTE_ACCESS_KEY",
                "access key id at the remote; when not given, the places that AWS's tools look at"
            ),
            SettingKey(
                "remote.secret_key",
                .text,
                environment: "LARDER_REMOTE_SECRET_KEY",
                isSecret: true,
                "secret key at the remote"
            ),
            SettingKey(
                "remote.profile",
                .text,
                environment: "LARDER_REMOTE_PROFILE",
                "profile in the shared files of AWS's tools that has the keys"
            ),
            SettingKey(
                "remote.addressing",
                .text,
                environment: "LARDER_REMOTE_ADDRESSING",
                standard: .string("auto"),
                "path, virtual (the bucket in the host's name), or auto: virtual for AWS, else path"
            ),
            SettingKey(
                "remote.buckets",
                .objects,
                standard: .array([]),
                "buckets of their own: {\"bucket\": \"b\", \"mode\": \"proxy\", \"name\": \"there\", \"prefix\": \"in/\"}"
            ),
        ] + remoteCache + remoteTransport

    private static let remoteCache: [SettingKey] = [
        SettingKey(
            "remote.cache_bytes",
            .integer,
            environment: "LARDER_REMOTE_CACHE_BYTES",
            standard: .number("10737418240"),
            "bytes of remote objects that the mode cache keeps on disk"
        ),
        SettingKey(
            "remote.cache_objects",
            .integer,
            environment: "LARDER_REMOTE_CACHE_OBJECTS",
            standard: .number("100000"),
            "how many remote objects it keeps, whole or in part; each takes about 500 bytes of memory"
        ),
        SettingKey(
            "remote.cache_object_bytes",
            .integer,
            environment: "LARDER_REMOTE_CACHE_OBJECT_BYTES",
            standard: .number("0"),
            "bytes of the largest object that it keeps; 0 for a quarter of remote.cache_bytes"
        ),
        SettingKey(
            "remote.cache_fresh_seconds",
            .integer,
            environment: "LARDER_REMOTE_CACHE_FRESH_SECONDS",
            standard: .number("60"),
            "seconds that a copy is used before the remote is asked whether it is still the object"
        ),
        SettingKey(
            "remote.cache_absent_seconds",
            .integer,
            environment: "LARDER_REMOTE_CACHE_ABSENT_SECONDS",
            standard: .number("5"),
            "seconds that it is believed that there is no such object; 0 for never"
        ),
        SettingKey(
            "remote.cache_listing_seconds",
            .integer,
            environment: "LARDER_REMOTE_CACHE_LISTING_SECONDS",
            standard: .number("0"),
            "seconds that a listing is used again; 0 for never"
        ),
    ]

    private static let remoteTransport: [SettingKey] = [
        SettingKey(
            "remote.ca_file",
            .text,
            environment: "LARDER_REMOTE_CA_FILE",
            "PEM file of the authorities that the remote's certificate is checked against; the system's when not given"
        ),
        SettingKey(
            "remote.tls_verification",
            .text,
            environment: "LARDER_REMOTE_TLS_VERIFICATION",
            standard: .string("required"),
            "required, or none: everybody's certificate is believed, for a test bench"
        ),
        SettingKey(
            "remote.http_version",
            .text,
            environment: "LARDER_REMOTE_HTTP_VERSION",
            standard: .string("2"),
            "2 where the remote offers it over TLS, or 1.1"
        ),
        SettingKey(
            "remote.http_proxy",
            .text,
            environment: "LARDER_REMOTE_HTTP_PROXY",
            "URL of an HTTP proxy on the way to the remote; http_proxy and the like are not looked at"
        ),
        SettingKey(
            "remote.connect_seconds",
            .integer,
            environment: "LARDER_REMOTE_CONNECT_SECONDS",
            standard: .number("10"),
            "seconds until a connection to the remote must be there"
        ),
        SettingKey(
            "remote.first_byte_seconds",
            .integer,
            environment: "LARDER_REMOTE_FIRST_BYTE_SECONDS",
            standard: .number("60"),
            "seconds from the end of a request until the remote must have answered"
        ),
        SettingKey(
            "remote.stall_seconds",
            .integer,
            environment: "LARDER_REMOTE_STALL_SECONDS",
            standard: .number("30"),
            "seconds in which some byte of a body must move"
        ),
        SettingKey(
            "remote.transfers",
            .integer,
            environment: "LARDER_REMOTE_TRANSFERS",
            standard: .number("256"),
            "requests to the remote at a time"
        ),
        SettingKey(
            "remote.waiting_transfers",
            .integer,
            environment: "LARDER_REMOTE_WAITING_TRANSFERS",
            standard: .number("1024"),
            "requests that wait for their turn, remote.connect_seconds at most; the next ones get 503"
        ),
        SettingKey(
            "remote.multipart_bytes",
            .integer,
            environment: "LARDER_REMOTE_MULTIPART_BYTES",
            standard: .number("67108864"),
            "what is whole here first (forms, bodies of unknown length) goes on in parts of this length where it is longer"
        ),
        SettingKey(
            "remote.multipart_transfers",
            .integer,
            environment: "LARDER_REMOTE_MULTIPART_TRANSFERS",
            standard: .number("4"),
            "how many parts of one object are sent to the remote at a time"
        ),
        SettingKey(
            "remote.completion_seconds",
            .integer,
            environment: "LARDER_REMOTE_COMPLETION_SECONDS",
            standard: .number("600"),
            "seconds that the remote may take to put parts together"
        ),
        SettingKey(
            "remote.attempts",
            .integer,
            environment: "LARDER_REMOTE_ATTEMPTS",
            standard: .number("3"),
            "how often a request is sent that may be sent again"
        ),
        SettingKey(
            "remote.breaker_failures",
            .integer,
            environment: "LARDER_REMOTE_BREAKER_FAILURES",
            standard: .number("10"),
            "failures in a row after which the remote is left alone for a while, and clients get 503 at once"
        ),
        SettingKey(
            "remote.breaker_seconds",
            .integer,
            environment: "LARDER_REMOTE_BREAKER_SECONDS",
            standard: .number("2"),
            "seconds of the first such while; each further one is twice as long, up to 30"
        ),
    ]
}
