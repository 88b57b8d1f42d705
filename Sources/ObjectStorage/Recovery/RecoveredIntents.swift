/// What the intents hold at start.
struct RecoveredIntents: Sendable {
    /// Where the line of an object is.
    struct Place: Sendable {
        let segment: Int64
        let range: Range<Int64>
    }

    /// The keys that were being changed.
    private(set) var keys: Set<IntentLine> = []
    /// The last line of each key whose object may be on disk there only.
    private(set) var objects: [IntentLine: Place] = [:]
    /// The keys of all objects that stand there, settled or not, with the last segment that has one.
    ///
    /// That a key is settled may be known from memory only, after a sync that failed.
    private(set) var logged: [IntentLine: Int64] = [:]
    /// How long the lines of all segments are together, in bytes.
    private(set) var byteCount = 0

    /// Reads all segments, the oldest first; blocks.
    init(_ segments: IntentSegments, _ numbers: [Int64]) throws {
        for number in numbers {
            byteCount += try segments.read(number) { entry, range in
                keys.insert(entry.key)
                switch entry {
                case .change: break
                case .put(let object):
                    objects[object.key] = Place(segment: number, range: range)
                    logged[object.key] = number
                case .settled(let key): objects[key] = nil
                }
            }
        }
    }
}
