import GRDB
import Glibc
import S3Protocol
import Testing

@testable import ObjectStorage

/// One way to damage a storage root that no server holds.
struct Damage: Sendable, CustomTestStringConvertible {
    /// What was done.
    let name: String
    /// The finding that names it.
    let code: String
    let isRepairable: Bool
    /// What is left after a repair for the operator to look at, when it is not the finding itself.
    var leaves: String?
    /// Whether a server starts on such a root at all.
    var allowsStart = true
    let make: @Sendable (TestRoot, _ bucketID: String) async throws -> Void

    var testDescription: String { name }

    private init(
        _ name: String,
        _ code: String,
        isRepairable: Bool = true,
        leaves: String? = nil,
        allowsStart: Bool = true,
        _ make: @escaping @Sendable (TestRoot, _ bucketID: String) async throws -> Void
    ) {
        self.name = name
        self.code = code
        self.isRepairable = isRepairable
        self.leaves = leaves ?? (isRepairable ? nil : code)
        self.allowsStart = allowsStart
        self.make = make
    }

    private static func attribute(_ root: TestRoot, _ path: String, _ text: String) {
        let file = FileDescriptor(taking: open(root.file(path), O_RDONLY))
        #expect((try? file.setAttribute(RecordFiles.attribute, Array(text.utf8))) == true)
    }

    private static func sidecar(of bucketID: String, _ root: TestRoot, _ text: String) {
        let name = SidecarName(bucketID: bucketID, key: key("gone"))
        shell("mkdir -p '\(root.file(name.directory))'")
        root.write(name.path, text)
    }

    private static func sql(_ root: TestRoot, _ statement: String) async throws {
        let queue = try DatabaseQueue(path: root.file(".larder/index.sqlite"))
        try await queue.write { try $0.execute(sql: statement) }
        try queue.close()
    }

    static let all: [Damage] = files + records + places + buckets + leftovers + index + versions + versionRows + uploads

    private static let files = [
        Damage("a file put by hand", "file-without-record") { root, _ in
            root.write("buckets/photos/by-hand", "x")
        },
        Damage("a file changed in place", "file-changed") { root, _ in
            root.write("buckets/photos/plain", "something else")
        },
        Damage("a file touched", "file-changed") { root, _ in
            shell("touch -d 2001-01-01 '\(root.file("buckets/photos/plain"))'")
        },
        Damage("a file copied with its attributes", "record-of-another-key") { root, _ in
            shell("cp -a '\(root.file("buckets/photos/plain"))' '\(root.file("buckets/photos/copy"))'")
        },
        Damage("a file cut by a power cut", "torn-file", leaves: "lost-file") { root, _ in
            let path = root.file("buckets/photos/plain")
            shell("touch -r '\(path)' '\(root.file("time"))' && truncate -s 3 '\(path)'")
            shell("touch -r '\(root.file("time"))' '\(path)'")
        },
        Damage("a file removed", "row-without-file") { root, _ in
            unlink(root.file("buckets/photos/plain"))
        },
    ]

    private static let records = [
        Damage("a record overwritten with garbage", "record-unreadable") { root, _ in
            attribute(root, "buckets/photos/plain", "garbage")
        },
        Damage("a record of a newer Larder", "record-newer", isRepairable: false) { root, _ in
            attribute(root, "buckets/photos/plain", #"{"v":99}"#)
        },
        Damage("a sidecar removed", "sidecar-missing") { root, _ in
            for sidecar in root.sidecars { unlink(sidecar) }
        },
        Damage("a sidecar damaged", "sidecar-missing") { root, _ in
            for sidecar in root.sidecars { shell("echo garbage > '\(sidecar)'") }
        },
        Damage("a file and its sidecar lost by a power cut", "torn-file", leaves: "lost-file") { root, _ in
            let path = root.file("buckets/photos/long")
            shell("touch -r '\(path)' '\(root.file("time"))' && truncate -s 0 '\(path)'")
            shell("touch -r '\(root.file("time"))' '\(path)'")
            for sidecar in root.sidecars { unlink(sidecar) }
        },
        Damage("a sidecar that nothing names", "sidecar-orphaned") { root, id in
            sidecar(of: id, root, RecordDocument.text(ofBucket: id))
        },
        Damage("a sidecar of no bucket", "sidecar-orphaned", leaves: "lost-file") { root, _ in
            sidecar(of: "nobody", root, RecordDocument.text(ofBucket: "nobody"))
        },
        Damage("a sidecar that cannot be read", "sidecar-orphaned", leaves: "lost-file") { root, id in
            sidecar(of: id, root, "{}")
        },
    ]

    private static let places = [
        Damage("two files for one key", "two-files") { root, id in
            let place = KeyPlace.escaped(key("plain"), bucketID: id)
            shell("mkdir -p '\(root.file(place.directory))'")
            shell("cp -a '\(root.file("buckets/photos/plain"))' '\(root.file(place.path))'")
        },
        Damage("a symbolic link", "no-object", isRepairable: false) { root, _ in
            symlink("/etc/passwd", root.file("buckets/photos/link"))
        },
        Damage("a name that is not UTF-8", "no-object", isRepairable: false) { root, _ in
            shell("touch \"$(printf '%s/bad\\377' '\(root.file("buckets/photos"))')\"")
        },
        Damage("a reserved name", "no-object", isRepairable: false) { root, _ in
            root.write("buckets/photos/.nfs0001", "x")
        },
        Damage("an escaped file without its record", "nameless-file", isRepairable: false) { root, id in
            attribute(root, KeyPlace.escaped(key("es//caped"), bucketID: id).path, "garbage")
        },
        Damage("an empty directory", "empty-directory") { root, _ in
            shell("mkdir -p '\(root.file("buckets/photos/empty/inside"))'")
        },
    ]

    private static let buckets = [
        Damage("a bucket's directory removed", "bucket-directory-missing") { root, _ in
            shell("rm -r '\(root.file("buckets/photos"))'")
        },
        Damage("a directory beside the buckets", "bucket-directory-unknown", isRepairable: false) { root, _ in
            shell("mkdir '\(root.file("buckets/stranger"))'")
        },
        Damage(
            "a bucket's settings damaged",
            "bucket-settings-unreadable",
            isRepairable: false,
            allowsStart: false
        ) { root, _ in
            root.write(".larder/buckets/photos.json", "garbage")
        },
        Damage("escaped files of no bucket", "escaped-of-no-bucket", isRepairable: false) { root, _ in
            shell("mkdir -p '\(root.file(".larder/escaped/nobody/ab"))'")
            root.write(".larder/escaped/nobody/ab/file", "x")
        },
        Damage("an escaped directory of no bucket", "escaped-of-no-bucket") { root, _ in
            shell("mkdir -p '\(root.file(".larder/escaped/nobody/ab"))'")
        },
    ]

    private static let leftovers = [
        Damage("debris of an upload", "debris") { root, _ in
            root.write(".larder/incoming/debris", "half")
        },
        Damage("a lost file", "lost-file", isRepairable: false) { root, _ in
            root.write(".larder/lost/something", "half")
        },
        Damage("changes that were under way", "unfinished-changes") { root, id in
            let segment = root.names(".larder/intents")[0]
            let line = IntentLine(bucketID: id, key: key("plain")).text
            root.write(".larder/intents/\(segment)", "\(String(decoding: line, as: UTF8.self))\n")
        },
    ]

    /// The place of the bucket that keeps versions.
    private static func versions(of name: String, _ root: TestRoot) -> String {
        KeyPlace.versions(of: key(name), bucketID: root.names(".larder/versions")[0])
    }

    private static let versions = [
        Damage("a version removed", "version-rows-differ") { root, _ in
            let directory = versions(of: "kept", root)
            unlink(root.file("\(directory)/\(root.names(directory)[0])"))
        },
        Damage("a file put among the versions", "strange-version", isRepairable: false) { root, _ in
            root.write("\(versions(of: "kept", root))/by-hand", "x")
        },
        Damage("a version's record overwritten with garbage", "strange-version", isRepairable: false) { root, _ in
            let directory = versions(of: "kept", root)
            attribute(root, "\(directory)/\(root.names(directory)[0])", "garbage")
        },
        Damage("the records of all versions lost", "nameless-file", isRepairable: false) { root, _ in
            let directory = versions(of: "marked", root)
            for name in root.names(directory) { attribute(root, "\(directory)/\(name)", "garbage") }
        },
        Damage("a version cut by a power cut", "torn-file", leaves: "lost-file") { root, _ in
            let directory = versions(of: "kept", root)
            let path = root.file("\(directory)/\(root.names(directory)[0])")
            shell("touch -r '\(path)' '\(root.file("time"))' && truncate -s 3 '\(path)'")
            shell("touch -r '\(root.file("time"))' '\(path)'")
        },
        Damage("the current file of versions removed", "versions-unsettled") { root, _ in
            unlink(root.file("buckets/archive/kept"))
        },
        Damage("an older version put back by hand", "versions-unsettled") { root, _ in
            let directory = versions(of: "kept", root)
            shell(
                "cp -a '\(root.file("\(directory)/\(root.names(directory)[0])"))' '\(root.file("buckets/archive/kept"))'"
            )
        },
        Damage("the current version among the noncurrent ones", "versions-unsettled") { root, _ in
            let id = output("getfattr -n user.larder --only-values '\(root.file("buckets/archive/kept"))'")
                .split(separator: #""version":""#).last!.prefix(32)
            link(root.file("buckets/archive/kept"), root.file("\(versions(of: "kept", root))/\(id)"))
        },
        Damage("the file of a hidden object put back by hand", "versions-unsettled") { root, _ in
            let directory = versions(of: "marked", root)
            let file = root.names(directory).first { output("stat -c %s '\(root.file(directory))/\($0)'") != "0\n" }!
            shell("cp -a '\(root.file("\(directory)/\(file)"))' '\(root.file("buckets/archive/marked"))'")
        },
        Damage("versions of no bucket", "versions-of-no-bucket", isRepairable: false) { root, _ in
            shell("mkdir -p '\(root.file(".larder/versions/nobody/ab/cd"))'")
            root.write(".larder/versions/nobody/ab/cd/file", "x")
        },
    ]

    private static let versionRows = [
        Damage("the row of a version removed", "version-rows-differ") { root, _ in
            try await sql(root, "DELETE FROM versions WHERE key = CAST('kept' AS BLOB) AND marker = 0")
        },
        Damage("the row of a delete marker changed", "version-rows-differ") { root, _ in
            try await sql(root, "UPDATE versions SET marker = 0 WHERE key = CAST('marked' AS BLOB)")
        },
        Damage("the row of a version of no key", "version-rows-differ") { root, _ in
            try await sql(
                root,
                """
                INSERT INTO versions (bucket, key, seq, version, size, mtime, etag, marker)
                    SELECT bucket, CAST('never' AS BLOB), seq, 'v', 1, 1, 'e', 0 FROM versions LIMIT 1
                """
            )
        },
    ]

    private static func upload(_ root: TestRoot) -> String {
        ".larder/multipart/\(root.names(".larder/multipart")[0])"
    }

    private static let uploads = [
        Damage("a part put by hand", "part-unreadable", isRepairable: false) { root, _ in
            root.write("\(upload(root))/00002", "by hand")
        },
        Damage("a part cut", "part-unreadable", isRepairable: false) { root, _ in
            truncate(root.file("\(upload(root))/00001"), 1)
        },
        Damage("the part of another upload", "part-unreadable", isRepairable: false) { root, id in
            let text =
                #"{"bucket":"\#(id)","etag":"e","key":"00001","mtime":1,"seq":1,"size":8,"v":1,"version":"null"}"#
            attribute(root, "\(upload(root))/00001", text)
        },
        Damage("an upload without its document", "upload-unfinished") { root, _ in
            unlink(root.file("\(upload(root))/upload.json"))
        },
        Damage("the document of an upload damaged", "upload-unreadable", isRepairable: false) { root, _ in
            root.write("\(upload(root))/upload.json", "garbage")
        },
        Damage("an upload of no bucket", "upload-of-no-bucket") { root, id in
            shell("sed -i 's/\(id)/0123456789abcdef0123456789abcdef/' '\(root.file(upload(root)))/upload.json'")
        },
    ]

    private static let index = [
        Damage("a row removed", "file-without-row") { root, _ in
            try await sql(root, "DELETE FROM objects WHERE key = CAST('plain' AS BLOB)")
        },
        Damage("a row changed", "row-differs") { root, _ in
            try await sql(root, "UPDATE objects SET etag = 'x' WHERE key = CAST('plain' AS BLOB)")
        },
        Damage("counts changed", "usage-differs") { root, _ in
            try await sql(root, "UPDATE buckets SET bytes = bytes + 7")
        },
        Damage("a bucket incomplete", "index-incomplete") { root, _ in
            try await sql(root, "UPDATE buckets SET complete = 0")
        },
        Damage("the index removed", "index-missing") { root, _ in
            shell("rm '\(root.path)'/.larder/index.sqlite*")
        },
        Damage("the index damaged", "index-damaged") { root, _ in
            shell(
                "printf garbagegarbagegarbage | dd of='\(root.file(".larder/index.sqlite"))' conv=notrunc 2>/dev/null"
            )
        },
        Damage("an index of another time", "index-of-another-time") { root, _ in
            try await sql(root, "UPDATE meta SET value = value - 1 WHERE name = 'checkpoint'")
        },
        Damage("an index of another root", "index-of-another-time") { root, _ in
            try await sql(root, "UPDATE meta SET value = 'other' WHERE name = 'root'")
        },
    ]
}

extension RecordDocument {
    /// A record of the key `gone`.
    fileprivate static func text(ofBucket id: String) -> String {
        #"{"bucket":"\#(id)","etag":"e","key":"gone","mtime":1,"seq":1,"size":1,"v":1,"version":"null"}"#
    }
}
