/// One bucket of a drive: a folder, and settings when there are any.
package struct MinIOBucket: Sendable {
    /// What is known of a bucket's settings.
    package enum Settings: Sendable {
        /// There are none, which is fine.
        case absent
        /// These.
        case known(MinIOBucketSettings)
        /// Some that cannot be read; nothing but the objects can be imported.
        case unreadable(ForeignDriveError)
    }

    /// The bucket's name.
    package let name: String
    /// The bucket's folder.
    package let folder: DrivePath
    /// The bucket's settings.
    package let settings: Settings
    /// Settings that will be left behind, where they are plain to see here.
    package let losses: [ImportLoss]

    init(name: String, settings: Settings) {
        self.name = name
        self.settings = settings
        folder = DrivePath.root.appending(known: name)
        losses = if case .known(let known) = settings { known.losses(inFolder: name) } else { [] }
    }
}

extension MinIOBucketSettings {
    fileprivate func losses(inFolder folder: String) -> [ImportLoss] {
        var losses: [ImportLoss] = []
        if name != folder { losses.append(ImportLoss("name", "the settings are of a bucket \(name)")) }
        if hasReplication { losses.append(ImportLoss("replication", "replication and remote targets stay behind")) }
        if !notification.isEmpty {
            losses.append(ImportLoss("notification", "notifications go to targets of the server's configuration"))
        }
        if quota == .unreadable { losses.append(ImportLoss("quota", "the quota is not understood")) }
        for name in unknownNames { losses.append(ImportLoss("settings", "the setting \(name) is not understood")) }
        return losses
    }
}
