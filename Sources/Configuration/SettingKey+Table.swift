import S3Protocol

extension SettingKey {
    /// Every setting, in the order in which `larder config` prints them.
    package static let table: [SettingKey] =
        server + access + limits + attachments + jobs + webhooks + onTheFly + imaging + remote + mirror

    private static let server: [SettingKey] = [
        SettingKey(
            "storage",
            .text,
            environment: "LARDER_STORAGE",
            standard: .string("storage"),
            "storage root directory"
        ),
        SettingKey(
            "listen",
            .text,
            environment: "LARDER_LISTEN",
            standard: .string("127.0.0.1:9000"),
            "HOST:PORT to listen on; port 0 takes a free one"
        ),
        SettingKey(
            "region",
            .text,
            environment: "LARDER_REGION",
            standard: .string("us-east-1"),
            "region that the server answers for"
        ),
        SettingKey(
            "buckets",
            .list,
            environment: "LARDER_BUCKETS",
            standard: .array([.string("uploads")]),
            "buckets made at start"
        ),
        SettingKey(
            "public_url",
            .text,
            environment: "LARDER_PUBLIC_URL",
            "address that clients reach the server by, when it is not the one it listens on"
        ),
        SettingKey(
            "domain",
            .list,
            environment: "LARDER_DOMAIN",
            standard: .array([]),
            "base domains for virtual-host addressing (BUCKET.DOMAIN)"
        ),
        SettingKey(
            "custom_hosts",
            .map,
            environment: "LARDER_CUSTOM_HOSTS",
            standard: .object([]),
            "hosts that stand for one bucket each: {\"uploads.example.com\": \"uploads\"}"
        ),
        SettingKey(
            "cors.allowed_origins",
            .list,
            environment: "LARDER_CORS_ALLOWED_ORIGINS",
            standard: .array([]),
            "origins of pages that may use /api/v4, and the buckets made at start"
        ),
        SettingKey(
            "object_ownership",
            .text,
            environment: "LARDER_OBJECT_OWNERSHIP",
            standard: .string("BucketOwnerEnforced"),
            "of buckets that set none: BucketOwnerEnforced (no ACLs), BucketOwnerPreferred or ObjectWriter"
        ),
        SettingKey(
            "encryption.at_rest",
            .text,
            environment: "LARDER_ENCRYPTION_AT_REST",
            standard: .string("none"),
            "declared: the disk below is encrypted, so AES256 may be asked for and is reported; none: it is refused"
        ),
        SettingKey(
            "tls.certificate",
            .text,
            environment: "LARDER_TLS_CERTIFICATE",
            "PEM file with the certificate chain; with tls.key the server speaks HTTPS"
        ),
        SettingKey("tls.key", .text, environment: "LARDER_TLS_KEY", "PEM file with the private key"),
        SettingKey(
            "durability",
            .text,
            environment: "LARDER_DURABILITY",
            standard: .string("strict"),
            "strict: 200 means on disk; relaxed: a power cut may lose the last seconds"
        ),
        SettingKey(
            "scan.interval_seconds",
            .integer,
            environment: "LARDER_SCAN_INTERVAL_SECONDS",
            standard: .number("3600"),
            "seconds between scans for files that were put, changed or removed by hand; one is made at start; 0 for none"
        ),
        SettingKey(
            "scan.watched_directories",
            .integer,
            environment: "LARDER_SCAN_WATCHED_DIRECTORIES",
            standard: .number("8192"),
            "directories that are watched, so that what is done in them by hand is listed at once; 0 for none"
        ),
        SettingKey(
            "scrub.interval_seconds",
            .integer,
            environment: "LARDER_SCRUB_INTERVAL_SECONDS",
            standard: .number("0"),
            "seconds between scrubs, which read all content and compare checksums; 0 for none"
        ),
        SettingKey(
            "scrub.bytes_per_second",
            .integer,
            environment: "LARDER_SCRUB_BYTES_PER_SECOND",
            standard: .number("16777216"),
            "bytes that a scheduled scrub reads a second at most"
        ),
        SettingKey(
            "lifecycle.day",
            .text,
            environment: "LARDER_LIFECYCLE_DAY",
            standard: .string("24h"),
            "how long a day of lifecycle rules is, such as 10s, 5m or 24h; shorter ones are for tests"
        ),
        SettingKey(
            "multipart.expiry_seconds",
            .integer,
            environment: "LARDER_MULTIPART_EXPIRY_SECONDS",
            standard: .number("604800"),
            "seconds after which an upload in parts that nobody completed is removed; 0 for never"
        ),
        SettingKey("log.format", .text, environment: "LARDER_LOG_FORMAT", standard: .string("text"), "text or json"),
        SettingKey(
            "log.level",
            .text,
            environment: "LARDER_LOG_LEVEL",
            standard: .string("info"),
            "trace, debug, info, notice, warning, error or critical"
        ),
    ]

    private static let access: [SettingKey] = [
        SettingKey(
            "access_key",
            .text,
            environment: "LARDER_ACCESS_KEY",
            "root access key; made at the first start when not given"
        ),
        SettingKey(
            "secret_key",
            .text,
            environment: "LARDER_SECRET_KEY",
            isSecret: true,
            "root secret key, at least 8 characters"
        ),
        SettingKey(
            "api_token",
            .text,
            environment: "LARDER_API_TOKEN",
            isSecret: true,
            "a token of the JSON API that always works"
        ),
        SettingKey(
            "signatures.region",
            .text,
            environment: "LARDER_SIGNATURES_REGION",
            "region that signatures must name; any when not given"
        ),
        SettingKey(
            "signatures.version2",
            .boolean,
            environment: "LARDER_SIGNATURES_VERSION2",
            standard: .bool(true),
            "accept Signature Version 2 in presigned URLs and forms; false refuses it everywhere"
        ),
        SettingKey(
            "signatures.version2_header",
            .boolean,
            environment: "LARDER_SIGNATURES_VERSION2_HEADER",
            standard: .bool(false),
            "accept Signature Version 2 in the Authorization header"
        ),
        SettingKey(
            "trusted_proxies",
            .list,
            environment: "LARDER_TRUSTED_PROXIES",
            standard: .array([]),
            "addresses or ranges (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"
        ),
    ]

    private static let limits: [SettingKey] = [
        SettingKey(
            "limits.connections",
            .integer,
            environment: "LARDER_LIMITS_CONNECTIONS",
            standard: .number("10000"),
            "connections served at once; the next ones get 503"
        ),
        SettingKey(
            "limits.header_bytes",
            .integer,
            standard: .number("32768"),
            "bytes of all headers of a request; more gets 400"
        ),
        SettingKey("limits.header_count", .integer, standard: .number("200"), "headers of a request; more gets 400"),
        SettingKey(
            "limits.idle_seconds",
            .integer,
            standard: .number("75"),
            "seconds that a connection may be without a complete request head"
        ),
        SettingKey(
            "limits.body_window_seconds",
            .integer,
            standard: .number("30"),
            "seconds in each of which an upload must bring body_window_bytes"
        ),
        SettingKey(
            "limits.body_window_bytes",
            .integer,
            standard: .number("4096"),
            "bytes that an upload must bring in each window"
        ),
        SettingKey(
            "limits.write_seconds",
            .integer,
            standard: .number("60"),
            "seconds that a reader may take for one piece (at most 1 MiB) of an answer"
        ),
        SettingKey(
            "limits.drain_bytes",
            .integer,
            standard: .number("16777216"),
            "bytes of a refused upload that are read and dropped before the connection closes"
        ),
        SettingKey(
            "limits.shutdown_seconds",
            .integer,
            standard: .number("30"),
            "seconds that requests in flight may take to finish after SIGTERM"
        ),
        SettingKey(
            "limits.free_bytes",
            .integer,
            environment: "LARDER_LIMITS_FREE_BYTES",
            standard: .number("-1"),
            "bytes of the disk that uploads leave free, so that deletes still work; -1 for a fiftieth, 8 to 256 MiB"
        ),
        SettingKey(
            "limits.logged_bytes",
            .integer,
            environment: "LARDER_LIMITS_LOGGED_BYTES",
            standard: .number("16384"),
            "new objects of up to so many bytes reach the disk in the intent log first, with one sync for many; 0 for none"
        ),
        SettingKey(
            "limits.storage_threads",
            .integer,
            standard: .number("32"),
            "threads for file work; sized for the disk, not for the cores"
        ),
    ]

    private static let attachments: [SettingKey] = [
        SettingKey(
            "attachments.buckets",
            .list,
            standard: .array([.string("uploads")]),
            "buckets that take attachments; the first is the default"
        ),
        SettingKey(
            "attachments.upload_prefix",
            .text,
            standard: .string("async_uploads/"),
            "keys of uploads begin with this"
        ),
        SettingKey(
            "attachments.styles_prefix",
            .text,
            standard: .string("styles/"),
            "keys of styles begin with this; written by Larder only"
        ),
        SettingKey(
            "attachments.allowed_types",
            .list,
            "content types that may be uploaded, image/* for all of a kind; images, audio, video, PDF, text and office documents when not given"
        ),
        SettingKey(
            "attachments.max_bytes",
            .integer,
            standard: .number("5368709120"),
            "bytes of one upload, at most 5 GiB"
        ),
        SettingKey(
            "attachments.authorization_lifetime",
            .integer,
            standard: .number("3600"),
            "seconds that an upload form is good for"
        ),
        SettingKey(
            "attachments.unclaimed_lifetime",
            .integer,
            standard: .number("86400"),
            "seconds after which an upload that nobody claimed is removed"
        ),
        SettingKey(
            "attachments.link_lifetime",
            .integer,
            standard: .number("86400"),
            "seconds that original and style URLs work at least, at most 483840"
        ),
        SettingKey("attachments.max_wait", .integer, standard: .number("30"), "seconds that Prefer: wait may ask for"),
        SettingKey(
            "attachments.styles",
            .objects,
            "styles: [{\"name\",\"width\",\"height\",\"mode\",\"format\",\"quality\"}]; thumb and medium when not given"
        ),
        SettingKey(
            "attachments.style_rules",
            .objects,
            standard: .array([]),
            "other styles at some places: [{\"bucket\",\"prefix\",\"styles\"}], a style being an object or the name of one of attachments.styles; the longest prefix wins"
        ),
        SettingKey(
            "attachments.photo_details",
            .boolean,
            environment: "LARDER_ATTACHMENTS_PHOTO_DETAILS",
            standard: .bool(false),
            "tell when and where a photograph was taken, from its EXIF"
        ),
    ]

    private static let imaging: [SettingKey] = [
        SettingKey(
            "imaging.worker",
            .text,
            environment: "LARDER_IMAGED",
            "path of larder-imaged; beside larder when not given"
        ),
        SettingKey("imaging.workers", .integer, standard: .number("0"), "image workers at once; 0 for one a core"),
        SettingKey(
            "imaging.kinds",
            .list,
            environment: "LARDER_IMAGING_KINDS",
            standard: .array(["jpeg", "png", "webp", "gif", "avif", "heic", "tiff"].map(JSONValue.string)),
            "kinds of source that are decoded; svg, pdf (its first page) and mp4, mov, webm, mkv (a frame of the video, by ffmpeg) only when named here"
        ),
        SettingKey(
            "imaging.ffmpeg",
            .text,
            environment: "LARDER_FFMPEG",
            "path of ffmpeg, which takes frames out of videos; looked for on the PATH when not given"
        ),
        SettingKey(
            "imaging.animation_frames",
            .integer,
            standard: .number("256"),
            "frames of an animation that stays one; of longer ones the first is shown"
        ),
        SettingKey(
            "imaging.animation_pixels",
            .integer,
            standard: .number("100000000"),
            "pixels of all frames of an animation that stays one"
        ),
        SettingKey(
            "imaging.max_pixels",
            .integer,
            standard: .number("64000000"),
            "pixels of a source image, or of one frame"
        ),
        SettingKey("imaging.max_source_bytes", .integer, standard: .number("67108864"), "bytes of a source image"),
        SettingKey(
            "imaging.max_video_bytes",
            .integer,
            standard: .number("5368709120"),
            "bytes of a video that a poster is made of; little of it is read"
        ),
        SettingKey("imaging.memory_bytes", .integer, standard: .number("1342177280"), "address space of one image job"),
        SettingKey("imaging.cpu_seconds", .integer, standard: .number("10"), "CPU seconds of one image job"),
        SettingKey(
            "imaging.wall_seconds",
            .integer,
            standard: .number("30"),
            "seconds after which an image job is killed"
        ),
    ]
}
