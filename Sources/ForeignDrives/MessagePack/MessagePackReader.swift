/// Reads MessagePack from bytes in memory, value by value, without copying and without trusting any length.
///
/// A length or count is refused before it is used when fewer bytes follow than it needs, so memory stays in proportion
/// to what was really there. Every width of an integer is accepted for every integer. The reader never recurses: depth
/// is the caller's, and skipping costs no memory. After an error the reader's place is undefined.
///
/// Source: the MessagePack specification, github.com/msgpack/msgpack/blob/master/spec.md.
package struct MessagePackReader {
    private var input: ArraySlice<UInt8>

    /// A reader at the start of `bytes`.
    package init(_ bytes: ArraySlice<UInt8>) {
        input = bytes
    }

    /// Whether nothing is left.
    package var isAtEnd: Bool { input.isEmpty }

    /// What was not read yet.
    package var rest: ArraySlice<UInt8> { input }

    /// Takes `count` raw bytes.
    mutating func take(_ count: Int) throws(ForeignDriveError) -> ArraySlice<UInt8> {
        guard count <= input.count else { throw .truncated("a MessagePack value") }
        let taken = input.prefix(count)
        input = input.dropFirst(count)
        return taken
    }

    /// Takes an unsigned number of `width` bytes, highest first.
    mutating func takeNumber(_ width: Int) throws(ForeignDriveError) -> UInt64 {
        try take(width).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Takes the next value's head, unless it differs from what `isWanted` wants; then the reader stays.
    mutating func takeHead(
        if isWanted: (MessagePackHead) -> Bool
    ) throws(ForeignDriveError) -> MessagePackHead? {
        let start = input
        let head = try readHead()
        guard !isWanted(head) else { return head }
        input = start
        return nil
    }

    /// Steps over the next value with all that is in it.
    package mutating func skip() throws(ForeignDriveError) {
        var pending = 1
        while pending > 0 {
            let head = try readHead()
            _ = try take(head.contentLength)
            pending += head.childCount - 1
            // Every value has at least one byte, which also keeps the sum far from overflow.
            guard pending <= input.count else { throw .truncated("a MessagePack container") }
        }
    }
}
