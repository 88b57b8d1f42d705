/// Which bytes of an object are here and which are on their way: pure, for its owner's lock.
///
/// What is fetched is a run of whole blocks. A reader waits for a run that is about to reach its bytes; when none is near, one
/// begins at them, so that the end of a large object does not wait for its beginning.
struct BlockPlan: Sendable {
    /// How far behind a run may be for its bytes to be waited for, and how far from its end to go on for nobody, in blocks.
    static let nearness: Int64 = 8

    /// A run under way.
    struct Run: Equatable, Sendable {
        let id: Int
        let range: Range<Int64>
        /// Where its next byte goes.
        var position: Int64
    }

    /// What a reader does next.
    enum Step: Equatable, Sendable {
        /// Bytes up to here can be read; some of them as a run's, when it is named.
        case ready(until: Int64, run: Int?)
        /// This run will bring them.
        case wait(run: Int)
        /// They are to be fetched by a new run.
        case fetch(Run)
    }

    let size: Int64
    let blockLength: Int64
    private(set) var present: [Bool]
    private(set) var runs: [Run] = []
    private var begun = 0

    init(size: Int64, blockLength: Int64, present: [Bool]) {
        self.size = size
        self.blockLength = blockLength
        self.present = present
    }

    /// Whether all of these bytes are here.
    func isPresent(_ range: Range<Int64>) -> Bool { firstMissing(range) == nil }

    /// The first of these bytes that is not here.
    func firstMissing(_ range: Range<Int64>) -> Int64? {
        guard !range.isEmpty else { return nil }
        let blocks = block(at: range.lowerBound)...block(at: range.upperBound - 1)
        let missing = present[blocks].firstIndex(of: false)
        return missing.map { max(range.lowerBound, Int64($0) * blockLength) }
    }

    /// A run that is to bring some of these bytes; this one if it is among those that are.
    func run(for range: Range<Int64>, preferring id: Int?) -> Int? {
        let useful = runs.filter {
            $0.position < $0.range.upperBound && ($0.position..<$0.range.upperBound).overlaps(range)
        }
        return (useful.first { $0.id == id } ?? useful.first)?.id
    }

    /// What to do for the byte at `offset` of a reader that ends before `end`.
    mutating func step(at offset: Int64, end: Int64) -> Step {
        precondition(offset < end && end <= size, "a reader reads what the object has")
        if present[block(at: offset)] { return .ready(until: min(end, endOfPresent(from: offset)), run: nil) }
        if let run = runs.filter({ $0.range.contains(offset) && offset < $0.position }).max(by: {
            $0.position < $1.position
        }) {
            return .ready(until: min(end, run.position), run: run.id)
        }
        let near = runs.filter { $0.range.contains(offset) && offset - $0.position < Self.nearness * blockLength }
        if let run = near.max(by: { $0.position < $1.position }) { return .wait(run: run.id) }
        return .fetch(begin(at: offset, end: end))
    }

    /// Notes what a run brought.
    ///
    /// - Returns: the blocks that are here since.
    mutating func wrote(_ id: Int, until position: Int64) -> [Int] {
        guard let index = runs.firstIndex(where: { $0.id == id }) else { return [] }
        let first = block(at: runs[index].position)
        runs[index].position = position
        let last = position == size ? present.count : Int(position / blockLength)
        guard first < last else { return [] }
        let new = (first..<last).filter { !present[$0] }
        for block in new { present[block] = true }
        return new
    }

    /// Notes that a run is over, at its end or before.
    mutating func end(_ id: Int) {
        runs.removeAll { $0.id == id }
    }

    /// Whether a run has so much to do still that it is not worth its while when nobody waits for it.
    func isFarFromEnd(_ id: Int) -> Bool {
        runs.contains { $0.id == id && $0.range.upperBound - $0.position > Self.nearness * blockLength }
    }

    /// Whether a run has brought something.
    func hasBegun(_ id: Int) -> Bool {
        runs.contains { $0.id == id && $0.position > $0.range.lowerBound }
    }

    /// How many bytes a block has.
    func length(ofBlock block: Int) -> Int64 {
        min(blockLength, size - Int64(block) * blockLength)
    }

    private func block(at offset: Int64) -> Int { Int(offset / blockLength) }

    private func endOfPresent(from offset: Int64) -> Int64 {
        let end = present[block(at: offset)...].firstIndex(of: false) ?? present.count
        return min(size, Int64(end) * blockLength)
    }

    private mutating func begin(at offset: Int64, end: Int64) -> Run {
        let first = block(at: offset)
        var last = first
        while last + 1 < present.count, Int64(last + 1) * blockLength < end, !present[last + 1], !isRunning(last + 1) {
            last += 1
        }
        let range = Int64(first) * blockLength..<min(size, Int64(last + 1) * blockLength)
        begun += 1
        let run = Run(id: begun, range: range, position: range.lowerBound)
        runs.append(run)
        return run
    }

    /// Whether a run begins with this block: from there on it is that one's.
    private func isRunning(_ block: Int) -> Bool {
        runs.contains { $0.range.lowerBound == Int64(block) * blockLength }
    }
}
