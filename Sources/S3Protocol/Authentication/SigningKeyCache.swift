import Synchronization

/// Derived signing keys by access key, day and region; bounded, the oldest goes first.
///
/// A key is kept only after a signature made with it was verified, so that requests with forged scopes cannot drive
/// out the keys in use. An entry remembers its secret: after a rotation the key is derived anew.
package final class SigningKeyCache: Sendable {
    private struct Entry {
        let secret: SigningSecret
        let key: SigningKey
    }

    private struct State {
        var entries: [ByteName: Entry] = [:]
        var order: [ByteName] = []
        var oldest = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// A cache of at most `capacity` keys.
    package init(capacity: Int = 256) {
        precondition(capacity > 0, "a cache without room")
        self.capacity = capacity
    }

    /// How many keys are held.
    package var count: Int { state.withLock { $0.entries.count } }

    /// The kept key of this secret and credential, or a derived one, which is to be kept once it has proved itself.
    package func key(secret: SigningSecret, credential: Credential) -> (key: SigningKey, isKept: Bool) {
        let name = ByteName(credential.text)
        let entry = state.withLock { $0.entries[name] }
        if let entry, entry.secret.matches(secret) { return (entry.key, true) }
        return (SigningKey(secret: secret, scope: credential.scope), false)
    }

    /// Keeps a key that has proved itself.
    package func keep(_ key: SigningKey, secret: SigningSecret, credential: Credential) {
        let name = ByteName(credential.text)
        let entry = Entry(secret: secret, key: key)
        state.withLock { state in
            let known = state.entries.updateValue(entry, forKey: name) != nil
            guard !known else { return }
            if state.order.count < capacity {
                state.order.append(name)
            } else {
                state.entries[state.order[state.oldest]] = nil
                state.order[state.oldest] = name
                state.oldest = (state.oldest + 1) % capacity
            }
        }
    }
}
