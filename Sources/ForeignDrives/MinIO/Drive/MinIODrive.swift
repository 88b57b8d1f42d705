/// A read-only description of a MinIO drive that holds whole objects of its own.
///
/// It reads through a `DriveDirectory` and writes nothing. Calls block as long as the directory does; memory is that of
/// one `xl.meta` and of the folder listings on the way down to it. The drive must be at rest: a stopped server, or a
/// snapshot.
package struct MinIODrive {
    /// Bounds of what is read.
    package struct Limits: Sendable {
        /// The most bytes of one `xl.meta`; one with thousands of inline versions may have a hundred million.
        package var metadataSize = 256 << 20
        /// The most bytes of a bucket's settings.
        package var settingsSize = 16 << 20
        /// The most names in a path below the bucket; S3 allows keys of 1024 bytes.
        package var depth = 1_024

        /// The default bounds.
        package init() {}
    }

    /// What `format.json` tells.
    package let format: MinIOFormat
    /// Bounds of what is read.
    package let limits: Limits
    let directory: any DriveDirectory

    /// Opens a drive.
    ///
    /// - Throws: `notADrive` without a `format.json`, what `MinIOFormat` throws, `unsupportedFormat` for the FS mode,
    ///   `erasureCoded` for a drive of a larger set, and what the directory throws.
    package init(_ directory: any DriveDirectory, limits: Limits = Limits()) throws {
        guard HashSelfTest.passes() else {
            throw ForeignDriveError.unsupported("the hashes of this build are wrong; nothing can be verified")
        }
        guard let bytes = try directory.contents(of: MinIOFormat.path, limit: MinIOFormat.largestSize) else {
            throw ForeignDriveError.notADrive("there is no \(MinIOFormat.path)")
        }
        format = try MinIOFormat(bytes)
        try format.verifySingleDrive()
        self.directory = directory
        self.limits = limits
    }

    /// Visits all keys of a bucket, folder by folder in byte order of the names, each with its versions oldest first.
    ///
    /// What the file system refuses to list or read is counted and passed over.
    ///
    /// - Throws: only what `visit` throws.
    package func walk(
        _ bucket: MinIOBucket,
        visit: (MinIOObject) throws -> Void
    ) rethrows -> MinIOSurvey {
        var walk = MinIOWalk(directory: directory, limits: limits, bucket: bucket)
        while let object = walk.next() { try visit(object) }
        return walk.survey
    }
}
