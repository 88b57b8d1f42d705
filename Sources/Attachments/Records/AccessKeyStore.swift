/// The access keys of users, kept beside the root key of the settings.
///
/// Each method is one transaction, durable when it returns, and blocks no thread of its caller.
package protocol AccessKeyStore: Sendable {
    /// Keeps the key that `make` gives when it is told of those that are there.
    ///
    /// - Throws: whatever `make` throws, keeping nothing.
    func insertKey(_ make: @escaping @Sendable (_ present: [KeyRecord]) throws -> KeyRecord) async throws -> KeyRecord
    /// All keys, the oldest first.
    func keys() async throws -> [KeyRecord]
    /// Switches a key off or on; false when there is none.
    func setKey(_ accessKey: String, isDisabled: Bool) async throws -> Bool
    /// Removes a key; false when there is none.
    func deleteKey(_ accessKey: String) async throws -> Bool
}
