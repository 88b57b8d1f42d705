import S3Protocol

/// What `.minio.sys/format.json` tells of a drive.
package struct MinIOFormat: Hashable, Sendable {
    /// Where the file lies under the drive's root.
    package static let path = DrivePath(".minio.sys/format.json")
    /// The most bytes of the file that are read.
    package static let largestSize = 1 << 20

    /// How the drive keeps objects.
    package enum Layout: Hashable, Sendable {
        /// In one set of drives with so many drives each; one set of one drive can be imported alone.
        case erasure(drivesPerSet: [Int])
        /// As plain files, the way of before mid-2022.
        case files(version: String)
    }

    /// The deployment's id.
    package let deployment: String
    /// The id of this drive.
    package let drive: String?
    /// How the drive keeps objects.
    package let layout: Layout

    /// Reads the file.
    ///
    /// - Throws: `malformed`, `unsupportedFormat`.
    package init(_ bytes: [UInt8]) throws(ForeignDriveError) {
        let limits = JSONReader.Limits(length: Self.largestSize, depth: 8)
        guard let json = JSONReader.read(bytes, limits: limits) else { throw .malformed("format.json is no JSON") }
        guard json["version"]?.string == "1" else { throw .unsupported("format.json is not of version 1") }
        deployment = json["id"]?.string ?? ""
        switch json["format"]?.string {
        case "xl", "xl-single":
            let section = json["xl"]
            layout = .erasure(drivesPerSet: try Self.drivesPerSet(section))
            drive = section?["this"]?.string
        case "fs":
            layout = .files(version: json["fs"]?["version"]?.string ?? "")
            drive = nil
        case let other: throw .unsupported("format.json tells the unknown format \(other ?? "-")")
        }
    }

    private static func drivesPerSet(_ section: JSONValue?) throws(ForeignDriveError) -> [Int] {
        guard let version = section?["version"]?.string, version == "3" else {
            throw .unsupported("format.json tells an erasure layout that is not version 3")
        }
        guard let sets = section?["sets"]?.elements, !sets.isEmpty else { throw .missing("sets", of: "format.json") }
        var counts: [Int] = []
        for set in sets {
            guard let drives = set.elements, !drives.isEmpty else { throw .malformed("format.json has an empty set") }
            counts.append(drives.count)
        }
        return counts
    }

    /// Refuses a drive that does not hold whole objects of its own.
    ///
    /// - Throws: `erasureCoded` when objects are spread over drives, `unsupportedFormat` for the plain-file layout.
    package func verifySingleDrive() throws(ForeignDriveError) {
        switch layout {
        case .files: throw .unsupported("the drive is in MinIO's FS mode, which has no xl.meta")
        case .erasure(let counts):
            guard counts.allSatisfy({ $0 == 1 }) else {
                throw ForeignDriveError(
                    .erasureCoded,
                    "objects are spread over \(counts.max() ?? 0) drives; copy them through the running server"
                )
            }
        }
    }
}
