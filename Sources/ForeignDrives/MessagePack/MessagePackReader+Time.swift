extension MessagePackReader {
    /// The extension type with which Go's msgp library writes a time: seconds in 8 bytes, nanoseconds in 4.
    private static let goTime: Int8 = 5
    /// The specification's own timestamp.
    private static let standardTime: Int8 = -1

    /// Reads a time, in the form of Go's msgp library or in any of the standard's three.
    package mutating func readTime() throws(ForeignDriveError) -> ForeignTime {
        let head = try readHead()
        switch head {
        case .extended(Self.goTime, 12):
            let seconds = Int64(bitPattern: try takeNumber(8))
            return try time(seconds, try takeNumber(4))
        case .extended(Self.standardTime, 4):
            return ForeignTime(seconds: Int64(try takeNumber(4)))
        case .extended(Self.standardTime, 8):
            let packed = try takeNumber(8)
            return try time(Int64(packed & 0x3_FFFF_FFFF), packed >> 34)
        case .extended(Self.standardTime, 12):
            let nanoseconds = try takeNumber(4)
            return try time(Int64(bitPattern: try takeNumber(8)), nanoseconds)
        default: throw mismatch(head, "a time")
        }
    }

    private func time(_ seconds: Int64, _ nanoseconds: UInt64) throws(ForeignDriveError) -> ForeignTime {
        guard nanoseconds < 1_000_000_000 else { throw .malformed("a time has too many nanoseconds") }
        return ForeignTime(seconds: seconds, nanoseconds: Int32(nanoseconds))
    }
}
