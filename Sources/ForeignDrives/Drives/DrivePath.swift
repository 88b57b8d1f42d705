/// A place under a drive's root, as the bytes of its names.
package struct DrivePath: Hashable, Sendable {
    /// The names from the root on, none empty, `.` or `..`, none with a slash or zero byte.
    package private(set) var names: [[UInt8]]

    /// The drive itself.
    package static let root = DrivePath(names: [])

    private init(names: [[UInt8]]) {
        self.names = names
    }

    /// A place written in the source or in a recorded name, its parts separated by slashes.
    init(_ text: String) {
        names = text.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
    }

    /// The place of this name in this folder, or nil when it is not a plain file name.
    package func appending(_ name: [UInt8]) -> DrivePath? {
        guard Self.isPlain(name) else { return nil }
        return DrivePath(names: names + [name])
    }

    /// The place of a name that is known to be plain.
    func appending(known name: String) -> DrivePath {
        DrivePath(names: names + [Array(name.utf8)])
    }

    /// The bytes of the path relative to the root, with slashes between the names.
    package var bytes: [UInt8] { Array(names.joined(separator: CollectionOfOne(UInt8(ascii: "/")))) }

    /// Whether `name` is one component that leads neither up nor nowhere.
    static func isPlain(_ name: [UInt8]) -> Bool {
        !name.isEmpty && !name.contains(UInt8(ascii: "/")) && !name.contains(0)
            && name != [UInt8(ascii: ".")] && name != [UInt8(ascii: "."), UInt8(ascii: ".")]
    }
}

extension DrivePath: CustomStringConvertible {
    /// The path for reports; bytes that are not UTF-8 are replaced.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
