/// Recognises one delimiter line of a multipart body byte by byte: CR LF, two dashes, the boundary, then `--`, or blanks
/// and CR LF (RFC 2046 section 5.1.1).
///
/// A carriage return begins a candidate and stands nowhere else in a delimiter but at its very end, so after a mismatch
/// only the mismatching byte itself can begin the next candidate; nothing has to be read twice.
struct MultipartDelimiter: Sendable {
    /// What the bytes pushed so far amount to.
    enum Verdict: Equatable {
        /// It may still become a delimiter.
        case undecided
        /// It was content.
        case mismatch
        /// It would be a delimiter, were the line not ended by LF alone.
        case bareLineFeed
        /// The next part begins behind it.
        case part
        /// The form ends with it.
        case closing
    }

    private enum Tail {
        case boundary, dash, padding(Int), carriageReturn
    }

    /// How many blanks between boundary and line end are taken for padding.
    static let maximumPadding = 128

    private let bytes: [UInt8]
    private var matched = 0
    private var tail = Tail.boundary
    /// Whether a candidate is open.
    private(set) var isActive = false

    /// A recogniser for this boundary, with no candidate open.
    init(_ boundary: MultipartBoundary) {
        bytes = Array("\r\n--".utf8) + boundary.bytes
    }

    /// Opens a candidate; with `afterLineBreak` its CR LF counts as seen, as at the start of a body or part.
    mutating func begin(afterLineBreak: Bool) {
        matched = afterLineBreak ? 2 : 0
        tail = .boundary
        isActive = true
    }

    /// Takes the candidate's next byte; every verdict but `undecided` closes the candidate.
    mutating func push(_ byte: UInt8) -> Verdict {
        let verdict = next(byte)
        if verdict != .undecided { isActive = false }
        return verdict
    }

    private mutating func next(_ byte: UInt8) -> Verdict {
        guard matched == bytes.count else {
            guard bytes[matched] == byte else { return .mismatch }
            matched += 1
            return .undecided
        }
        switch (tail, byte) {
        case (.boundary, UInt8(ascii: "-")): tail = .dash
        case (.dash, UInt8(ascii: "-")): return .closing
        case (.boundary, UInt8(ascii: " ")), (.boundary, UInt8(ascii: "\t")): tail = .padding(1)
        case (.padding(let count), UInt8(ascii: " ")), (.padding(let count), UInt8(ascii: "\t")):
            guard count < Self.maximumPadding else { return .mismatch }
            tail = .padding(count + 1)
        case (.boundary, UInt8(ascii: "\r")), (.padding, UInt8(ascii: "\r")): tail = .carriageReturn
        case (.carriageReturn, UInt8(ascii: "\n")): return .part
        case (.boundary, UInt8(ascii: "\n")), (.padding, UInt8(ascii: "\n")): return .bareLineFeed
        default: return .mismatch
        }
        return .undecided
    }
}
