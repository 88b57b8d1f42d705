import HTTPTransport
import Logging
import ObjectStorage
import S3Protocol
import Synchronization

extension RemoteCache {
    /// What there is at a place for a read, from here or from the remote.
    ///
    /// - Throws: `RemoteError` when it is not here and the remote cannot be asked.
    package func find(_ place: CachePlace, for question: Question) async throws -> Found {
        if let known = known(place, for: question) { return known }
        guard state.withLock({ $0.isOpen }) else { return .unkept(nil) }
        do {
            return try await flights.value(for: place.name) { [self] in try await look(place, for: question) }
        } catch is SingleFlight<String, Found>.Full {
            return .unkept(nil)
        }
    }

    /// What can be told at once.
    private func known(_ place: CachePlace, for question: Question) -> Found? {
        let now = clock()
        return state.withLock { state in
            if let absence = state.absences.value(place.name, at: now), !absence.isOfHead || question == .head {
                return .refused(absence.answer, isKept: true)
            }
            if state.unkept.value(place.name, at: now) != nil { return .unkept(nil) }
            guard let object = state.take(place.name) else { return nil }
            if isFresh(object, state, at: now) { return .object(object, isNew: false) }
            return object.hasFailed(at: .now) ? .stale(object, nil) : nil
        }
    }

    private func isFresh(_ object: CachedObject, _ state: State, at now: Timestamp) -> Bool {
        guard let validated = object.validated, validated <= now,
            now < validated.advanced(bySeconds: configuration.freshness)
        else { return false }
        let changes = [state.buckets[object.place.bucketName], state.anyBucket].compactMap { $0 }
        return changes.allSatisfy { $0 < validated }
    }

    private func look(_ place: CachePlace, for question: Question) async throws -> Found {
        let moment = state.withLock { $0.revisions.now }
        let known = await copy(of: place, moment)
        if let known, state.withLock({ isFresh(known, $0, at: clock()) }) { return .object(known, isNew: false) }
        return try await ask(Inquiry(place: place, question: question, known: known, moment: moment))
    }

    /// The copy that is here, open already or not.
    private func copy(of place: CachePlace, _ moment: Revisions.Moment) async -> CachedObject? {
        if let object = state.withLock({ $0.take(place.name) }) { return object }
        guard files.contains(place.name) else { return nil }
        do {
            guard let file = try await files.open(place.name), let head = CachedHead(file.document, of: place.name),
                head.size == file.content.size
            else {
                files.forget(place.name)
                return nil
            }
            // The remote was not asked in this run, whatever an earlier one knew.
            let object = CachedObject(head, at: place, in: file, of: self, validated: nil)
            return show(object, unlessChangedSince: moment) { files.contains(place.name) } ? object : nil
        } catch {
            logger.warning("cannot read the cache of remote objects", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Lets an object be found, unless it was changed meanwhile.
    ///
    /// - Parameter admit: Whether it is in the index, or is now.
    private func show(
        _ object: CachedObject,
        unlessChangedSince moment: Revisions.Moment,
        _ admit: () -> Bool
    ) -> Bool {
        let place = object.place
        return state.withLock { state in
            guard state.revisions.areUnchanged([place.name, place.bucketName], since: moment), admit() else {
                return false
            }
            state.put(object)
            state.absences.forget(place.name)
            return true
        }
    }
}

// MARK: - Asking the remote

extension RemoteCache {
    /// What the remote is asked about an object.
    fileprivate struct Inquiry: Sendable {
        let place: CachePlace
        let question: Question
        /// The copy that is here, and no longer fresh.
        var known: CachedObject?
        let moment: Revisions.Moment

        /// Whether the content is asked for at once: a copy is only asked about.
        ///
        /// Not by a condition: an answer 304 does not tell of tags and locks, which change without the entity tag.
        var isForContent: Bool { question == .whole && known == nil }

        var request: RemoteRequest {
            place.request(
                isForContent ? "GET" : "HEAD",
                headers: HeaderList([("x-amz-checksum-mode", "ENABLED")])
            )
        }

        /// The same about what is not here.
        var anew: Inquiry {
            var inquiry = self
            inquiry.known = nil
            return inquiry
        }
    }

    private func ask(_ inquiry: Inquiry) async throws -> Found {
        let asked = clock()
        var request = inquiry.request
        if inquiry.known != nil { request.timeouts = configuration.timeoutsWithCopy }
        let answer: RemoteResponse
        do {
            answer = try await inquiry.place.client.perform(request)
        } catch let error as RemoteError where error.isOfRemote {
            guard let known = inquiry.known else { throw error }
            known.noteFailure(at: .now)
            return .stale(known, error)
        }
        return try await consider(answer, inquiry, asked)
    }

    private func consider(_ answer: RemoteResponse, _ inquiry: Inquiry, _ asked: Timestamp) async throws -> Found {
        switch answer.status {
        case 200:
            guard let known = inquiry.known else { return await keep(answer, inquiry, asked) }
            if known.head.isCurrent(answer.headers) {
                validate(known, asked, inquiry.moment)
                return .object(known, isNew: false)
            }
            return inquiry.question == .whole ? try await ask(inquiry.anew) : await keep(answer, inquiry.anew, asked)
        case 429, 500, 502, 503, 504:
            guard let known = inquiry.known else { return .refused(answer, isKept: false) }
            known.noteFailure(at: .now)
            return .stale(known, answer.error(of: nil))
        default:
            if let known = inquiry.known {
                await drop(known)
                // HEAD is refused without words.
                if inquiry.question != .head { return try await ask(inquiry.anew) }
            }
            noteAbsence(answer, inquiry)
            return .refused(answer, isKept: false)
        }
    }

    private func validate(_ object: CachedObject, _ asked: Timestamp, _ moment: Revisions.Moment) {
        let place = object.place
        let isUnchanged = state.withLock {
            $0.revisions.areUnchanged([place.name, place.bucketName], since: moment)
        }
        if isUnchanged { object.validate(asked) }
    }

    /// The longest refusal that is remembered: what S3 says has some hundred bytes.
    private static var longestRefusal: Int { 4 << 10 }

    private func noteAbsence(_ answer: RemoteResponse, _ inquiry: Inquiry) {
        let isOfHead = !inquiry.isForContent
        guard answer.status == 404, isOfHead || answer.refusal?.code == "NoSuchKey" else { return }
        let (place, now) = (inquiry.place, clock())
        state.withLock { state in
            guard state.revisions.areUnchanged([place.name, place.bucketName], since: inquiry.moment) else { return }
            guard answer.heldBytes <= Self.longestRefusal else { return }
            state.absences.note((answer, isOfHead), as: place.name, for: configuration.absence, at: now)
        }
    }

    private func keep(_ answer: RemoteResponse, _ inquiry: Inquiry, _ asked: Timestamp) async -> Found {
        let (place, now) = (inquiry.place, clock())
        do {
            guard let head = CachedHead(answer.headers), head.size <= configuration.maximumObjectSize,
                let document = head.document(of: place.name)
            else {
                state.withLock { $0.unkept.note(true, as: place.name, for: configuration.freshness, at: now) }
                return unkept(answer, inquiry)
            }
            let made = try await files.make(
                place.name,
                size: head.size,
                blockLength: CacheConfiguration.blockLength,
                document: document
            )
            guard let made else { return unkept(answer, inquiry) }
            let object = CachedObject(head, at: place, in: made, of: self, validated: asked)
            let fill = inquiry.isForContent ? object.beginFill() : nil
            await publish(object, inquiry.moment)
            if let fill { object.start(fill.run, with: answer) }
            return .object(object, isNew: true, fill?.lease)
        } catch {
            logger.warning("cannot write the cache of remote objects", metadata: ["error": "\(error)"])
            return unkept(answer, inquiry)
        }
    }

    private func unkept(_ answer: RemoteResponse, _ inquiry: Inquiry) -> Found {
        .unkept(UnkeptAnswer(answer, isOfHead: !inquiry.isForContent))
    }

    private func publish(_ object: CachedObject, _ moment: Revisions.Moment) async {
        let name = object.place.name
        let isShown = show(object, unlessChangedSince: moment) {
            files.note(name)
            return true
        }
        if isShown { await evict() } else { await files.remove([name]) }
    }
}

extension RemoteCache.State {
    /// The object of this name that is open.
    fileprivate mutating func take(_ name: String) -> CachedObject? {
        guard let found = open[name] else { return nil }
        uses += 1
        open[name] = (found.object, uses)
        return found.object
    }

    /// Holds an object open; of too many those go that were used longest ago.
    fileprivate mutating func put(_ object: CachedObject) {
        uses += 1
        open[object.place.name] = (object, uses)
        guard open.count > CacheConfiguration.openObjects else { return }
        let idle = open.filter { $0.value.object.isIdle }.sorted { $0.value.used < $1.value.used }
        for (name, _) in idle.prefix(CacheConfiguration.openObjects / 4) { open[name] = nil }
    }
}

extension RemoteError {
    /// Whether the remote is what cannot be asked, not this side what cannot ask.
    fileprivate var isOfRemote: Bool { code == .transport || code == .circuitOpen }
}
