import S3Protocol

/// What the attributes of an object's file or folder tell of it.
///
/// Size and time are the file's own. Attributes that are not versitygw's are passed over; what is its own and cannot be
/// read is named in `losses`.
package struct VersityObject: Hashable, Sendable {
    /// The ETag; nil for a file that was put there by hand, whose ETag has to be computed.
    package private(set) var etag: ForeignETag?
    /// `content-type`, `cache-control` and so on, by their names in lower case.
    package private(set) var headers: [String: String] = [:]
    /// `x-amz-website-redirect-location`.
    package private(set) var websiteRedirect: String?
    /// User metadata by its names in lower case, without `x-amz-meta-`.
    package private(set) var userMetadata: [String: String] = [:]
    /// The object's tags in byte order of their keys.
    package private(set) var tags: [ForeignTag] = []
    /// The checksums of the content.
    package private(set) var checksums: [ForeignChecksum] = []
    /// Whether there is a legal hold; nil when none was ever set.
    package private(set) var legalHold: Bool?
    /// The retention of object lock.
    package private(set) var retention: ForeignRetention?
    /// The version's name; `null` where no attribute tells one.
    package private(set) var version = VersityVersion.null
    /// Whether this is a delete marker, whatever the file holds.
    package private(set) var isDeleteMarker = false
    /// Where each part ends in the content, for objects that were uploaded in parts.
    package private(set) var partEnds: [Int64] = []
    /// What cannot be taken over.
    package private(set) var losses: [ImportLoss] = []

    /// Decodes attributes by their names without `user.`; a repeated name counts once, the last time.
    package init(_ attributes: [ForeignAttribute]) {
        let values = Dictionary(attributes.map { ($0.name, $0.value) }) { _, last in last }
        let value: (VersityAttribute) -> [UInt8]? = { values[$0.rawValue] }
        isDeleteMarker = value(.deleteMarker) != nil
        etag = text(value(.etag), "etag").flatMap(ForeignETag.init)
        for header in VersityAttribute.headers { headers[header.rawValue] = text(value(header), header.rawValue) }
        websiteRedirect = text(value(.websiteRedirect), "website-redirect")
        version = text(value(.versionID), "version").map(VersityVersion.init) ?? .null
        readUserMetadata(value(.metadata), attributes)
        readTags(value(.tagging))
        legalHold = flag(value(.legalHold), "lock")
        readRetention(value(.retention))
        readParts(value(.multipart))
        readChecksums(value(.checksums))
    }

    /// The sizes of the parts of an object of `size` bytes; nil when none are recorded or they do not fit it.
    package func partSizes(ofSize size: Int64) -> [Int64]? {
        var sizes: [Int64] = []
        var start: Int64 = 0
        for end in partEnds {
            guard end >= start else { return nil }
            sizes.append(end - start)
            start = end
        }
        return sizes.isEmpty || start != size ? nil : sizes
    }

    private mutating func lose(_ subject: String, _ message: String) {
        losses.append(ImportLoss(subject, message))
    }

    /// The text of a value that is there and not empty.
    private mutating func text(_ value: [UInt8]?, _ subject: String) -> String? {
        guard let value, !value.isEmpty else { return nil }
        guard let text = String(validating: value, as: UTF8.self) else {
            lose(subject, "the value is not UTF-8")
            return nil
        }
        return text
    }

    /// One byte that is 1 or 0.
    private mutating func flag(_ value: [UInt8]?, _ subject: String) -> Bool? {
        guard let value else { return nil }
        guard value == [0] || value == [1] else {
            lose(subject, "a flag is neither 0 nor 1")
            return nil
        }
        return value == [1]
    }
}

extension VersityObject {
    private mutating func readUserMetadata(_ json: [UInt8]?, _ attributes: [ForeignAttribute]) {
        if let json {
            guard let texts = VersityJSON.read(json)?.texts else {
                return lose("metadata", "the user metadata is no JSON object of strings")
            }
            for (name, value) in texts.sorted(by: { $0.key < $1.key }) { addUserMetadata(name, value) }
            return
        }
        for attribute in attributes where ByteText.hasPrefix(attribute.name, VersityAttribute.userMetadataPrefix) {
            let name = String(attribute.name.dropFirst(VersityAttribute.userMetadataPrefix.count))
            guard let value = attribute.text else {
                lose("metadata", "the value of \(name) is not UTF-8")
                continue
            }
            addUserMetadata(name, value)
        }
    }

    private mutating func addUserMetadata(_ name: String, _ value: String) {
        let name = ByteText.lowercasedASCII(name)
        guard userMetadata[name] == nil else { return lose("metadata", "a second value of the user metadata \(name)") }
        userMetadata[name] = value
    }

    private mutating func readTags(_ json: [UInt8]?) {
        guard let json else { return }
        guard let tags = VersityJSON.tags(json) else { return lose("tags", "the tags are no JSON object of strings") }
        self.tags = tags
    }

    private mutating func readRetention(_ json: [UInt8]?) {
        guard let json else { return }
        let value = VersityJSON.read(json)
        guard let mode = value?.member(anyCase: "Mode")?.string.flatMap(ForeignRetention.Mode.init),
            let until = value?.member(anyCase: "RetainUntilDate")?.string, !until.isEmpty
        else { return lose("lock", "the retention is not understood") }
        retention = ForeignRetention(mode: mode, until: until)
    }

    private mutating func readParts(_ value: [UInt8]?) {
        guard let value else { return }
        do throws(ForeignDriveError) {
            partEnds = try VersityJSON.partEnds(value)
        } catch {
            lose("parts", error.message)
        }
    }

    private mutating func readChecksums(_ json: [UInt8]?) {
        guard let json else { return }
        guard let value = VersityJSON.read(json), value.names != nil else {
            return lose("checksums", "the checksums are no JSON object")
        }
        let (known, strange) = VersityChecksums.read(value, parts: knownParts)
        checksums = known
        for name in strange { lose("checksums", "the checksum \(name) is not understood") }
    }

    /// How many parts the object has, for composite checksums that do not say it.
    private var knownParts: Int? {
        if !partEnds.isEmpty { return partEnds.count }
        if case .multipart(_, let parts) = etag { return parts }
        return nil
    }
}
