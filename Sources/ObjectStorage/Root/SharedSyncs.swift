import Synchronization

/// Lets threads that have changed one directory share its sync, since each of them would write the same blocks.
///
/// A sync counts only for changes made before it began. Who comes while one runs waits for the next, which the first of
/// those who wait makes for all of them; who comes alone waits for nobody. It blocks, so only on the blocking pool.
final class SharedSyncs: Sendable {
    /// Those who wait for one sync that has not begun yet.
    private final class Round: Sendable {
        enum State {
            case waiting
            /// The sync before it is over: whoever sees this first makes the next one.
            case due
            case running
            case over(Result<Void, any Error>)
        }

        enum Part {
            case makeSync
            case done(Result<Void, any Error>)
        }

        let state = Monitor(State.waiting)

        /// Waits until there is something to be done, or all is done.
        func wait() -> Part {
            state.wait { state in
                switch state {
                case .due:
                    state = .running
                    return .makeSync
                case .over(let result): return .done(result)
                case .waiting, .running: return nil
                }
            }
        }

        func become(_ new: State) {
            state.withLock { $0 = new }
            if case .due = new { state.signal() } else { state.broadcast() }
        }
    }

    private struct Place {
        var next: Round?
        var waiting = 0
    }

    /// The directories of which a sync runs, by inode: as long as somebody has one open, nothing else gets its number.
    private let places = Mutex<[UInt64: Place]>([:])

    /// How many wait for a sync of this directory that has not begun.
    func waitingCount(_ inode: UInt64) -> Int { places.withLock { $0[inode]?.waiting ?? 0 } }

    /// Returns when a sync that began after this call is over; throws what that has thrown.
    func sync(_ inode: UInt64, _ makeSync: () throws -> Void) throws {
        guard let round = join(inode) else {
            defer { goOn(inode) }
            return try makeSync()
        }
        switch round.wait() {
        case .done(let result): try result.get()
        case .makeSync:
            begin(inode)
            let result = Result(catching: makeSync)
            goOn(inode)
            round.become(.over(result))
            try result.get()
        }
    }

    /// The round to wait in, nil when no sync runs: then the caller makes one.
    private func join(_ inode: UInt64) -> Round? {
        places.withLock { places in
            guard var place = places[inode] else {
                places[inode] = Place()
                return nil
            }
            let round = place.next ?? Round()
            place.next = round
            place.waiting += 1
            places[inode] = place
            return round
        }
    }

    /// From here on who comes has to wait for another sync.
    private func begin(_ inode: UInt64) {
        places.withLock { $0[inode] = Place() }
    }

    /// A sync is over: the next one is due if somebody waits for it.
    private func goOn(_ inode: UInt64) {
        let next = places.withLock { places -> Round? in
            if let next = places[inode]?.next { return next }
            places[inode] = nil
            return nil
        }
        next?.become(.due)
    }
}
