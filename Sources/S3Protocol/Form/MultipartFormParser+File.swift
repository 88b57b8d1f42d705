#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension MultipartFormParser {
    /// Finds the end of the file in a piece, emitting what lies before it as ranges of the piece.
    ///
    /// Costs one `memchr` for carriage returns over the bytes; only behind one of them bytes are looked at singly.
    mutating func scanFile(_ piece: UnsafeRawBufferPointer, from start: Int, into events: inout [Event]) {
        var index = start
        var candidateStart = start
        while index < piece.count {
            guard delimiter.isActive else {
                guard let next = Self.candidate(in: piece, from: index) else { break }
                delimiter.begin(afterLineBreak: false)
                candidateStart = next
                index = next
                continue
            }
            switch delimiter.push(piece[index]) {
            case .undecided: index += 1
            case .mismatch, .bareLineFeed: release(into: &events)
            case .part, .closing: return endFile(start..<candidateStart, into: &events)
            }
        }
        let end = delimiter.isActive ? candidateStart : piece.count
        if start < end { events.append(.fileData(start..<end)) }
        held.append(contentsOf: piece[end...])
    }

    /// Gives back what was held, since it proved to be content; the byte that proved it is looked at again.
    private mutating func release(into events: inout [Event]) {
        guard !held.isEmpty else { return }
        events.append(.fileCarry(held))
        held = []
    }

    private mutating func endFile(_ rest: Range<Int>, into events: inout [Event]) {
        if !rest.isEmpty { events.append(.fileData(rest)) }
        events.append(.fileEnds)
        held = []
        state = .ignoring
    }

    /// The next carriage return that can begin a delimiter; those before other text are stepped over here, since a
    /// text file has one on every line.
    private static func candidate(in piece: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = piece.baseAddress else { return nil }
        var index = start
        while let found = memchr(base + index, Int32(UInt8(ascii: "\r")), piece.count - index) {
            index = UnsafeRawPointer(found) - base
            let rest = piece.count - index
            let isRuledOut =
                rest > 1 && piece[index + 1] != UInt8(ascii: "\n") || rest > 2 && piece[index + 2] != UInt8(ascii: "-")
            guard isRuledOut else { return index }
            index += 1
        }
        return nil
    }
}
