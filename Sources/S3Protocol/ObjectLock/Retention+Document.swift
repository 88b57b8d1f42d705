extension Retention {
    /// The retention in a `Retention` document; nil when it is empty, which removes the one there is.
    ///
    /// - Throws: `MalformedXML`, `InvalidArgument` for a date that is not in the future or no ISO 8601 date.
    package static func parse(document body: [UInt8], now: Timestamp) throws(S3Error) -> Retention? {
        let root = try XMLNode.configuration(body, root: "Retention")
        let mode = try root.choice("Mode", RetentionMode.self)
        let date = try root.only("RetainUntilDate")?.word
        switch (mode, date) {
        case (nil, nil): return nil
        case (let mode?, let date?):
            return Retention(mode: mode, retainUntil: try time(date, argument: "RetainUntilDate", now: now))
        default: throw .malformedXML("Retention needs both Mode and RetainUntilDate, or neither")
        }
    }

    /// The `Retention` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "Retention") { xml in
            xml.text("Mode", mode.rawValue)
            xml.text("RetainUntilDate", retainUntil.iso8601)
        }
    }

    /// A retain-until date that a client sent, in an element or header that is named `argument`.
    static func time(_ text: String, argument: String, now: Timestamp) throws(S3Error) -> Timestamp {
        guard let time = Timestamp(iso8601: text) else { throw .retainUntilDateNotISO(argument, value: text) }
        guard time > now else { throw .retainUntilDateNotInFuture(argument, value: text) }
        return time.roundedUpToSecond
    }
}
