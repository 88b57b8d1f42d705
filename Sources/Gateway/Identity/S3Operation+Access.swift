import S3Protocol

extension S3Operation {
    /// Whether the operation makes an object, with all that goes with it.
    var makesObjects: Bool {
        [.putObject, .postObject, .copyObject, .createMultipartUpload].contains(self)
    }

    /// Whether the operation changes an object, or something about one.
    var writesObjects: Bool {
        guard let row, row.scope == .object else {
            return self == .postObject || self == .passThrough
        }
        return row.method != "GET" && row.method != "HEAD" && self != .selectObjectContent
    }

    /// Why callers without a signature never do this, whatever policies say; nil when policies decide.
    var refusalOfAnonymous: S3Error? {
        switch self {
        case .createMultipartUpload: return S3Error.anonymousMultipartUpload
        case .copyObject, .uploadPartCopy, .renameObject: return S3Error.anonymousCopy
        case .putBucketOwnershipControls:
            return S3Error.anonymousNotSupported(rawValue)
        default: break
        }
        guard let row, row.scope == .service || row.scope == .bucket && ["PUT", "DELETE"].contains(row.method) else {
            return nil
        }
        return S3Error.anonymousNotAllowed.because("the request is not signed, and \(rawValue) needs a signature")
    }
}
