/// Goes through the keys of one bucket at the pace of whoever asks for them; otherwise as `MinIODrive.walk`.
package struct MinIOKeys {
    private var walk: MinIOWalk

    init(_ walk: MinIOWalk) {
        self.walk = walk
    }

    /// The next key with its versions, or nil at the end.
    package mutating func next() -> MinIOObject? {
        walk.next()
    }

    /// What was found so far.
    package var survey: MinIOSurvey { walk.survey }
}

extension MinIODrive {
    /// The keys of a bucket, one at a time.
    package func keys(of bucket: MinIOBucket) -> MinIOKeys {
        MinIOKeys(MinIOWalk(directory: directory, limits: limits, bucket: bucket))
    }
}
