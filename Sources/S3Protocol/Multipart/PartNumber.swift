/// The number of a part of a multipart upload, 1 to 10000; parts are put together in its order.
package struct PartNumber: Hashable, Sendable {
    /// The numbers that a part may have.
    package static let range = 1...MultipartLimits.maximumParts

    /// The number.
    package let value: Int

    /// A number, checked.
    ///
    /// - Throws: `InvalidArgument` when it is not one of 1 to 10000.
    package init(_ value: Int) throws(S3Error) {
        guard Self.range.contains(value) else { throw .invalidPartNumberArgument("\(value)") }
        self.value = value
    }

    /// The number in the query parameter `partNumber`.
    ///
    /// - Throws: `InvalidArgument` when it is no integer from 1 to 10000.
    package init(query text: String) throws(S3Error) {
        guard let value = Int(text), Self.range.contains(value) else { throw .invalidPartNumberArgument(text) }
        self.value = value
    }
}

extension PartNumber: Comparable {
    /// The order of the parts in the object.
    package static func < (left: PartNumber, right: PartNumber) -> Bool {
        left.value < right.value
    }
}

extension PartNumber: CustomStringConvertible {
    /// The number in decimal digits.
    package var description: String { "\(value)" }
}
