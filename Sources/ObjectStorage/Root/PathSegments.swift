extension String {
    /// The names of a path below the root.
    ///
    /// Split by bytes: Swift takes a slash and a combining mark behind it for one character.
    var pathSegments: [String] {
        utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }
}
