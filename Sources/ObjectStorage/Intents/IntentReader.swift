/// Reads the lines of a segment of intents, which may come in pieces of any length.
///
/// Does no I/O. What a power cut tore is passed over up to the next line end, and so is a line longer than any that is
/// written here.
struct IntentReader {
    /// The longest line: a key of 1,024 bytes percent-encoded, an attribute and content of which each byte is escaped.
    static let longestLine = 4_096 + 2 * (RecordFiles.longestAttribute + LoggedObject.longestContent)

    private var line: [UInt8] = []
    private var isTooLong = false
    /// How many bytes came before the line that is being read.
    private var start: Int64 = 0
    private var position: Int64 = 0

    /// Takes the next bytes; calls `body` with each entry that ends in them, and with where in the segment its line is.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (IntentEntry, Range<Int64>) throws -> Void) rethrows {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end])
            try finish(body)
            position += 1
            start = position
            rest = rest[(end + 1)...]
        }
        take(rest)
    }

    /// Ends the segment: its last line may lack its end.
    mutating func finish(_ body: (IntentEntry, Range<Int64>) throws -> Void) rethrows {
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        guard !isTooLong, !line.isEmpty, let entry = IntentEntry(line[...]) else { return }
        try body(entry, start..<position)
    }

    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>) {
        position += Int64(bytes.count)
        guard !isTooLong else { return }
        isTooLong = line.count + bytes.count > Self.longestLine
        if isTooLong { line.removeAll() } else { line.append(contentsOf: bytes) }
    }
}
