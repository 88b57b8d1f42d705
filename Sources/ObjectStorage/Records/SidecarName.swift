import S3Protocol
import Synchronization

/// The name of a sidecar: whose it is, and a random part that makes it new.
struct SidecarName: Hashable, Sendable {
    /// The directory of all sidecars.
    static let root = ".larder/sidecar"

    /// `<owner>.<nonce>`.
    let text: String

    /// A new name for a record of this key.
    init(bucketID: String, key: ObjectKey) {
        text = "\(Self.owner(bucketID: bucketID, key: key)).\(Nonce.make())"
    }

    /// The name that an attribute gives by the key's digest and a nonce, nil when these cannot be such.
    init?(bucketID: String, keyDigest: String, nonce: String) {
        guard Self.isHex(keyDigest, count: 64) else { return nil }
        self.init("\(Self.owner(bucketID: bucketID, keyDigest: keyDigest)).\(nonce)")
    }

    /// A name as it stands in the directory, nil when it cannot be one: it becomes part of a path.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isHex(parts[0], count: 64), Self.isHex(parts[1], count: 32) else { return nil }
        self.text = text
    }

    /// Whether it is a sidecar of this key.
    func isOwned(byBucket bucketID: String, key: ObjectKey) -> Bool {
        text.hasPrefix(Self.owner(bucketID: bucketID, key: key))
    }

    /// What makes it different from the key's other sidecars.
    var nonce: String { String(text.suffix(32)) }

    /// The directory it lies in, below the root.
    var directory: String { "\(Self.root)/\(text.prefix(2))" }

    /// Its path below the root.
    var path: String { "\(directory)/\(text)" }

    /// What all sidecars of a key begin with.
    static func owner(bucketID: String, key: ObjectKey) -> String {
        owner(bucketID: bucketID, keyDigest: keyDigest(key))
    }

    /// The digest of a key, which names its sidecars and its escaped file.
    static func keyDigest(_ key: ObjectKey) -> String {
        Hex.encode(SHA256.hash(data: key.utf8))
    }

    private static func owner(bucketID: String, keyDigest: String) -> String {
        Hex.encode(SHA256.hash(data: Array("\(bucketID)/\(keyDigest)".utf8)))
    }

    private static func isHex(_ text: some StringProtocol, count: Int) -> Bool {
        text.utf8.count == count && Hex.decode(text) != nil
    }
}

/// The sidecars that requests in flight have made or are about to make: never swept.
final class SidecarRegistry: Sendable {
    private let names = Mutex<Set<SidecarName>>([])

    /// From now on it is in use.
    func register(_ name: SidecarName) {
        names.withLock { _ = $0.insert(name) }
    }

    /// Its request has ended.
    func unregister(_ name: SidecarName) {
        names.withLock { _ = $0.remove(name) }
    }

    /// Whether a request has it in use.
    func contains(_ name: SidecarName) -> Bool {
        names.withLock { $0.contains(name) }
    }
}
