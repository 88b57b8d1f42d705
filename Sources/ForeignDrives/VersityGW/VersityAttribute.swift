/// The attributes that versitygw sets on objects and buckets, by their names without `user.`.
///
/// Nothing marks them as versitygw's own: other programs may use the same names.
package enum VersityAttribute: String, CaseIterable, Sendable {
    case etag
    case contentType = "content-type"
    case contentEncoding = "content-encoding"
    case contentDisposition = "content-disposition"
    case contentLanguage = "content-language"
    case cacheControl = "cache-control"
    case expires
    case websiteRedirect = "website-redirect-location"
    case metadata
    case tagging = "X-Amz-Tagging"
    case checksums
    case legalHold = "object-legal-hold"
    case retention = "object-retention"
    case versionID = "version-id"
    case deleteMarker = "delete-marker"
    case multipart = "mp-metadata"

    case acl
    case ownership
    case policy
    case cors
    case website
    case versioning
    case lock = "bucket-lock"

    /// What each attribute of user metadata began with before March 2026.
    package static let userMetadataPrefix = "X-Amz-Meta."

    /// The attributes that are headers under the same name.
    static let headers: [VersityAttribute] = [
        .contentType, .contentEncoding, .contentDisposition, .contentLanguage, .cacheControl, .expires,
    ]
}
