/// The elements `ChecksumCRC32`, `ChecksumSHA256` and so on, in which documents carry checksums.
enum ChecksumElement {
    /// The algorithm of an element of this name; nil for every other element.
    static func algorithm(_ name: String) -> ChecksumAlgorithm? {
        ChecksumAlgorithm.allCases.first { ByteText.equal($0.elementName, name) }
    }

    /// Writes the checksum of a part, or of a whole that has no parts.
    static func write(_ checksum: Checksum, to xml: XMLDocument) {
        xml.text(checksum.algorithm.elementName, checksum.base64)
    }
}
