/// The last section of an `xl.meta`: the framed bytes of small versions, by the version's name.
package struct XLInlineData: Sendable {
    /// The framed bytes by the printed version id, or by `null`.
    package let values: [String: ArraySlice<UInt8>]

    /// A section without values, as where there is none.
    init() {
        self.init(values: [:])
    }

    private init(values: [String: ArraySlice<UInt8>]) {
        self.values = values
    }

    /// Reads a section to its end; one without bytes has no values.
    ///
    /// - Throws: `unsupportedFormat` for another version, `truncated` and `malformed`, also when two values have the
    ///   same name or bytes follow the last.
    package init(_ bytes: ArraySlice<UInt8>) throws(ForeignDriveError) {
        guard let version = bytes.first else {
            self.init()
            return
        }
        guard version == 1 else { throw .unsupported("inline data of the unknown version \(version)") }
        var values: [String: ArraySlice<UInt8>] = [:]
        var reader = MessagePackReader(bytes.dropFirst())
        try reader.readMap { name, reader throws(ForeignDriveError) in
            guard values.updateValue(try reader.readBinary(), forKey: name) == nil else {
                throw .malformed("inline data names \(name) twice")
            }
        }
        guard reader.isAtEnd else { throw .malformed("bytes follow the inline data") }
        self.init(values: values)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> Result<XLInlineData, ForeignDriveError> {
        Result { () throws(ForeignDriveError) in try XLInlineData(bytes) }
    }
}
