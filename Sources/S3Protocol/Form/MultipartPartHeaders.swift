/// Collects the header lines of one part, byte by byte, and keeps its Content-Disposition.
struct MultipartPartHeaders: Sendable {
    /// The most bytes of one part's headers.
    static let maximumLength = 8192
    /// The most header lines of one part.
    static let maximumLines = 32

    private var line: [UInt8] = []
    private var lines: [[UInt8]] = []
    private var length = 0
    private var sawCarriageReturn = false

    /// Takes the next byte; true when it was the last of the empty line that ends the headers.
    ///
    /// - Throws: `MalformedPOSTRequest` for line ends other than CR LF, NUL bytes, or more than the limits.
    mutating func push(_ byte: UInt8) throws(S3Error) -> Bool {
        length += 1
        guard length <= Self.maximumLength else { throw .malformedPOSTRequest("the headers of a part are too long") }
        if sawCarriageReturn {
            guard byte == UInt8(ascii: "\n") else { throw .malformedPOSTRequest("a carriage return without line feed") }
            sawCarriageReturn = false
            return try endLine()
        }
        switch byte {
        case UInt8(ascii: "\r"): sawCarriageReturn = true
        case UInt8(ascii: "\n"): throw .malformedPOSTRequest("a line of a part's headers ends in a line feed alone")
        case 0: throw .malformedPOSTRequest("a NUL byte in the headers of a part")
        default: line.append(byte)
        }
        return false
    }

    /// The part's Content-Disposition, once all headers are there.
    ///
    /// - Throws: `MalformedPOSTRequest` when it is missing, given twice, or not of type `form-data`.
    func disposition() throws(S3Error) -> ContentDisposition {
        let values = lines.compactMap { Self.value(of: "content-disposition", in: $0) }
        guard values.count == 1, let disposition = ContentDisposition(values[0]) else {
            throw .malformedPOSTRequest("a part needs one Content-Disposition of type form-data")
        }
        return disposition
    }

    private mutating func endLine() throws(S3Error) -> Bool {
        guard let first = line.first else { return true }
        defer { line = [] }
        if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
            guard !lines.isEmpty else { throw .malformedPOSTRequest("a part begins with a continued header line") }
            lines[lines.count - 1] += line
            return false
        }
        guard line.contains(UInt8(ascii: ":")) else { throw .malformedPOSTRequest("a header of a part has no colon") }
        guard lines.count < Self.maximumLines else { throw .malformedPOSTRequest("a part has too many headers") }
        lines.append(line)
        return false
    }

    private static func value(of name: String, in line: [UInt8]) -> [UInt8]? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let text = ByteText.lowercasedASCII(ByteText.trimmed(String(decoding: line[..<colon], as: UTF8.self)))
        return ByteText.equal(text, name) ? Array(line[(colon + 1)...]) : nil
    }
}
