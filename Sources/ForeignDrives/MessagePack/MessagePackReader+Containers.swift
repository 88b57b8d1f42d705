extension MessagePackReader {
    /// Reads how many values an array has, which come next; nil counts as none.
    package mutating func readArrayCount() throws(ForeignDriveError) -> Int {
        switch try readHead() {
        case .array(let count): return count
        case .null: return 0
        case let head: throw mismatch(head, "an array")
        }
    }

    /// Reads how many pairs of key and value a map has, which come next; nil counts as none.
    package mutating func readMapCount() throws(ForeignDriveError) -> Int {
        switch try readHead() {
        case .map(let count): return count
        case .null: return 0
        case let head: throw mismatch(head, "a map")
        }
    }

    /// Reads an array; `read` takes one value each time.
    mutating func readArray<Element>(
        _ read: (inout MessagePackReader) throws(ForeignDriveError) -> Element
    ) throws(ForeignDriveError) -> [Element] {
        var elements: [Element] = []
        for _ in 0..<(try readArrayCount()) { elements.append(try read(&self)) }
        return elements
    }

    /// Reads a map with names for keys; `visit` takes exactly the value, by `skip` when it does not know the name.
    mutating func readMap(
        _ visit: (String, inout MessagePackReader) throws(ForeignDriveError) -> Void
    ) throws(ForeignDriveError) {
        for _ in 0..<(try readMapCount()) {
            let name = try readText()
            try visit(name, &self)
        }
    }

    /// Reads an array of integers, which may also be written as binary data with one byte each.
    mutating func readIntegers() throws(ForeignDriveError) -> [Int64] {
        let head = try takeHead { if case .binary = $0 { true } else { false } }
        guard let head else { return try readArray { reader throws(ForeignDriveError) in try reader.readInteger() } }
        return try take(head.contentLength).map(Int64.init)
    }
}

extension MessagePackReader {
    /// Takes the bytes of the next value with its head, to be read later.
    mutating func readRaw() throws(ForeignDriveError) -> ArraySlice<UInt8> {
        let start = rest
        try skip()
        return start.prefix(start.count - rest.count)
    }
}
