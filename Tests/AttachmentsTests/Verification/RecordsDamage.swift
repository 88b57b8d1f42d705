import Attachments
import FoundationEssentials
import S3Protocol
import Testing

/// One way in which attachments and what they name can come to disagree.
struct RecordsDamage: Sendable, CustomTestStringConvertible {
    /// What was done.
    let name: String
    /// The finding that names it.
    let code: String
    /// What the finding is about, for the attachment 1.
    let subject: String
    let isRepairable: Bool
    /// Whether a server that is started does not make it right either.
    let isLeftToPeople: Bool
    /// Does it, to a root with one attachment whose styles are made.
    let make: @Sendable (AttachmentsRoot, AttachmentRecord) async throws -> Void

    var testDescription: String { name }

    private init(
        _ name: String,
        _ code: String,
        of subject: String = "attachment 1",
        isRepairable: Bool = true,
        isLeftToPeople: Bool = false,
        _ make: @escaping @Sendable (AttachmentsRoot, AttachmentRecord) async throws -> Void
    ) {
        self.name = name
        self.code = code
        self.subject = subject
        self.isRepairable = isRepairable
        self.isLeftToPeople = isLeftToPeople
        self.make = make
    }

    static let all = originals + styles + jobs + others

    private static let originals = [
        RecordsDamage(
            "the original removed",
            "original-missing",
            isRepairable: false,
            isLeftToPeople: true
        ) { root, record in
            try await root.remove(record.object.key)
        },
        RecordsDamage("another original in its place", "original-differs") { root, record in
            try await root.put(record.object.key.string, "other pixels")
        },
        RecordsDamage("the original changed by hand", "original-differs") { root, record in
            try Data("by hand".utf8).write(to: URL(filePath: root.file(record.object.key)))
        },
        RecordsDamage("the ETag of the original changed in the records", "original-differs") { root, _ in
            try root.sql("UPDATE attachments SET etag = 'other'")
        },
        RecordsDamage("the size of the original changed in the records", "original-differs") { root, _ in
            try root.sql("UPDATE attachments SET byte_size = byte_size + 1")
        },
        RecordsDamage(
            "a row that makes no sense",
            "attachment-unreadable",
            isRepairable: false,
            isLeftToPeople: true
        ) { root, _ in
            try root.sql("UPDATE attachments SET version = '/'")
        },
    ]

    private static let styles = [
        RecordsDamage("a style removed", "style-missing", of: "attachment 1 style thumb") { root, record in
            try await root.remove(record.styles.first { $0.name == "thumb" }!.key)
        },
        RecordsDamage("another style in its place", "style-differs", of: "attachment 1 style thumb") { root, record in
            try await root.put(record.styles.first { $0.name == "thumb" }!.key.string, "not a thumb")
        },
        RecordsDamage("a style changed by hand", "style-differs", of: "attachment 1 style medium") { root, record in
            let key = record.styles.first { $0.name == "medium" }!.key
            try Data("by hand".utf8).write(to: URL(filePath: root.file(key)))
        },
        RecordsDamage(
            "a style of no attachment",
            "style-unknown",
            of: "uploads/styles/99/thumb-00000000.jpg",
            isRepairable: false
        ) { root, _ in
            try await root.put("styles/99/thumb-00000000.jpg", "whose?")
        },
        RecordsDamage(
            "an object that is no style",
            "style-unknown",
            of: "uploads/styles/notes.txt",
            isRepairable: false,
            isLeftToPeople: true
        ) { root, _ in
            try await root.put("styles/notes.txt", "whose?")
        },
        RecordsDamage(
            "the record of a style of no attachment",
            "style-of-no-attachment",
            of: "attachment 99 style thumb"
        ) { root, _ in
            try root.sql(
                """
                INSERT INTO styles (attachment_id, name, object_key, content_type, width, height, byte_size, digest)
                    VALUES (99, 'thumb', X'61', 'image/jpeg', 1, 1, 1, 'd')
                """
            )
        },
    ]

    private static let jobs = [
        RecordsDamage("the job of a pending attachment removed", "job-missing") { root, _ in
            try root.sql("UPDATE attachments SET state = 'pending'")
        },
        RecordsDamage("a job of no attachment", "job-of-no-attachment", of: "job 77") { root, _ in
            try root.sql(
                """
                INSERT INTO jobs (id, attachment_id, priority, state, not_before, created)
                    VALUES (77, 99, 0, 'dead', 0, 0)
                """
            )
        },
        RecordsDamage("a job of a deleted attachment", "job-of-deleted-attachment") { root, _ in
            try root.sql(
                """
                UPDATE attachments SET deleting = 1;
                INSERT INTO jobs (attachment_id, priority, state, not_before, created) VALUES (1, 0, 'queued', 0, 0)
                """
            )
        },
        RecordsDamage("a deletion broken off", "deletion-unfinished") { root, record in
            _ = try await root.records.beginDeletion(record.id)
        },
    ]

    private static let others = [
        RecordsDamage(
            "an authorization that nobody swept",
            "authorization-expired",
            of: "authorization async_uploads/00000000-0000-4000-8000-000000000000",
            isRepairable: false
        ) { root, _ in
            try root.sql(
                """
                INSERT INTO authorizations (prefix, token_id, bucket, content_type, maximum_bytes, created, expires,
                        sweep_due)
                    VALUES ('async_uploads/00000000-0000-4000-8000-000000000000', 1, 'uploads', 'image/png', 1, 0, 1, 2)
                """
            )
        },
        RecordsDamage("an index of the records damaged", "records-damaged", of: ".larder/records.sqlite") { root, _ in
            // The rows that the other condition left out are missing in it then.
            try root.sql(
                """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(sql, 'deleting = 1', 'deleting = 0')
                    WHERE name = 'attachments_deleting';
                PRAGMA writable_schema = RESET;
                PRAGMA schema_version = 4711
                """
            )
        },
    ]
}
