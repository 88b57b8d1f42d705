extension XLVersion {
    /// Whether this version stands before `other` where the newest is first.
    ///
    /// Equal times are ordered as MinIO does: the lower kind first, then the greater signature, id and flags.
    func precedes(_ other: XLVersion) -> Bool {
        guard let modified, let otherModified = other.modified else { return modified == nil && other.modified != nil }
        if modified != otherModified { return modified > otherModified }
        if kindNumber != other.kindNumber { return kindNumber < other.kindNumber }
        if signature != other.signature { return signature > other.signature }
        if idBytes != other.idBytes { return other.idBytes.lexicographicallyPrecedes(idBytes) }
        return flagBits > other.flagBits
    }

    private var kindNumber: UInt64 {
        if let header { return header.kind }
        switch content {
        case .object(let object): return object.isLegacy ? 3 : 1
        case .deleteMarker: return 2
        case .refused: return .max
        }
    }

    private var signature: UInt32 { header?.signature ?? 0 }
    private var idBytes: [UInt8] { id?.bytes ?? [] }
    private var flagBits: UInt8 { header?.flags.rawValue ?? 0 }
}

extension [XLVersion] {
    /// The same versions, newest first.
    var newestFirst: [XLVersion] { sorted { $0.precedes($1) } }
}
