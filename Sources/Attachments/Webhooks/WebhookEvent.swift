package import S3Protocol

/// What happened to an attachment.
package enum WebhookEventType: String, Sendable, CaseIterable {
    /// Its styles are made, or it needs none.
    case processed = "attachment.processed"
    /// Its styles are not to be had.
    case failed = "attachment.failed"
}

/// Something that happened, as it is told to one endpoint, and how far that is.
package struct WebhookDelivery: Sendable, Equatable {
    /// Where a delivery stands; one that arrived is forgotten.
    package enum State: String, Sendable, CaseIterable {
        /// To be sent, for the first time or again.
        case queued
        /// Given up; kept with its reason until it is retried, purged, or too old.
        case dead
    }

    /// Of this delivery.
    package let id: Int64
    /// Of the event: the same for all endpoints and in every try, so that receivers can tell repetitions.
    package let eventID: String
    /// What happened.
    package let type: WebhookEventType
    /// When.
    package let created: Timestamp
    /// To which attachment.
    package let attachmentID: Int64
    /// The attachment as it was then, as text.
    let snapshot: String
    /// To whom it is told.
    package let endpoint: String
    /// Where it stands.
    package let state: State
    /// How often it was sent.
    package let attempts: Int
    /// Since when it is to be sent: the time of the event, or of an operator's retry.
    package let queued: Timestamp
    /// Not to be sent before.
    package let notBefore: Timestamp
    /// When it was given up.
    package let ended: Timestamp?
    /// Why it was not taken.
    package let reason: FailureReason?
}

extension WebhookDelivery {
    /// The body: `{"id","type","created","data"}`, where `data` is the attachment as the API answers it.
    func body(_ document: AttachmentDocument) -> [UInt8] {
        let envelope = JSONValue.object([
            .init("id", .string(eventID)),
            .init("type", .string(type.rawValue)),
            .init("created", .string(created.iso8601)),
            .init("data", document.json),
        ])
        return Array(envelope.compactText.utf8)
    }
}
