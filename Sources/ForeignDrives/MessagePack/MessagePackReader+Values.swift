extension MessagePackReader {
    /// Reads an integer of any width and sign that fits into 64 bits with sign.
    package mutating func readInteger() throws(ForeignDriveError) -> Int64 {
        switch try readHead() {
        case .negative(let value): return value
        case .unsigned(let value):
            guard let exact = Int64(exactly: value) else { throw .malformed("an integer is out of range") }
            return exact
        case let head: throw mismatch(head, "an integer")
        }
    }

    /// Reads an integer that is not negative.
    package mutating func readUnsigned() throws(ForeignDriveError) -> UInt64 {
        switch try readHead() {
        case .unsigned(let value): return value
        case let head: throw mismatch(head, "an unsigned integer")
        }
    }

    /// Reads a boolean.
    package mutating func readBoolean() throws(ForeignDriveError) -> Bool {
        switch try readHead() {
        case .boolean(let value): return value
        case let head: throw mismatch(head, "a boolean")
        }
    }

    /// Reads a string of UTF-8.
    package mutating func readText() throws(ForeignDriveError) -> String {
        guard let text = String(validating: try readTextBytes(), as: UTF8.self) else {
            throw .malformed("a string is not UTF-8")
        }
        return text
    }

    /// Reads the bytes of a string, which need not be UTF-8; nil counts as empty.
    package mutating func readTextBytes() throws(ForeignDriveError) -> ArraySlice<UInt8> {
        switch try readHead() {
        case .text(let length): return try take(length)
        case .null: return []
        case let head: throw mismatch(head, "a string")
        }
    }

    /// Reads binary data; nil counts as empty.
    package mutating func readBinary() throws(ForeignDriveError) -> ArraySlice<UInt8> {
        switch try readHead() {
        case .binary(let length): return try take(length)
        case .null: return []
        case let head: throw mismatch(head, "binary data")
        }
    }

    func mismatch(_ head: MessagePackHead, _ wanted: String) -> ForeignDriveError {
        .malformed("\(head.name) stands where \(wanted) belongs")
    }
}
