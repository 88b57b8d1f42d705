import Synchronization

extension StorageRoot {
    /// The last time that every file system keeps, in ns since the epoch: XFS without `bigtime` ends in January 2038.
    private static let lastCommonTime = Int64(Int32.max) * 1_000_000_000

    /// Sets the time of a file's content; returns what the file system has kept of it, which may be coarser.
    ///
    /// Looks at the file until it has seen that nanoseconds are kept.
    func keptTime(_ time: Int64, setOn file: FileDescriptor) throws -> Int64 {
        try file.setModified(nanoseconds: time)
        if keepsNanoseconds.load(ordering: .relaxed), (0..<Self.lastCommonTime).contains(time) { return time }
        let kept = try file.facts().modified
        // Elsewhere one mount may have several file systems below, as unions have. A coarse one keeps a round time, too.
        if mayKeepNanoseconds, kept == time, time % 10 != 0 { keepsNanoseconds.store(true, ordering: .relaxed) }
        return kept
    }
}
