import S3Protocol

// By hand, since a record is written with every PUT and read with every GET: `JSONEncoder` and `JSONDecoder` took more
// time than all system calls of a small upload together.
extension RecordDocument {
    private static let limits = JSONReader.Limits(length: 4 << 20, depth: 4)

    /// One line of JSON with sorted keys.
    func encoded() -> [UInt8] {
        var text = JSONText()
        text.object { text in
            text.member("acl", acl)
            text.member("bucket", bucket)
            text.member("etag", etag)
            text.member("head", head)
            text.member("key", key)
            text.member("kh", kh)
            encodeLock(&text)
            if marker { text.member("marker", true) }
            text.member("meta", meta)
            text.member("mtime", mtime)
            text.member("owner", owner)
            encodeParts(&text)
            text.member("seq", seq)
            text.member("sidecar", sidecar)
            text.member("size", size)
            text.member("sum", sum)
            text.member("sumtype", sumtype)
            encodeTags(&text)
            text.member("upload", upload)
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

    private func encodeLock(_ text: inout JSONText) {
        guard let lock else { return }
        text.name("lock")
        text.object { text in
            if let hold = lock.hold { text.member("hold", hold) }
            text.member("mode", lock.mode)
            text.member("until", lock.until)
        }
    }

    private func encodeParts(_ text: inout JSONText) {
        guard !parts.isEmpty else { return }
        text.name("parts")
        text.array(parts) { text, part in
            text.object { text in
                text.member("n", Int64(part.number))
                text.member("size", part.size)
                text.member("sum", part.checksum.map { [$0.algorithm.rawValue: $0.base64] } ?? [:])
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
        case "marker": return Self.set(&marker, member.value.truth)
        case "lock": return Self.set(&lock, member.value.lock)
        case "acl": return Self.set(&acl, member.value.string)
        case "parts": return Self.set(&parts, member.value.parts)
        case "upload": return Self.set(&upload, member.value.string)
        case "owner": return Self.set(&owner, member.value.string)
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

    /// The truth value, of one only.
    fileprivate var truth: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The lock of an object that is one.
    fileprivate var lock: LockDocument? {
        guard case .object(let members) = self else { return nil }
        let value = { (name: StaticString) in
            members.first { ByteText.equal($0.name, name.description) }?.value
        }
        return LockDocument(mode: value("mode")?.string, until: value("until")?.integer, hold: value("hold")?.truth)
    }

    /// The parts of an array of them.
    fileprivate var parts: [ObjectPart]? {
        guard case .array(let elements) = self else { return nil }
        let parts = elements.compactMap(\.part)
        return parts.count == elements.count ? parts : nil
    }

    private var part: ObjectPart? {
        guard case .object(let members) = self else { return nil }
        var (number, size, sum): (Int64?, Int64?, Checksum?) = (nil, nil, nil)
        for member in members {
            switch member.name {
            case "n": number = member.value.integer
            case "size": size = member.value.integer
            case "sum": sum = member.value.strings?.first.flatMap(Self.checksum)
            default: break
            }
        }
        guard let number, let size else { return nil }
        return ObjectPart(number: Int(number), size: size, checksum: sum)
    }

    private static func checksum(_ member: (key: String, value: String)) -> Checksum? {
        ChecksumAlgorithm(rawValue: member.key).flatMap { Checksum(algorithm: $0, base64: member.value) }
    }
}
