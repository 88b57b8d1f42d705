@testable import ForeignDrives
import Testing

/// A drive that is in memory as a whole.
final class MemoryDrive: DriveDirectory {
    enum Node {
        case file([UInt8])
        case folder
        case link
    }

    struct Refusal: Error {}

    private(set) var nodes: [String: Node] = ["": .folder]
    /// Folders and files that cannot be read.
    var refused: Set<String> = []

    init(format: String? = MemoryDrive.singleDrive) {
        if let format { write(".minio.sys/format.json", Array(format.utf8)) }
    }

    static let singleDrive = """
        {"version":"1","format":"xl-single","id":"5e1c0d1e-0000-4000-8000-000000000001","xl":{"version":"3",\
        "this":"5e1c0d1e-0000-4000-8000-000000000002","sets":[["5e1c0d1e-0000-4000-8000-000000000002"]],\
        "distributionAlgo":"SIPMOD+PARITY"}}
        """

    func write(_ path: String, _ bytes: [UInt8]) {
        makeFolders(above: path)
        nodes[path] = .file(bytes)
    }

    func write(_ path: String, _ file: XLFile) { write(path + "/xl.meta", file.bytes) }

    func makeFolder(_ path: String) {
        makeFolders(above: path)
        nodes[path] = .folder
    }

    func makeLink(_ path: String) {
        makeFolders(above: path)
        nodes[path] = .link
    }

    private func makeFolders(above path: String) {
        var names = path.split(separator: "/")
        while names.popLast() != nil, !names.isEmpty { nodes[names.joined(separator: "/")] = .folder }
    }

    func entries(of folder: DrivePath) throws -> [DriveEntry] {
        let path = "\(folder)"
        guard !refused.contains(path), case .folder = nodes[path] else { throw Refusal() }
        let prefix = path.isEmpty ? "" : path + "/"
        return nodes.compactMap { name, node in
            guard name.hasPrefix(prefix), !name.isEmpty, !name.dropFirst(prefix.count).contains("/"), name != path
            else { return nil }
            let bytes = Array(name.utf8.dropFirst(prefix.utf8.count))
            return switch node {
            case .file(let content): DriveEntry(name: bytes, kind: .file, size: Int64(content.count))
            case .folder: DriveEntry(name: bytes, kind: .folder)
            case .link: DriveEntry(name: bytes, kind: .symbolicLink)
            }
        }
    }

    func contents(of file: DrivePath, limit: Int) throws -> [UInt8]? {
        let path = "\(file)"
        guard !refused.contains(path) else { throw Refusal() }
        guard case .file(let bytes) = nodes[path] else { return nil }
        guard bytes.count <= limit else { throw Refusal() }
        return bytes
    }

    /// The content of an importable version, read as an importer would: piece by piece and in small pieces.
    func content(of version: MinIOVersion, step: Int = 1_000) throws -> [UInt8] {
        guard case .object(let content) = version.content else { return [] }
        var bytes: [UInt8] = []
        for piece in content.pieces {
            var frame = try piece.frame()
            let stored = try self.stored(piece)
            for start in stride(from: 0, to: stored.count, by: step) {
                let part = Array(stored.dropFirst(start).prefix(step))
                for range in try part.withUnsafeBytes({ try frame.feed($0) }) { bytes += part[range] }
            }
            try frame.finish()
        }
        return bytes
    }

    private func stored(_ piece: MinIOPiece) throws -> [UInt8] {
        switch piece.location {
        case .inline(let value): Array(value)
        case .file(let path): try contents(of: path, limit: .max) ?? []
        case .nowhere: []
        }
    }
}

extension MinIODrive {
    /// Everything in the bucket of this name.
    func everything(in name: String) throws -> (objects: [String: MinIOObject], survey: MinIOSurvey) {
        let bucket = try #require(try root().buckets.first { $0.name == name })
        var objects: [String: MinIOObject] = [:]
        let survey = walk(bucket) { objects[String(decoding: $0.key, as: UTF8.self)] = $0 }
        return (objects, survey)
    }
}
