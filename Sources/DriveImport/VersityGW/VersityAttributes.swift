import ForeignDrives
import ObjectStorage
import S3Protocol

/// Where versitygw keeps the attributes of its files: as extended ones, or in files of a sidecar directory.
struct VersityAttributes: Sendable {
    /// The most bytes of an attribute in a sidecar file; an extended one has at most 64 KiB.
    private static let longest = 4 << 20

    let sidecar: SourceDirectory?

    /// The attributes of an open file or directory, by their names without `user.`; `place` is where they lie in the
    /// sidecar directory.
    func attributes(of file: SourceFile, at place: DrivePath?) throws -> [ForeignAttribute] {
        guard let sidecar else { return try Self.extended(of: file) }
        return try place.map { try Self.attributes(in: sidecar, at: $0) } ?? []
    }

    private static func extended(of file: SourceFile) throws -> [ForeignAttribute] {
        try file.attributeNames().compactMap { name in
            guard let own = VersityLayout.attributeName(ofExtended: name), let value = try file.attribute(name) else {
                return nil
            }
            return ForeignAttribute(own, value)
        }
    }

    private static func attributes(in sidecar: SourceDirectory, at place: DrivePath) throws -> [ForeignAttribute] {
        let folder = place.description
        guard let there = try sidecar.open(folder), there.isDirectory else { return [] }
        return try sidecar.entries(of: folder).compactMap { entry in
            guard entry.kind == .file, let name = String(validating: entry.name, as: UTF8.self),
                !VersityLayout.isTemporarySidecar(name), let file = try sidecar.open("\(folder)/\(name)")
            else { return nil }
            return ForeignAttribute(name, try file.bytes(limit: longest))
        }
    }
}
