import Glibc
package import S3Protocol

/// The time of the day where the server is.
package enum LocalTime {
    /// The seconds since midnight.
    package static func secondOfDay(_ time: Timestamp) -> Int {
        var (seconds, parts) = (time_t(time.seconds), tm())
        localtime_r(&seconds, &parts)
        return (Int(parts.tm_hour) * 60 + Int(parts.tm_min)) * 60 + Int(parts.tm_sec)
    }
}
