import ObjectStorage
import RemoteS3
import S3Protocol

/// The remote S3s: each is reached, believed, believes us, and lets us do what its buckets are for.
struct RemoteCheck: DoctorCheck {
    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        guard let settings = subject.goodSettings, !settings.remote.isEmpty else { return [] }
        let pool = BlockingPool(threadCount: 4)
        var found: [Diagnosis] = []
        for target in RemoteTarget.all(settings) {
            found += await RemoteExamination(target, settings.remote, pool).run()
        }
        await pool.shutdown()
        return found
    }
}

/// A remote with the buckets that the settings have in it.
struct RemoteTarget: Sendable {
    /// The most buckets of one remote that are looked at.
    static let maximumBuckets = 50

    /// A bucket there.
    struct Bucket: Sendable {
        let names: RemoteNames
        /// Whether a server makes it at its start when it is not there.
        let isMade: Bool
        /// Whether this server writes there whatever clients do.
        let isMirror: Bool
    }

    let remote: RemoteSettings.Remote
    /// Whether buckets that are not named are there.
    let isStandard: Bool
    var buckets: [Bucket]

    /// Every remote of the settings, each once.
    static func all(_ settings: ServerSettings) -> [RemoteTarget] {
        var targets: [RemoteTarget] = []
        if let standard = settings.remote.standard {
            targets.append(RemoteTarget(remote: standard, isStandard: true, buckets: unnamed(settings)))
        }
        for bucket in settings.remote.buckets {
            guard let remote = bucket.remote else { continue }
            let isMade = settings.buckets.contains(bucket.name) && bucket.names.prefix.isEmpty
            let found = Bucket(names: bucket.names, isMade: isMade, isMirror: bucket.mode == .mirror)
            if let index = targets.firstIndex(where: { $0.remote == remote }) {
                targets[index].buckets.append(found)
            } else {
                targets.append(RemoteTarget(remote: remote, isStandard: false, buckets: [found]))
            }
        }
        return targets
    }

    /// The buckets that a server makes and the settings of remotes do not name.
    private static func unnamed(_ settings: ServerSettings) -> [Bucket] {
        let named = Set(settings.remote.buckets.map(\.name))
        return settings.buckets.filter { !named.contains($0) }.sorted().map { name in
            Bucket(
                names: RemoteNames(local: name, remote: name.string),
                isMade: true,
                isMirror: settings.remote.mode == .mirror
            )
        }
    }
}
