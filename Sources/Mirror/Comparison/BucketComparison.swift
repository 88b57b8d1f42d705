import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

/// Compares a bucket with what it is mirrored to, page by page.
struct BucketComparison {
    private static let page = 1_000
    private static let maximumPage = 16 << 20
    /// Objects that are asked for at a time in a deep comparison.
    private static let asked = 8

    let mirror: Mirror
    let bucket: Bucket
    let route: RemoteRoute
    let request: ComparisonRequest
    private var result = MirrorComparison()
    private var merge = ListingMerge()
    private var after: (here: ObjectKey?, there: ObjectKey?)
    /// Keys that listings say are equal and that are still to be asked for.
    private var unproven: [ObjectKey] = []

    init(_ mirror: Mirror, _ bucket: Bucket, _ route: RemoteRoute, _ request: ComparisonRequest) {
        self.mirror = mirror
        self.bucket = bucket
        self.route = route
        self.request = request
    }

    /// Compares all keys.
    ///
    /// - Throws: when a side cannot be listed; what was done by then stays done.
    mutating func run() async throws -> MirrorComparison {
        while true {
            try Task.checkCancellation()
            mirror.noteCompared(result.compared, of: bucket)
            switch merge.next() {
            case .read(.here): try await readHere()
            case .read(.there): try await readThere()
            case .both(let here, let there): try await compare(here, there)
            case .onlyHere(let item): try await note(item.key, in: \.missing)
            case .onlyThere(let item): try await handleExtra(item)
            case .end:
                try await prove()
                return result
            }
        }
    }

    // MARK: Pages

    private mutating func readHere() async throws {
        let query = ListQuery(after: after.here?.utf8 ?? [], limit: Self.page)
        try add(await mirror.store.list(query, in: bucket.name), to: .here)
    }

    private mutating func readThere() async throws {
        let query = ListQuery(after: after.there?.utf8 ?? [], limit: Self.page)
        let response = try await route.client.perform(
            RemoteRequest("GET", bucket: route.names.remote, query: RemoteListing.query(query, route.names))
        )
        guard response.status == 200 else { throw MirrorFailure(response, to: "list objects") }
        let bytes = try await response.collect(upTo: Self.maximumPage, from: route.client.endpoint.text)
        try add(RemoteListing.page(Array(bytes.readableBytesView), route.names), to: .there)
    }

    private mutating func add(_ page: ListPage, to side: ListingMerge.Side) throws {
        let items = page.entries.compactMap { entry -> ListingMerge.Item? in
            guard case .object(let summary) = entry else { return nil }
            return ListingMerge.Item(key: summary.key, size: summary.size, etag: summary.etag.text)
        }
        guard let last = items.last else {
            guard !page.isTruncated else {
                throw MirrorFailure(.attention, "a page of a listing has no keys and no end")
            }
            return merge.add([], to: side, isLast: true)
        }
        // A remote that gives the same page again would never end.
        let previous = side == .here ? after.here : after.there
        guard previous.map({ $0.utf8.lexicographicallyPrecedes(last.key.utf8) }) ?? true else {
            throw MirrorFailure(.attention, "a listing does not go on behind its marker")
        }
        if side == .here { after.here = last.key } else { after.there = last.key }
        merge.add(items, to: side, isLast: !page.isTruncated)
    }

    // MARK: Keys

    private mutating func compare(_ here: ListingMerge.Item, _ there: ListingMerge.Item) async throws {
        guard try await isAlike(here, there) else { return try await note(here.key, in: \.different) }
        guard request.isDeep else {
            result.compared += 1
            result.equal += 1
            return
        }
        unproven.append(here.key)
        if unproven.count >= Self.asked { try await prove() }
    }

    /// Whether listings say the same; where entity tags differ, the one that was noted counts.
    private func isAlike(_ here: ListingMerge.Item, _ there: ListingMerge.Item) async throws -> Bool {
        guard here.size == there.size else { return false }
        if ByteText.equal(here.etag, there.etag) { return true }
        let entry = try await mirror.table.entry(of: here.key, bucketID: bucket.id)
        return entry?.state == .verified && entry?.note?.etag == there.etag
    }

    /// Asks the remote for the objects that seem equal.
    private mutating func prove() async throws {
        let (keys, comparison) = (unproven, self)
        unproven = []
        let unequal = try await withThrowingTaskGroup(of: (ObjectKey, Bool).self) { group in
            for key in keys { group.addTask { (key, try await comparison.isEqual(key)) } }
            var unequal: [ObjectKey] = []
            for try await (key, isEqual) in group where !isEqual { unequal.append(key) }
            return unequal
        }
        result.compared += keys.count - unequal.count
        result.equal += keys.count - unequal.count
        for key in unequal.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            try await note(key, in: \.different)
        }
    }

    private func isEqual(_ key: ObjectKey) async throws -> Bool {
        guard let record = try? await mirror.store.head(key, version: nil, in: bucket.name) else { return false }
        return try await remote(key).isEqual(to: record)
    }

    private mutating func note(
        _ key: ObjectKey,
        in kind: WritableKeyPath<MirrorComparison, MirrorComparison.Keys>
    ) async throws {
        result.compared += 1
        result[keyPath: kind].add(key)
        guard request.queues else { return }
        mirror.queue(key, of: bucket)
        result.queued += 1
        if result.queued.isMultiple(of: Self.page) { try await mirror.ledger.keep() }
    }

    private mutating func handleExtra(_ item: ListingMerge.Item) async throws {
        result.compared += 1
        result.extra.add(item.key)
        switch request.extras {
        case .show: return
        case .pull: if try await act(on: item.key, { try await mirror.pull($0, to: bucket) }) { result.pulled += 1 }
        case .delete: if try await act(on: item.key, Self.delete) { result.deleted += 1 }
        }
    }

    /// Does something about an object that only the remote has, while nobody else makes its key equal; false when it is
    /// none by now: it came here since, or was deleted here and waits for its turn.
    private func act(on key: ObjectKey, _ body: (RemoteKey) async throws -> Bool) async throws -> Bool {
        guard await mirror.hold(key, of: bucket) else { return false }
        defer { mirror.release(key, of: bucket) }
        // What was acknowledged here is in the table then.
        try await mirror.ledger.keep()
        let entry = try await mirror.table.entry(of: key, bucketID: bucket.id)
        guard entry == nil || entry?.state == .conflict || entry?.state == .verified && entry?.note?.etag == nil,
            (try? await mirror.store.head(key, version: nil, in: bucket.name)) == nil
        else { return false }
        if entry != nil {
            // Whatever interrupts this, the key is looked at again.
            mirror.queue(key, of: bucket)
            try await mirror.ledger.keep()
        }
        return try await body(remote(key))
    }

    private static func delete(_ remote: RemoteKey) async throws -> Bool {
        guard let object = try await remote.head(beside: nil) else { return false }
        _ = try await remote.delete(object)
        return true
    }

    private func remote(_ key: ObjectKey) -> RemoteKey {
        RemoteKey(route: route, key: key, traits: mirror.traits)
    }
}
