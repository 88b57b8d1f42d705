/// Reads a multipart/form-data body that is pushed in pieces of any size: fields first, then one file.
///
/// The part named `file` is the file whether or not it has a file name; whatever follows it is ignored. A preamble is
/// skipped. Memory is bounded by the 20 KiB that fields may have plus one delimiter; file bytes are never copied,
/// except the few that looked like the start of a delimiter at the end of a piece.
/// Source: RFC 7578, RFC 2046 section 5.1.1, AWS "POST Object".
package struct MultipartFormParser: Sendable {
    /// What a piece of the body brought.
    package enum Event: Equatable, Sendable {
        /// A field before the file: its name in lower case, its bytes.
        case field(name: String, value: [UInt8])
        /// The file's bytes come next; its name is as sent, or nil when it has none.
        case fileBegins(filename: [UInt8]?)
        /// Bytes of the file: these positions of the piece that was just fed.
        case fileData(Range<Int>)
        /// Bytes of the file that were held back from earlier pieces; they come before the piece's own.
        case fileCarry([UInt8])
        /// The file is complete; the rest of the body does not matter.
        case fileEnds
        /// The form is over and had no file.
        case endsWithoutFile
    }

    /// The most bytes before the file's first: fields, delimiters and part headers together.
    package static let maximumPreFileLength = 20_480

    enum State {
        case preamble, headers, field(String), file, ignoring
    }

    var state = State.preamble
    var delimiter: MultipartDelimiter
    private var preFileLength = 0
    private var headers = MultipartPartHeaders()
    private var value: [UInt8] = []
    /// How many bytes at the end of `value` belong to the open candidate.
    private var candidateLength = 0
    /// Bytes of earlier pieces that belong to the open candidate in the file.
    var held: [UInt8] = []

    /// A parser for a body with this boundary.
    package init(boundary: MultipartBoundary) {
        delimiter = MultipartDelimiter(boundary)
        delimiter.begin(afterLineBreak: true)
    }

    /// Takes the next piece of the body and gives what it brought, in order; at most a few events once the file began.
    ///
    /// - Throws: `MalformedPOSTRequest` or `MaxPostPreDataLengthExceeded`, only ever before `fileBegins`.
    package mutating func feed(_ piece: UnsafeRawBufferPointer) throws(S3Error) -> [Event] {
        var events: [Event] = []
        var index = 0
        while index < piece.count, precedesFile {
            try consume(piece[index], into: &events)
            index += 1
        }
        if case .file = state { scanFile(piece, from: index, into: &events) }
        return events
    }

    /// Says that the body is over.
    ///
    /// - Throws: `MalformedPOSTRequest` when no delimiter ended the file or the form.
    package func finish() throws(S3Error) {
        guard case .ignoring = state else { throw .malformedPOSTRequest("the body ends before its closing delimiter") }
    }

    private var precedesFile: Bool {
        switch state {
        case .preamble, .headers, .field: true
        case .file, .ignoring: false
        }
    }
}

// MARK: - Before the file

extension MultipartFormParser {
    private mutating func consume(_ byte: UInt8, into events: inout [Event]) throws(S3Error) {
        preFileLength += 1
        guard preFileLength <= Self.maximumPreFileLength else { throw .maxPostPreDataLengthExceeded }
        switch state {
        case .preamble: try consumePreamble(byte, into: &events)
        case .headers: try consumeHeader(byte, into: &events)
        case .field(let name): try consumeField(name, byte, into: &events)
        case .file, .ignoring: break
        }
    }

    private mutating func consumePreamble(_ byte: UInt8, into events: inout [Event]) throws(S3Error) {
        switch try match(byte) {
        case .part: beginPart()
        case .closing: endForm(into: &events)
        case .undecided, .mismatch, .bareLineFeed: break
        }
    }

    private mutating func consumeField(_ name: String, _ byte: UInt8, into events: inout [Event]) throws(S3Error) {
        value.append(byte)
        let verdict = try match(byte)
        guard verdict == .part || verdict == .closing else { return }
        value.removeLast(candidateLength)
        events.append(.field(name: name, value: value))
        if verdict == .part { beginPart() } else { endForm(into: &events) }
    }

    private mutating func consumeHeader(_ byte: UInt8, into events: inout [Event]) throws(S3Error) {
        guard try headers.push(byte) else { return }
        let disposition = try headers.disposition()
        guard let bytes = disposition.name, !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformedPOSTRequest("a part has no name, or one that is not UTF-8")
        }
        let name = ByteText.lowercasedASCII(text)
        // Not every writer puts the line break of the next delimiter behind an empty part.
        delimiter.begin(afterLineBreak: true)
        candidateLength = 0
        if ByteText.equal(name, "file") {
            state = .file
            events.append(.fileBegins(filename: disposition.filename))
        } else {
            state = .field(name)
        }
    }

    private mutating func match(_ byte: UInt8) throws(S3Error) -> MultipartDelimiter.Verdict {
        var verdict = MultipartDelimiter.Verdict.mismatch
        if delimiter.isActive {
            candidateLength += 1
            verdict = delimiter.push(byte)
        }
        if verdict == .bareLineFeed { throw .malformedPOSTRequest("a delimiter line ends in a line feed alone") }
        guard verdict == .mismatch, byte == UInt8(ascii: "\r") else { return verdict }
        delimiter.begin(afterLineBreak: false)
        candidateLength = 1
        return delimiter.push(byte)
    }

    private mutating func beginPart() {
        headers = MultipartPartHeaders()
        value = []
        state = .headers
    }

    private mutating func endForm(into events: inout [Event]) {
        state = .ignoring
        events.append(.endsWithoutFile)
    }
}
