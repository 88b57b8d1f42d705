internal import CLibCurl
import S3Protocol

extension CurlHandle {
    /// libcurl's buffers: large enough that a body costs few callbacks.
    private static let bufferLength = 256 << 10

    /// Sets what all transfers have in common.
    func configure(_ configuration: TransportConfiguration) {
        // No signals, no variables of the environment, no redirects, no decoding of content, nothing but HTTP.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROXY, configuration.proxy ?? "")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_MAXAGE_CONN, Int(configuration.idleLifetime.components.seconds))
        // Else a transfer that is given up waits for a name server that does not answer, and all others with it.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_BUFFERSIZE, Self.bufferLength)
        set(CURLOPT_UPLOAD_BUFFERSIZE, Self.bufferLength)
        set(
            CURLOPT_HTTP_VERSION,
            Int(configuration.version == .http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS)
        )
        if configuration.notesCertificates { set(CURLOPT_CERTINFO, 1) }
        configure(configuration.trust)
    }

    private func configure(_ trust: TransportConfiguration.Trust) {
        let isVerifying = trust != .anyone
        set(CURLOPT_SSL_VERIFYPEER, isVerifying ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, isVerifying ? 2 : 0)
        guard case .file(let path) = trust else { return }
        set(CURLOPT_CAINFO, path)
        clibcurl_set_text(pointer, CURLOPT_CAPATH, nil)
    }

    /// Sets what is of this request.
    func configure(_ request: TransportRequest, connectTimeout: Duration, isProxied: Bool) {
        // libcurl shares the time out among the addresses of a host; the clock of the transfer has the last word.
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(connectTimeout / .milliseconds(1))))
        set(CURLOPT_URL, request.origin.text + request.target)
        // No dot segments are removed, and libcurl has no say in the rest; but a proxy in the clear is sent the whole URL.
        set(CURLOPT_PATH_AS_IS, 1)
        if !isProxied || request.origin.scheme == .https { set(CURLOPT_REQUEST_TARGET, request.target) }
        configureMethod(request)
        setFields(Self.lines(of: request))
    }

    private func configureMethod(_ request: TransportRequest) {
        if ByteText.equal(request.method, "HEAD") {
            return set(CURLOPT_NOBODY, 1)
        }
        if request.announcesBody {
            set(CURLOPT_UPLOAD, 1)
            clibcurl_set_offset(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(request.bodyLength ?? -1))
        } else {
            set(CURLOPT_HTTPGET, 1)
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    /// Names that are libcurl's to send, from what it is told otherwise.
    private static let ofConnection = Set(["content-length", "expect"])

    /// The lines of the head: those of the request, and what keeps libcurl from adding its own.
    private static func lines(of request: TransportRequest) -> [String] {
        let fields = HopByHop.removed(from: request.headers).fields.filter { !ofConnection.contains($0.lowercasedName) }
        // libcurl's form for a field without a value.
        var lines = fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        lines.append(request.expectsContinue && request.bodyLength != 0 ? "Expect: 100-continue" : "Expect:")
        if !fields.contains(where: { $0.lowercasedName == "accept" }) { lines.append("Accept:") }
        return lines
    }
}
