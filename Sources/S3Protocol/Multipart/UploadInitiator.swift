/// Who began a multipart upload; the one place where S3 still gives a name to go with the id.
package struct UploadInitiator: Equatable, Sendable {
    /// The canonical id, or the ARN of a user.
    package let id: String
    /// The name to show.
    package let displayName: String

    /// An initiator of this id and name.
    package init(id: String, displayName: String) {
        self.id = id
        self.displayName = displayName
    }

    func write(to xml: XMLDocument) {
        xml.element("Initiator") { element in
            element.text("ID", id)
            element.text("DisplayName", displayName)
        }
    }
}
