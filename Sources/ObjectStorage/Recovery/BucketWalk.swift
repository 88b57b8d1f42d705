import S3Protocol

/// Goes through all files of a bucket, natural and escaped, in pieces.
///
/// All of it blocks. Holds one open directory and the paths of those that are still to be seen.
final class BucketWalk: @unchecked Sendable {
    // Unchecked: one task asks for pieces, each in a hop to the blocking pool that is awaited.

    /// What a piece of the walk came across.
    struct Piece: Sendable {
        /// The keys of files, whatever their records say.
        var keys: [ObjectKey] = []
        /// Keys that have noncurrent versions or delete markers; they may be among the others too.
        var versionedKeys: [ObjectKey] = []
        /// What is no object and cannot become one.
        var strays: [Stray] = []
        /// Directories of natural files that were opened.
        var directories: [String] = []
        /// Directories with nothing in them.
        var emptyDirectories: [String] = []

        /// How much it holds.
        var count: Int { keys.count + versionedKeys.count + strays.count + emptyDirectories.count }
    }

    /// Something in a bucket that is no object.
    struct Stray: Sendable, Equatable {
        /// Why it is none.
        enum Reason: String, Sendable {
            /// Its name is not UTF-8.
            case notUTF8 = "name-not-utf8"
            /// Its path is no key, or one that cannot lie here.
            case unsafePath = "unsafe-path"
            /// A symbolic link, a pipe, a socket or a device.
            case notAFile = "not-a-file"
            /// An escaped file, or a directory of versions, that does not say of which key it is.
            case nameless = "nameless"
            /// It cannot be read.
            case unreadable
        }

        /// Where, below the root; bytes that are no UTF-8 are replaced.
        let path: String
        /// Why it is no object.
        let reason: Reason
        /// What the system says of it, if that is the reason.
        var detail: String?
    }

    private let root: StorageRoot
    private let files: ObjectFiles
    private let bucket: Bucket
    private let top: String
    private let escapedTop: String
    private let versionsTop: String
    private var paths: [String]
    private var opened: (path: String, stream: DirectoryStream, isEmpty: Bool)?

    /// A walk through all of a bucket, or what is in one of its directories.
    init(_ bucket: Bucket, _ files: ObjectFiles, below path: String? = nil) {
        root = files.root
        self.files = files
        self.bucket = bucket
        top = KeyPlace.bucketDirectory(bucket.name)
        escapedTop = KeyPlace.escapedDirectory(bucket.id)
        versionsTop = KeyPlace.versionsDirectory(bucket.id)
        paths = path.map { [$0] } ?? [versionsTop, escapedTop, top]
    }

    /// About so many keys more; nil at the end.
    func next(_ count: Int) throws -> Piece? {
        var piece = Piece()
        while piece.count < count {
            guard try openNext(&piece) else { break }
            guard let current = opened else { continue }
            guard let entry = try current.stream.next() else {
                if current.isEmpty, ![top, escapedTop, versionsTop].contains(current.path) {
                    piece.emptyDirectories.append(current.path)
                }
                opened = nil
                continue
            }
            opened?.isEmpty = false
            take(entry, in: current.path, &piece)
        }
        let isOver = opened == nil && paths.isEmpty
        return isOver && piece.count == 0 ? nil : piece
    }

    /// Opens the next directory unless one is open; false when there is none.
    private func openNext(_ piece: inout Piece) throws -> Bool {
        guard opened == nil else { return true }
        guard let path = paths.popLast() else { return false }
        do {
            guard let directory = try root.directory.openDirectory(path) else { return true }
            opened = (path, try DirectoryStream(directory), true)
            if path.utf8.starts(with: top.utf8) { piece.directories.append(path) }
        } catch let error as StorageError where error.concernsOneFile {
            piece.strays.append(Stray(path: path, reason: .unreadable, detail: error.message))
        }
        return true
    }

    private func take(_ entry: DirectoryEntry, in directory: String, _ piece: inout Piece) {
        let shown = "\(directory)/\(String(decoding: entry.bytes, as: UTF8.self))"
        guard let name = entry.name else {
            return piece.strays.append(Stray(path: shown, reason: .notUTF8))
        }
        switch entry.kind {
        case .directory where isDirectoryOfHashes(directory): takeVersions("\(directory)/\(name)", name, &piece)
        case .directory: paths.append("\(directory)/\(name)")
        case .other: piece.strays.append(Stray(path: shown, reason: .notAFile))
        case .file where directory.utf8.starts(with: top.utf8): takeNatural(shown, &piece)
        case .file where directory.utf8.starts(with: escapedTop.utf8): takeEscaped(shown, name, &piece)
        case .file: piece.strays.append(Stray(path: shown, reason: .nameless))
        }
    }

    /// Whether what is in a directory are those of single keys' versions: `versions/<bucket id>/<2 hex>`.
    private func isDirectoryOfHashes(_ path: String) -> Bool {
        path.utf8.starts(with: versionsTop.utf8) && path.utf8.count > versionsTop.utf8.count
    }

    /// Any one of a key's versions tells the key.
    private func takeVersions(_ path: String, _ name: String, _ piece: inout Piece) {
        files.versionedBuckets.insert(bucket.id)
        do {
            guard let directory = try root.directory.openDirectory(path) else { return }
            let entries = try directory.entries()
            guard !entries.isEmpty else { return piece.emptyDirectories.append(path) }
            let keys = entries.lazy.compactMap { try? self.key(ofVersion: $0, in: directory, name) }
            guard let key = keys.first else { return piece.strays.append(Stray(path: path, reason: .nameless)) }
            piece.versionedKeys.append(key)
        } catch {
            piece.strays.append(Stray(path: path, reason: .unreadable, detail: "\(error)"))
        }
    }

    private func key(ofVersion entry: DirectoryEntry, in directory: FileDescriptor, _ hash: String) throws -> ObjectKey?
    {
        guard entry.kind == .file, let name = entry.name, let file = try directory.open(name) else { return nil }
        guard case .record(let record, _) = try files.records.read(file), record.bucketID == bucket.id,
            SidecarName.keyDigest(record.key) == hash
        else { return nil }
        return record.key
    }

    private func takeNatural(_ path: String, _ piece: inout Piece) {
        let bytes = Array(path.utf8.dropFirst(top.utf8.count + 1))
        guard KeyPlace.isSafePath(bytes), let key = try? ObjectKey(utf8: bytes) else {
            return piece.strays.append(Stray(path: path, reason: .unsafePath))
        }
        piece.keys.append(key)
    }

    /// Of an escaped file only its record tells the key.
    private func takeEscaped(_ path: String, _ name: String, _ piece: inout Piece) {
        files.escapedBuckets.insert(bucket.id)
        do {
            let reading = try root.directory.open(path).map(files.records.read)
            guard let reading else { return }
            guard case .record(let record, _) = reading, record.bucketID == bucket.id,
                KeyPlace.escaped(record.key, bucketID: bucket.id).name == name
            else { return piece.strays.append(Stray(path: path, reason: .nameless)) }
            piece.keys.append(record.key)
        } catch {
            piece.strays.append(Stray(path: path, reason: .unreadable, detail: "\(error)"))
        }
    }
}

extension StorageError {
    /// Whether only one file suffers: the walk goes on with the next.
    var concernsOneFile: Bool {
        ![.readOnly, .closed, .tooManyOpenFiles].contains(code)
    }
}
