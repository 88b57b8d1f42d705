import S3Protocol

// By hand, since a record is written with every PUT and read with every GET: `JSONEncoder` and `JSONDecoder` took more
// time than all system calls of a small upload together.
extension RecordDocument {
    private static let limits = JSONReader.Limits(length: 4 << 20, depth: 4)

    /// One line of JSON with sorted keys.
    func encoded() -> [UInt8] {
        var text = JSONText()
        text.object { text in
            text.member("bucket", bucket)
            text.member("etag", etag)
            text.member("head", head)
            text.member("key", key)
            text.member("kh", kh)
            text.member("meta", meta)
            text.member("mtime", mtime)
            text.member("seq", seq)
            text.member("sidecar", sidecar)
            text.member("size", size)
            text.member("sum", sum)
            text.member("sumtype", sumtype)
            encodeTags(&text)
            text.member("v", v)
            text.member("version", version)
        }
        return text.bytes
    }

    private func encodeTags(_ text: inout JSONText) {
        guard !tags.isEmpty else { return }
        text.name("tags")
        text.array(tags) { text, tag in
            text.object { text in
                text.member("key", tag.key)
                text.member("value", tag.value)
            }
        }
    }

    /// The document that these bytes are, or nil when they are none.
    ///
    /// - Throws: `StorageError.Code.newerFormat` when a newer Larder wrote it: it is neither served nor touched.
    static func decode(_ bytes: [UInt8]) throws -> RecordDocument? {
        guard case .object(let members)? = JSONReader.read(bytes, limits: limits),
            let version = members.first(where: { $0.name == "v" })?.value.integer
        else { return nil }
        guard version <= currentVersion else {
            throw StorageError(
                .newerFormat,
                "a record of version \(version) was written by a newer Larder; this one reads up to \(currentVersion)"
            )
        }
        return RecordDocument(members)
    }

    private init?(_ members: [JSONValue.Member]) {
        guard let bucket = members.first(where: { $0.name == "bucket" })?.value.string,
            let seq = members.first(where: { $0.name == "seq" })?.value.integer
        else { return nil }
        self.bucket = bucket
        self.seq = seq
        for member in members {
            guard take(member) else { return nil }
        }
    }

    /// False when the member is of another kind than it has to be; unknown ones are passed over.
    private mutating func take(_ member: JSONValue.Member) -> Bool {
        switch member.name {
        case "key": return Self.set(&key, member.value.string)
        case "version": return Self.set(&version, member.value.string)
        case "etag": return Self.set(&etag, member.value.string)
        case "sumtype": return Self.set(&sumtype, member.value.string)
        case "sidecar": return Self.set(&sidecar, member.value.string)
        case "kh": return Self.set(&kh, member.value.string)
        case "size": return Self.set(&size, member.value.integer)
        case "mtime": return Self.set(&mtime, member.value.integer)
        case "sum": return Self.set(&sum, member.value.strings)
        case "head": return Self.set(&head, member.value.strings)
        case "meta": return Self.set(&meta, member.value.strings)
        case "tags": return Self.set(&tags, member.value.tags)
        default: return true
        }
    }

    private static func set<Value>(_ field: inout Value?, _ value: Value?) -> Bool {
        field = value
        return value != nil
    }

    private static func set<Value>(_ field: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        field = value
        return true
    }
}

extension JSONValue {
    /// The whole number, of a number only.
    fileprivate var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    /// The strings of an object that has nothing else.
    fileprivate var strings: [String: String]? {
        guard case .object(let members) = self else { return nil }
        var values: [String: String] = [:]
        for member in members {
            guard let value = member.value.string else { return nil }
            values[member.name] = value
        }
        return values
    }

    /// The tags of an array of them.
    fileprivate var tags: [ObjectAttributes.Tag]? {
        guard case .array(let elements) = self else { return nil }
        let tags = elements.compactMap { element -> ObjectAttributes.Tag? in
            guard let fields = element.strings, let key = fields["key"], let value = fields["value"] else { return nil }
            return ObjectAttributes.Tag(key: key, value: value)
        }
        return tags.count == elements.count ? tags : nil
    }
}
