import Logging
import S3Protocol

// Before anything else at start: the objects that stand in the intents are written to their files anew, since what is in
// these is not known to be on disk, whatever they show.
extension FileStore {
    private static let concurrentRedos = 16

    /// Makes the files agree with the lines that stand for them.
    ///
    /// What is written is synced by the checkpoint that ends the start. - Throws: `StorageError` when an object cannot
    /// be written: then nothing may be forgotten, and the store is of no use.
    func redo(_ intents: RecoveredIntents, _ segments: IntentSegments) async throws {
        for (line, segment) in intents.logged {
            guard let bucket = registry.find(id: line.bucketID) else { continue }
            logged.insert(target(line.key, of: bucket), segment: segment)
        }
        guard !intents.objects.isEmpty else { return }
        log.info("writing objects from the intents", metadata: ["objects": "\(intents.objects.count)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, (line, place)) in intents.objects.enumerated() {
                if position >= Self.concurrentRedos { try await group.next() }
                group.addTask { try await self.redo(line, at: place, segments) }
            }
            try await group.waitForAll()
        }
    }

    private func redo(_ line: IntentLine, at place: RecoveredIntents.Place, _ segments: IntentSegments) async throws {
        guard let bucket = registry.find(id: line.bucketID) else { return }
        let target = target(line.key, of: bucket, .relaxed)
        try await pool.run { [files, sequences] in
            do {
                let record = try files.redo(segments.object(in: place.segment, at: place.range), target)
                // What is adopted in its place is newer, whatever the clock says.
                sequences.observe(record.sequence)
            } catch let error as StorageError {
                throw StorageError(
                    error.code,
                    "cannot write \(target.bucket)/\(target.key), which is whole in .larder/intents: \(error.message); "
                        + "mend that and start again, nothing is lost",
                    cause: error.cause
                )
            }
        }
    }
}
