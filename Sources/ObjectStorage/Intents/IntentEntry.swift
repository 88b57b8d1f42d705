import S3Protocol

/// What one line of the intents says (`storage/README.md`, "Intents and checkpoints").
enum IntentEntry: Equatable, Sendable {
    /// A key is about to be changed.
    case change(IntentLine)
    /// A key gets this object, whose file may not be on disk yet.
    case put(LoggedObject)
    /// What lines before this one say of the key's object is on disk by itself.
    case settled(IntentLine)

    /// The key.
    var key: IntentLine {
        switch self {
        case .change(let key), .settled(let key): key
        case .put(let object): object.key
        }
    }

    /// The entry of a line as it was written, nil for one that is empty or torn.
    init?(_ line: ArraySlice<UInt8>) {
        guard let rest = Self.checked(line) else { return nil }
        let parts = rest.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 2, let bucketID = String(validating: parts[0], as: UTF8.self),
            let utf8 = PercentEncoding.decode(parts[1], plusIsBlank: false), let key = try? ObjectKey(utf8: utf8)
        else { return nil }
        let name = IntentLine(bucketID: bucketID, key: key)
        switch parts.dropFirst(2).first.map({ String(decoding: $0, as: UTF8.self) }) {
        case nil: self = .change(name)
        case "settled" where parts.count == 3: self = .settled(name)
        case "put" where parts.count == 4:
            guard let object = LoggedObject(key: name, written: parts[3]) else { return nil }
            self = .put(object)
        default: return nil
        }
    }

    /// What stands behind the checksum of a line, if that is right.
    private static func checked(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let rest = line.dropFirst(IntentLine.checksumLength)
        guard rest.first == UInt8(ascii: " ") else { return nil }
        let isRight = rest.dropFirst().withUnsafeBytes { bytes in
            line.prefix(IntentLine.checksumLength).elementsEqual(IntentLine.checksum(of: bytes).utf8)
        }
        return isRight ? rest.dropFirst() : nil
    }
}
