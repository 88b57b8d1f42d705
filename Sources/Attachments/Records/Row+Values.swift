import FoundationEssentials
import GRDB
import S3Protocol

extension Row {
    /// A time that is always there.
    func time(_ column: String) -> Timestamp {
        Timestamp(nanoseconds: self[column])
    }

    /// A time that may be missing.
    func optionalTime(_ column: String) -> Timestamp? {
        let nanoseconds: Int64? = self[column]
        return nanoseconds.map(Timestamp.init(nanoseconds:))
    }

    /// An object's key; throws when the record is damaged.
    func objectKey(_ column: String) throws -> ObjectKey {
        let bytes: Data = self[column]
        return try ObjectKey(utf8: Array(bytes))
    }

    /// A reason from its two columns.
    func reason(_ code: String, _ message: String) -> FailureReason? {
        guard let code: String = self[code], let message: String = self[message] else { return nil }
        return FailureReason(code, message)
    }

    /// One of the words that an enumeration knows.
    func word<Word: RawRepresentable<String>>(_ column: String, as type: Word.Type = Word.self) throws -> Word {
        let text: String = self[column]
        guard let word = Word(rawValue: text) else {
            throw AttachmentsError(.damagedRecords, "A row of the records has the unknown \(column) '\(text)'.")
        }
        return word
    }
}

extension ObjectKey {
    var data: Data { Data(utf8) }
}
