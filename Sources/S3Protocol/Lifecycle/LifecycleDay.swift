/// How long a day of the lifecycle is: 86400 seconds, or less so that tests need not wait.
package struct LifecycleDay: Equatable, Sendable {
    /// A day as it is.
    package static let standard = LifecycleDay(uncheckedSeconds: 86_400)

    /// Its length.
    package let seconds: Int64

    /// A day of so many seconds; nil unless there is at least one.
    package init?(seconds: Int64) {
        guard seconds > 0 else { return nil }
        self.init(uncheckedSeconds: seconds)
    }

    private init(uncheckedSeconds seconds: Int64) {
        self.seconds = seconds
    }

    /// The first midnight at which so many days have passed since `time`; midnights are multiples of the day since the
    /// epoch.
    package func midnight(after days: Int, since time: Timestamp) -> Timestamp {
        let (age, overflow) = Int64(days).multipliedReportingOverflow(by: seconds)
        let end = time.advanced(bySeconds: overflow ? .max : age).roundedUpToSecond.seconds
        let remainder = ((end % seconds) + seconds) % seconds
        return Timestamp(seconds: remainder == 0 ? end : end + (seconds - remainder))
    }
}
