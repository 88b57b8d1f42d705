import CLibXML2

/// Writes one XML document in memory, through libxml2's text writer.
///
/// Texts may be any string: what XML 1.0 cannot carry becomes U+FFFD. The owner of two C objects; used by one task.
package final class XMLDocument {
    /// The namespace of S3's answers.
    package static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    private let buffer: xmlBufferPtr?
    private let writer: xmlTextWriterPtr?
    private var isWhole = true

    private init() {
        buffer = xmlBufferCreate()
        writer = buffer.flatMap { xmlNewTextWriterMemory($0, 0) }
        note(xmlTextWriterStartDocument(writer, nil, "UTF-8", nil))
    }

    deinit {
        if let writer { xmlFreeTextWriter(writer) }
        if let buffer { xmlBufferFree(buffer) }
    }

    /// The bytes of a document with this root: declaration, a line feed, the root, nothing after it.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package static func bytes(
        root: String,
        namespace: String? = XMLDocument.namespace,
        _ content: (XMLDocument) -> Void
    ) throws(S3Error) -> [UInt8] {
        let document = XMLDocument()
        document.element(root, attributes: namespace.map { [("xmlns", $0)] } ?? [], content)
        return try document.finish()
    }

    /// Writes an element around what `content` writes.
    package func element(
        _ name: String,
        attributes: [(String, String)] = [],
        _ content: (XMLDocument) -> Void = { _ in }
    ) {
        note(xmlTextWriterStartElement(writer, name))
        for (name, value) in attributes { note(xmlTextWriterWriteAttribute(writer, name, XMLText.legal(value))) }
        content(self)
        note(xmlTextWriterEndElement(writer))
    }

    /// Writes an element that holds this text; `<name/>` when it is empty.
    package func text(_ name: String, _ value: String) {
        element(name) { $0.text(value) }
    }

    /// Writes an element that holds this text, or nothing when there is none.
    package func text(_ name: String, ifPresent value: String?) {
        if let value { text(name, value) }
    }

    /// Writes text into the element that is open.
    package func text(_ value: String) {
        guard !value.isEmpty else { return }
        note(xmlTextWriterWriteString(writer, XMLText.legal(value)))
    }

    private func note(_ result: Int32) {
        if result < 0 { isWhole = false }
    }

    private func finish() throws(S3Error) -> [UInt8] {
        note(xmlTextWriterFlush(writer))
        guard isWhole, let buffer, let content = xmlBufferContent(buffer) else {
            throw .internalError("the XML writer failed")
        }
        return Array(UnsafeBufferPointer(start: content, count: Int(xmlBufferLength(buffer))))
    }
}
