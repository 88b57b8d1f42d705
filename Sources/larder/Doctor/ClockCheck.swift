import Configuration
import Glibc
import ObjectStorage
import S3Protocol

/// The clock: clients sign with theirs, and versions are ordered by ours.
struct ClockCheck: DoctorCheck {
    /// Seconds that a clock may be before what it has already said.
    private static let tolerance: Int64 = 5

    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        let now = System.now()
        let advice = "set the clock and keep it right with NTP (systemd-timesyncd, chrony)"
        // Signatures of another time are refused, so this would show at the first request.
        guard now.nanoseconds > 1_750_000_000_000_000_000 else {
            return [.fail("clock", "it says \(now.iso8601), which is long ago", advice)]
        }
        let facts = try? RootExamination(root: subject.root, reservedBytes: nil)
        if let last = facts?.lastUsed, last > now.nanoseconds + Self.tolerance * 1_000_000_000 {
            let time = Timestamp(nanoseconds: last).iso8601
            return [
                .warn("clock", "it says \(now.iso8601), but the root was in use at \(time)", advice)
            ]
        }
        guard System.isClockSynchronised else {
            return [
                .warn(
                    "clock",
                    "\(now.iso8601), not synchronised",
                    "keep it right with NTP (systemd-timesyncd, chrony): a request that was signed more than 15 minutes "
                        + "off is refused"
                )
            ]
        }
        return [.ok("clock", "\(now.iso8601), synchronised")]
    }
}
