@testable import ForeignDrives

/// An `xl.meta` made from the description of the format, in any of its minors and header versions.
struct XLFile {
    var minor = 3
    var headerVersion: Int64 = 3
    var metaVersion: Int64 = 3
    var versions: [XLRecord] = []
    var inline: [(name: String, framed: [UInt8])]?

    /// The header of the file.
    static func head(_ minor: UInt8) -> [UInt8] { Array("XL2 ".utf8) + [1, 0, minor, 0] }

    var bytes: [UInt8] {
        Self.head(UInt8(minor)) + (minor == 0 ? payload : Self.wrapped(payload, minor: minor)) + inlineSection
    }

    /// The payload in its bin, with its checksum.
    static func wrapped(_ payload: [UInt8], minor: Int) -> [UInt8] {
        MessagePackWriter.write { writer in
            writer.wide(0xC6, UInt64(payload.count), 4)
            writer.bytes += payload
            if minor >= 2 { writer.wide(0xCE, XXHash64.hash(payload[...]) & 0xFFFF_FFFF, 4) }
        }
    }

    /// What the checksum is over.
    var payload: [UInt8] {
        MessagePackWriter.write { writer in
            guard minor == 3 else {
                writer.map(1)
                writer.text("Versions")
                writer.array(versions.count)
                for version in versions { writer.bytes += version.body }
                return
            }
            writer.integer(headerVersion)
            writer.integer(metaVersion)
            writer.integer(Int64(versions.count))
            for version in versions {
                writer.binary(version.header(headerVersion))
                writer.binary(version.body)
            }
        }
    }

    var inlineSection: [UInt8] {
        guard let inline else { return [] }
        return [1]
            + MessagePackWriter.write { writer in
                writer.map(inline.count)
                for (name, framed) in inline {
                    writer.text(name)
                    writer.binary(framed)
                }
            }
    }
}

/// One version of a synthetic `xl.meta`.
struct XLRecord {
    var kind: Int64 = 1
    var id = ForeignUUID.zero
    var modified: Int64 = 1_700_000_000_000_000_000
    var flags: UInt8 = 2
    var dataFolder = ForeignUUID([UInt8](repeating: 0xDD, count: 16))!
    var data: Int64 = 1
    var parity: Int64 = 0
    var blockSize: Int64 = 1 << 20
    var index: Int64 = 1
    var distribution: [Int64] = [1]
    var protection: Int64 = 1
    var parts: [(number: Int64, size: Int64)] = []
    var size: Int64?
    var system: [(String, String)] = []
    var user: [(String, String)] = [("content-type", "text/plain")]
    /// What stands in the header in place of the body's id.
    var headerID: ForeignUUID?
    /// A whole body in place of the one made from the fields.
    var rawBody: [UInt8]?

    static func deleteMarker(_ id: ForeignUUID, modified: Int64) -> XLRecord {
        XLRecord(kind: 2, id: id, modified: modified, flags: 0)
    }

    func header(_ version: Int64) -> [UInt8] {
        MessagePackWriter.write { writer in
            writer.array(version == 1 ? 4 : version == 2 ? 5 : 7)
            writer.binary((headerID ?? id).bytes)
            writer.integer(modified)
            if version > 1 { writer.binary([1, 2, 3, 4]) }
            writer.integer(kind)
            writer.integer(Int64(flags))
            if version > 2 { for shards in kind == 2 ? [0, 0] : [parity, data] { writer.integer(shards) } }
        }
    }

    var body: [UInt8] {
        rawBody
            ?? MessagePackWriter.write { writer in
                writer.map(3)
                writer.text("Type")
                writer.integer(kind)
                writer.text(kind == 1 ? "V2Obj" : kind == 2 ? "DelObj" : "V1Obj")
                if kind == 1 { object(&writer) } else if kind == 2 { marker(&writer) } else { legacy(&writer) }
                writer.text("v")
                writer.integer(1_740_000_000)
            }
    }

    private func marker(_ writer: inout MessagePackWriter) {
        writer.map(system.isEmpty ? 2 : 3)
        writer.text("ID")
        writer.binary(id.bytes)
        writer.text("MTime")
        writer.integer(modified)
        if !system.isEmpty { systemMap(&writer) }
    }

    private func systemMap(_ writer: inout MessagePackWriter) {
        writer.text("MetaSys")
        writer.map(system.count)
        for (name, value) in system {
            writer.text(name)
            writer.binary(Array(value.utf8))
        }
    }

    private func object(_ writer: inout MessagePackWriter) {
        writer.map(17)
        writer.text("ID")
        writer.binary(id.bytes)
        writer.text("DDir")
        writer.binary(dataFolder.bytes)
        let numbers: [(String, Int64)] = [
            ("EcAlgo", 1), ("EcM", data), ("EcN", parity), ("EcBSize", blockSize), ("EcIndex", index),
            ("CSumAlgo", protection), ("Size", size ?? parts.reduce(0) { $0 &+ $1.size }), ("MTime", modified),
        ]
        for (name, value) in numbers {
            writer.text(name)
            writer.integer(value)
        }
        writer.text("EcDist")
        writer.integers(distribution)
        writer.text("PartNums")
        writer.integers(parts.map(\.number))
        writer.text("PartETags")
        writer.null()
        for name in ["PartSizes", "PartASizes"] {
            writer.text(name)
            writer.integers(parts.map(\.size))
        }
        systemMap(&writer)
        userMap(&writer, "MetaUsr")
    }

    private func userMap(_ writer: inout MessagePackWriter, _ name: String) {
        writer.text(name)
        writer.map(user.count)
        for (name, value) in user {
            writer.text(name)
            writer.text(value)
        }
    }
}

extension XLRecord {
    private func legacy(_ writer: inout MessagePackWriter) {
        writer.map(8)
        writer.text("Version")
        writer.text("1.0.1")
        writer.text("Format")
        writer.text("xl")
        legacyStat(&writer)
        legacyErasure(&writer)
        userMap(&writer, "Meta")
        legacyParts(&writer)
        writer.text("VersionID")
        writer.text("")
        writer.text("DataDir")
        writer.text("legacy")
    }

    private func legacyStat(_ writer: inout MessagePackWriter) {
        writer.text("Stat")
        writer.map(3)
        writer.text("Size")
        writer.integer(parts.reduce(0) { $0 + $1.size })
        writer.text("ModTime")
        writer.time(seconds: modified / 1_000_000_000, nanoseconds: Int32(modified % 1_000_000_000))
        writer.text("Name")
        writer.text("x")
    }

    private func legacyErasure(_ writer: inout MessagePackWriter) {
        writer.text("Erasure")
        writer.map(7)
        writer.text("Algorithm")
        writer.text("klauspost/reedsolomon/vandermonde")
        for (name, value) in [
            ("DataBlocks", data), ("ParityBlocks", parity), ("BlockSize", blockSize), ("Index", index),
        ] {
            writer.text(name)
            writer.integer(value)
        }
        writer.text("Distribution")
        writer.integers(distribution)
        writer.text("Checksums")
        writer.array(parts.count)
        for part in parts {
            writer.map(3)
            writer.text("PartNumber")
            writer.integer(part.number)
            writer.text("Algorithm")
            writer.integer(protection)
            writer.text("Hash")
            writer.binary([])
        }
    }

    private func legacyParts(_ writer: inout MessagePackWriter) {
        writer.text("Parts")
        writer.array(parts.count)
        for part in parts {
            writer.map(5)
            writer.text("e")
            writer.text("")
            writer.text("n")
            writer.integer(part.number)
            writer.text("s")
            writer.integer(part.size)
            writer.text("as")
            writer.integer(part.size)
            writer.text("mt")
            writer.time(seconds: 1, nanoseconds: 2)
        }
    }
}

/// The bytes with a hash in front of each block.
func framed(_ content: [UInt8], blockSize: Int = 1 << 20) -> [UInt8] {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: content.count, by: blockSize) {
        let block = content[start..<min(start + blockSize, content.count)]
        bytes += HighwayHasher.hash(block) + block
    }
    return bytes
}

/// Content that differs from place to place.
func pattern(_ count: Int, seed: UInt8 = 1) -> [UInt8] {
    var state = UInt32(seed) &* 2_654_435_761
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}

func uuid(_ byte: UInt8) -> ForeignUUID { ForeignUUID([UInt8](repeating: byte, count: 16))! }
