import ObjectStorage
import RemoteS3
import S3Protocol

// Buckets that keep versions on both sides: the remote gets the history that is here, in the order of writes.
extension KeyDelivery {
    /// Sends every version and delete marker that the remote does not have yet.
    func deliverVersions() async throws -> Outcome {
        let history = try await parts.store.history(of: entry.key, in: bucket.name)
        guard let newest = history.last else { return try await removeAll() }
        var note = try await deliveredNote(history)
        let pending = history.filter { $0.sequence > note?.sequence ?? .min }
        try await dropUpload(unlessOf: (pending.first ?? newest).sequence)
        for version in pending where version.sequence != newest.sequence {
            guard let wanted = try await wanted(version) else { continue }
            let outcome = try await step(wanted, noted: note)
            guard case .equal(let next, _) = outcome else { return outcome }
            try await parts.table.note(next, of: entry)
            note = next
        }
        note = try await takeBack(history, note)
        // The newest one in any case: of one that is there already the tags may be others.
        guard let wanted = try await wanted(newest) else {
            throw MirrorFailure(.retry, "the versions of the key were changed meanwhile")
        }
        let outcome = try await step(wanted, noted: note)
        guard case .equal(let last, _) = outcome else { return outcome }
        return .equal(last, keepsRow: true)
    }

    /// All versions here were removed one by one: what the remote shows is deleted.
    private func removeAll() async throws -> Outcome {
        let outcome = try await step(.absent(sequence: entry.note?.sequence ?? 0), noted: entry.note)
        guard case .equal(let note, _) = outcome else { return outcome }
        return .equal(note, keepsRow: true)
    }

    /// The content of a version; nil when it was removed meanwhile.
    private func wanted(_ version: KeyVersion) async throws -> Wanted? {
        guard !version.isDeleteMarker else { return .absent(sequence: version.sequence) }
        // The current one by its name as well: it may have become another since.
        return try await open(version.version).map { .object($0) }
    }

    /// How many versions are taken back in one go.
    private static let takenBack = 1_000

    /// The newest versions here were removed by their ids: the remote's copies of them go too, so that the one before shows.
    private func takeBack(_ history: [KeyVersion], _ note: MirrorNote?) async throws -> MirrorNote? {
        guard let note, let newest = history.last, newest.sequence < note.sequence else { return note }
        for _ in 0..<Self.takenBack {
            let (found, marker) = try await remote.look(beside: nil)
            if let found {
                if found.sequence == newest.sequence {
                    return MirrorNote(sequence: newest.sequence, etag: found.etag, version: found.version)
                }
                // What others wrote, and what is here, stays.
                guard let sequence = found.sequence, let version = found.version, sequence > newest.sequence,
                    sequence <= note.sequence
                else { return note }
                try await remote.delete(version: version)
            } else if let marker, !newest.isDeleteMarker {
                try await remote.delete(version: marker)
            } else {
                return MirrorNote(sequence: newest.sequence, version: marker)
            }
        }
        return note
    }

    /// What the remote has of the history: what was noted, and what a write left there that could not be noted any more.
    private func deliveredNote(_ history: [KeyVersion]) async throws -> MirrorNote? {
        let found = try await remote.head(beside: nil)
        let noted = entry.note?.sequence ?? .min
        if let found, let sequence = found.sequence, sequence > noted,
            history.contains(where: { $0.sequence == sequence })
        {
            return MirrorNote(sequence: sequence, etag: found.etag, version: found.version)
        }
        if let note = entry.note { return note }
        // Nothing is known, and nothing of ours shows: it may lie below a delete marker.
        return history.count > 1 ? try await hiddenNote(history) : nil
    }

    /// What the remote has below delete markers: the newest version of ours, and as many of the deletions after it as it
    /// has markers.
    private func hiddenNote(_ history: [KeyVersion]) async throws -> MirrorNote? {
        var markers: [RemoteKey.Version] = []
        for version in try await remote.versions() {
            guard !version.isDeleteMarker else {
                markers.append(version)
                continue
            }
            guard let sequence = try await remote.sequence(ofVersion: version.id),
                history.contains(where: { $0.sequence == sequence })
            else { return nil }
            let deletions = history.filter { $0.sequence > sequence }.prefix { $0.isDeleteMarker }.prefix(markers.count)
            return MirrorNote(sequence: deletions.last?.sequence ?? sequence, version: markers.first?.id)
        }
        return nil
    }

    /// Whether the remote's bucket keeps versions.
    func isRemoteVersioned() async throws -> Bool {
        let name = "\(remote.route.client.endpoint.text)/\(remote.route.names.remote)"
        if let known = parts.traits.isVersioned(name) { return known }
        let isVersioned = try await remote.isBucketVersioned()
        parts.traits.note(name, isVersioned: isVersioned)
        return isVersioned
    }
}
