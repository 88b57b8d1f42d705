import ForeignDrives
import ObjectStorage
import Synchronization

extension Finding.Code {
    /// A setting of a bucket that is not taken over.
    static let settingNotImported = Self(rawValue: "setting-not-imported")
    /// Something of many versions that is not taken over.
    static let importLoss = Self(rawValue: "import-loss")
    /// Something that is good to know; nothing is lost by it.
    static let importNote = Self(rawValue: "import-note")
}

/// Collects what an import has to tell, bounded whatever the disk holds.
///
/// Refusals are told one by one up to a number, losses by their kind with an example.
final class ImportTally: Sendable {
    /// How many refusals are told one by one.
    private static let mostRefusals = 5_000
    private static let mostNotes = 1_000

    private struct Group: Hashable {
        let bucket: String
        let subject: String
    }

    private struct State {
        var refusals = 0
        var notes = 0
        var losses: [Group: (count: Int, example: String)] = [:]
    }

    let report: CheckReport
    private let state = Mutex(State())

    init(_ report: CheckReport) {
        self.report = report
    }

    /// Something with data, which counts as so many versions, is not taken over.
    func refuse(_ subject: String, _ reason: String, versions: Int = 1) {
        report.count(versions)
        report.count(refused: versions)
        let isTold = state.withLock { state in
            state.refusals += 1
            return state.refusals <= Self.mostRefusals
        }
        if isTold { report.add([Finding(.notImported, subject, reason, isRepairable: false)]) }
    }

    /// A setting of a bucket is not taken over.
    func leave(_ setting: ImportLoss, of bucket: String) {
        let text = "\(setting.subject): \(setting.message)"
        report.add([Finding(.settingNotImported, bucket, text, isRepairable: false)])
    }

    /// Something is good to know.
    func note(_ subject: String, _ text: String) {
        let isTold = state.withLock { state in
            state.notes += 1
            return state.notes <= Self.mostNotes
        }
        if isTold { report.add([Finding(.importNote, subject, text, isRepairable: false)]) }
    }

    /// These losses come with a version that is taken over.
    func lose(_ losses: [ImportLoss], of version: String, in bucket: String) {
        guard !losses.isEmpty else { return }
        state.withLock { state in
            for loss in losses {
                let group = Group(bucket: bucket, subject: loss.subject)
                state.losses[group, default: (0, "\(version): \(loss.message)")].count += 1
            }
        }
    }

    /// Adds to the report what is told at the end.
    func finish() {
        let (untold, losses) = state.withLock { ($0.refusals - Self.mostRefusals, $0.losses) }
        if untold > 0 {
            let text = "\(untold) more versions are not imported; make right what is told above and import again"
            report.add([Finding(.notImported, "further", text, isRepairable: false)])
        }
        let groups = losses.sorted { ($0.key.bucket, $0.key.subject) < ($1.key.bucket, $1.key.subject) }
        report.add(
            groups.map { group, loss in
                let text = "\(group.subject) of \(loss.count) versions is left behind, as of \(loss.example)"
                return Finding(.importLoss, group.bucket, text, isRepairable: false)
            }
        )
    }
}
