internal import CLibCurl
import S3Protocol

extension CurlHandle {
    private static let expiry = "Expire date:"

    /// When the first of the server's certificates ends; nil when nothing was noted.
    var certificateEnd: Timestamp? {
        var found: UnsafeMutableRawPointer?
        guard clibcurl_get_pointer(pointer, CURLINFO_CERTINFO, &found) == CURLE_OK, let found else { return nil }
        let chain = found.assumingMemoryBound(to: curl_certinfo.self).pointee
        let certificates = UnsafeBufferPointer(start: chain.certinfo, count: Int(max(0, chain.num_of_certs)))
        return certificates.compactMap(Self.end).min { $0.nanoseconds < $1.nanoseconds }
    }

    /// The end of the certificate that these lines describe.
    private static func end(_ lines: UnsafeMutablePointer<curl_slist>?) -> Timestamp? {
        var next = lines
        while let line = next?.pointee {
            if let bytes = line.data {
                let text = String(cString: bytes)
                if ByteText.hasPrefix(text, expiry) { return CertificateDate.time(text.dropFirst(expiry.utf8.count)) }
            }
            next = line.next
        }
        return nil
    }
}
