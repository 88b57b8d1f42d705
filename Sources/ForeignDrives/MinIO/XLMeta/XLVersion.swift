/// One version of a key in an `xl.meta`.
package struct XLVersion: Sendable {
    /// What the version holds.
    package enum Content: Sendable {
        /// An object; `XLObject.isLegacy` tells the form of before 2020.
        case object(XLObject)
        /// A delete marker.
        case deleteMarker(XLDeleteMarker)
        /// Something that cannot be read, for this reason.
        case refused(ForeignDriveError)
    }

    /// The version's id, zero for `null`; nil when it cannot be read.
    package let id: ForeignUUID?
    /// When the version was written; nil when it cannot be read.
    package let modified: ForeignTime?
    /// The header of format 1.3.
    package let header: XLVersionHeader?
    /// What the version holds.
    package let content: Content
    /// When the release of MinIO that wrote the version was made, in seconds since 1970; absent in old files.
    package let writtenBy: UInt64?

    /// Whether this is bookkeeping for tiered data, which is no version to anybody.
    package var isFree: Bool {
        if let header, header.flags.contains(.free) { return true }
        if case .deleteMarker(let marker) = content { return marker.isFree }
        return false
    }

    /// Reads a body, and the header with its version where the format has one; never throws, but says `refused`.
    init(header: (bytes: ArraySlice<UInt8>, version: UInt64)?, body: ArraySlice<UInt8>) {
        var known: XLVersionHeader?
        do throws(ForeignDriveError) {
            if let header { known = try XLVersionHeader(header.bytes, version: header.version) }
            let body = try XLVersionBody(body)
            try known?.verify(body)
            self.init(header: known, body: body)
        } catch {
            self.init(refused: error, header: known)
        }
    }

    private init(header: XLVersionHeader?, body: XLVersionBody) {
        (id, modified) = (body.id, body.modified)
        self.header = header
        content = body.content
        writtenBy = body.writtenBy
    }

    private init(refused error: ForeignDriveError, header: XLVersionHeader?) {
        (id, modified) = (header?.id, header?.modified)
        self.header = header
        content = .refused(error)
        writtenBy = nil
    }
}

extension XLVersionHeader {
    /// Refuses a body that tells another version than this header.
    fileprivate func verify(_ body: XLVersionBody) throws(ForeignDriveError) {
        guard body.id == id, body.modified == modified, UInt64(body.kind.rawValue) == kind else {
            throw .inconsistent("a version's header and body differ")
        }
        guard let shards, case .object(let object) = body.content else { return }
        guard shards.parity == object.erasure.parity, shards.data == object.erasure.data else {
            throw .inconsistent("a version's header and body tell different shards")
        }
    }
}
