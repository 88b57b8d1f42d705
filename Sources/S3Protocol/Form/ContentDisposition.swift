/// The Content-Disposition header of one part of a form (RFC 7578 section 4.2), as clients really write it.
package struct ContentDisposition: Equatable, Sendable {
    /// The field's name, or nil.
    package let name: [UInt8]?
    /// The file name as sent, with its path if there is one, or nil; `%22` in it is not decoded.
    package let filename: [UInt8]?

    /// Reads a header value, or gives nil when its type is not `form-data`.
    ///
    /// Quoted values, unquoted tokens and the `filename*` form of RFC 5987 are understood; the last one is preferred.
    package init?(_ value: [UInt8]) {
        let header = HeaderParameters(value)
        guard ByteText.equal(header.value, "form-data") else { return nil }
        name = header.preferringExtended("name")
        filename = header.preferringExtended("filename")
    }

    /// What follows the last `/` or `\` of a file name: some browsers send the whole path.
    package static func basename(_ filename: [UInt8]) -> [UInt8] {
        let isSeparator: (UInt8) -> Bool = { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        guard let last = filename.lastIndex(where: isSeparator) else { return filename }
        return Array(filename[(last + 1)...])
    }
}
