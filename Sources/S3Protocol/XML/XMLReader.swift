import CLibXML2

/// Reads one XML document into a tree, pushed in pieces of any size, through libxml2's SAX2 parser.
///
/// Bounded by `XMLLimits`; a document type declaration, and so every entity but the five of XML, is refused at its
/// first character. Nothing is ever loaded. The owner of one C object; used by one task.
package final class XMLReader {
    private let limits: XMLLimits
    private let builder: XMLTreeBuilder
    private let context: xmlParserCtxtPtr?
    private var received = 0
    private var tags: XMLTagGuard

    private static let initialized: Void = xmlInitParser()

    /// A reader with these limits.
    package init(limits: XMLLimits = .standard) {
        Self.initialized
        self.limits = limits
        tags = XMLTagGuard(limit: limits.attributes)
        builder = XMLTreeBuilder(limits: limits)
        var handler = Self.handler
        context = xmlCreatePushParserCtxt(&handler, Unmanaged.passUnretained(builder).toOpaque(), nil, 0, nil)
        guard let context else { return }
        builder.stop = { xmlStopParser(context) }
        builder.isUTF8 = { Self.isUTF8(context) }
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue))
    }

    deinit {
        guard let context else { return }
        if let document = context.pointee.myDoc { xmlFreeDoc(document) }
        xmlFreeParserCtxt(context)
    }

    /// Reads on.
    ///
    /// - Throws: `MaxMessageLengthExceeded` beyond the limit of bytes, `MalformedXML` when the document is not
    ///   well-formed or not UTF-8, has a document type declaration, nests too deep or has too many elements or attributes.
    package func push(_ bytes: [UInt8]) throws(S3Error) {
        received += bytes.count
        guard received <= limits.bytes else { throw .maxMessageLengthExceeded(limit: limits.bytes) }
        guard !bytes.isEmpty else { return }
        if let reason = tags.read(bytes) { throw .malformedXML(reason) }
        bytes.withUnsafeBytes { piece in
            _ = xmlParseChunk(context, piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count), 0)
        }
        try check()
    }

    /// Ends the document and gives its root.
    ///
    /// - Throws: `MalformedXML` when the document is not whole.
    package func finish() throws(S3Error) -> XMLNode {
        xmlParseChunk(context, nil, 0, 1)
        try check()
        guard let root = builder.root else { throw .malformedXML("the document is not whole") }
        return root
    }

    private func check() throws(S3Error) {
        guard let context else { throw .internalError("the XML parser could not be made") }
        if let refusal = builder.refusal { throw .malformedXML(refusal) }
        guard context.pointee.wellFormed == 1 else {
            throw .malformedXML("libxml2 error \(context.pointee.errNo) at line \(context.pointee.lastError.line)")
        }
    }

    /// Whether the declaration names UTF-8 or no encoding: libxml2 keeps another's name with its input.
    private static func isUTF8(_ context: xmlParserCtxtPtr) -> Bool {
        guard context.pointee.input?.pointee.encoding == nil else { return false }
        guard let name = context.pointee.encoding else { return true }
        return ["utf-8", "utf8"].contains(ByteText.lowercasedASCII(String(cString: name)))
    }

    private static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = XML_SAX2_MAGIC
        handler.startDocument = { XMLTreeBuilder.of($0)?.begin() }
        handler.internalSubset = { user, _, _, _ in XMLTreeBuilder.of(user)?.refuse("a document type declaration") }
        handler.startElementNs = { user, name, _, _, _, _, _, _, _ in
            XMLTreeBuilder.of(user)?.open(name.map { String(cString: $0) } ?? "")
        }
        handler.endElementNs = { user, _, _, _ in XMLTreeBuilder.of(user)?.close() }
        handler.characters = { user, text, length in
            XMLTreeBuilder.of(user)?.append(UnsafeBufferPointer(start: text, count: Int(length)))
        }
        handler.ignorableWhitespace = handler.characters
        // Without this, libxml2 prints errors on the standard error stream; `wellFormed` tells what is needed.
        handler.serror = { _, _ in }
        return handler
    }
}
