import FoundationEssentials
import GRDB

/// The keys that a listing asks for, in byte order, and what of them rolls up.
package struct KeyScan: Sendable {
    /// Where a run of keys begins.
    enum Bound: Equatable {
        case after([UInt8])
        case from([UInt8])
    }

    let prefix: [UInt8]
    let delimiter: [UInt8]

    /// The keys that begin with `prefix`, rolled up at `delimiter`, empty for nothing.
    package init(prefix: [UInt8], delimiter: [UInt8]) {
        self.prefix = prefix
        self.delimiter = delimiter
    }

    /// Where a page begins: behind the marker, or behind the whole common prefix that the marker is or lies in.
    func firstBound(after marker: [UInt8]) -> Bound? {
        guard !marker.lexicographicallyPrecedes(prefix) else { return .from(prefix) }
        guard let rolledUp = commonPrefix(of: marker) else { return .after(marker) }
        return Self.successor(of: rolledUp).map(Bound.from)
    }

    /// What rolls this key up, nil when nothing does.
    package func commonPrefix(of key: [UInt8]) -> [UInt8]? {
        guard !delimiter.isEmpty, key.starts(with: prefix) else { return nil }
        let rest = key[prefix.count...]
        guard rest.count >= delimiter.count else { return nil }
        for start in rest.startIndex...(rest.endIndex - delimiter.count) where rest[start...].starts(with: delimiter) {
            return Array(key[..<(start + delimiter.count)])
        }
        return nil
    }

    /// What SQL asks of the column `key` for a run from this bound; goes with `arguments`.
    func condition(_ bound: Bound) -> String {
        let lower = if case .after = bound { ">" } else { ">=" }
        return "key \(lower) ?" + (Self.successor(of: prefix) == nil ? "" : " AND key < ?")
    }

    /// The arguments of `condition`.
    func arguments(_ bound: Bound) -> StatementArguments {
        let lower =
            switch bound {
            case .after(let bytes), .from(let bytes): bytes
            }
        var arguments: StatementArguments = [Data(lower)]
        if let end = Self.successor(of: prefix) { arguments += [Data(end)] }
        return arguments
    }

    /// The least byte string above all that begin with `prefix`, nil when there is none.
    static func successor(of prefix: [UInt8]) -> [UInt8]? {
        var bytes = prefix
        while let last = bytes.popLast() {
            guard last < 0xFF else { continue }
            return bytes + [last + 1]
        }
        return nil
    }
}
