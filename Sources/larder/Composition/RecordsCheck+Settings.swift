import Attachments
import ObjectStorage

extension RecordsCheck {
    /// A check of the records of a store that is in use here, and of what it can make right.
    init(
        _ records: SQLiteRecordStore,
        _ store: FileStore,
        _ settings: ServerSettings,
        isLive: Bool,
        signals: AttachmentSignals?
    ) {
        let (configuration, remote) = (settings.attachments, settings.remote)
        self.init(
            configuration: configuration,
            records: records,
            objects: store.storedFiles,
            isLive: isLive,
            isElsewhere: { !remote.isLocal($0) },
            repair: RecordsRepair(
                configuration: configuration,
                records: records,
                objects: store,
                signals: signals,
                clock: System.now
            ),
            clock: System.now
        )
    }
}
