import Attachments
import ObjectStorage

extension RecordsCheck {
    /// A check of the records of a store that is in use here, and of what it can make right.
    init(
        _ records: SQLiteRecordStore,
        _ store: FileStore,
        _ configuration: AttachmentsConfiguration,
        isLive: Bool,
        signals: AttachmentSignals?
    ) {
        self.init(
            configuration: configuration,
            records: records,
            objects: store.storedFiles,
            isLive: isLive,
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
