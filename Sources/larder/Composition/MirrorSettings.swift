import Configuration
import Logging
import Mirror
import RemoteS3
import S3Protocol

extension MirrorPolicy {
    /// Checks the settings of mirrors.
    ///
    /// - Throws: `ConfigurationError` for the first that cannot be.
    init(_ settings: Settings) throws {
        self.init()
        transfers = try settings.integer("mirror.transfers", in: 1...256)
        partBytes = Int64(try settings.integer("mirror.multipart_bytes", in: (5 << 20)...(5 << 30)))
        bytesPerSecond = Int64(try settings.integer("mirror.bytes_per_second", in: 0...(1 << 40)))
        if let text = settings.text("mirror.hours") {
            guard let hours = TransferHours(text) else {
                throw ConfigurationError("mirror.hours is '\(text)'; write two times of the day such as 22:00-06:00.")
            }
            self.hours = hours
        }
        overwrites = try settings.choice("mirror.conflicts", of: ["keep", "overwrite"]) == "overwrite"
        let longest = Duration.seconds(try settings.integer("mirror.retry_seconds", in: 1...86_400))
        retries = RetryPolicy(pause: .seconds(1), maximumPause: longest)
    }
}

extension ServerSettings {
    /// Who takes note of what is changed in mirrored buckets; nil when there are none.
    func changeLedger(_ logger: Logger) -> ChangeLedger? {
        guard remote.modes.contains(.mirror) else { return nil }
        let remote = remote
        return ChangeLedger(
            path: storage + "/.larder/mirror.sqlite",
            mirrors: { remote.mode(of: $0) == .mirror },
            log: logger,
            clock: System.now
        )
    }
}
