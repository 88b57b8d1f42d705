import ForeignDrives
import ObjectStorage
import S3Protocol

/// Goes through a bucket of versitygw: files are keys, and so are directories with an ETag.
///
/// The directories on the way down are a stack, each with the names that are still to come.
final class VersityKeys: SourceKeys, @unchecked Sendable {
    // Unchecked: one call is made at a time.

    /// A key, and where its file is.
    struct Place {
        let key: [UInt8]
        /// The path below the root.
        let path: String
        let isDirectory: Bool
    }

    private struct Level {
        let path: String
        var entries: [SourceEntry]
    }

    let reader: VersityKeyReader
    private let bucket: String
    private let root: SourceDirectory
    private var levels: [Level] = []
    private(set) var remains = SourceRemains()
    private var strays = 0
    private var isFinished = false

    init(_ bucket: String, in root: SourceDirectory, reader: VersityKeyReader) throws {
        self.bucket = bucket
        self.root = root
        self.reader = reader
        let own = try root.entries(of: bucket).filter {
            !$0.name.elementsEqual(VersityLayout.temporaryFolder.utf8)
        }
        levels = [Level(path: bucket, entries: Self.ordered(own))]
    }

    func next() throws -> SourceKey? {
        while let place = try nextPlace() {
            if let key = try reader.key(place) { return key }
        }
        return nil
    }

    /// The next file or directory that may be a key, nil at the end.
    func nextPlace() throws -> Place? {
        while let path = levels.last?.path {
            guard let entry = levels[levels.count - 1].entries.popLast() else {
                levels.removeLast()
                continue
            }
            if let place = enter(entry, in: path) { return place }
        }
        finish()
        return nil
    }

    private func enter(_ entry: SourceEntry, in folder: String) -> Place? {
        guard let name = String(validating: entry.name, as: UTF8.self) else {
            let shown = "\(folder)/\(String(decoding: entry.name, as: UTF8.self))"
            remains.unreadable.append((shown, "its name is no UTF-8"))
            return nil
        }
        let path = "\(folder)/\(name)"
        let key = Array(path.utf8.dropFirst(bucket.utf8.count + 1))
        switch entry.kind {
        case .file: return Place(key: key, path: path, isDirectory: false)
        case .directory:
            do {
                levels.append(Level(path: path, entries: Self.ordered(try root.entries(of: path))))
            } catch {
                remains.unreadable.append((path, "it cannot be listed: \(error)"))
            }
            return Place(key: key + [UInt8(ascii: "/")], path: path, isDirectory: true)
        case .other:
            strays += 1
            return nil
        }
    }

    private func finish() {
        guard !isFinished else { return }
        isFinished = true
        if strays > 0 { remains.notes.append("\(strays) links or special files are left behind") }
        remains.notes += reader.leftovers()
    }

    /// The last name first, as they are taken from the end.
    private static func ordered(_ entries: [SourceEntry]) -> [SourceEntry] {
        entries.sorted { $1.name.lexicographicallyPrecedes($0.name) }
    }
}
