internal import CLibCurl

/// What libcurl's codes mean here.
enum CurlFailure {
    /// The error of a transfer that ended with this code; nil for a good end.
    static func error(_ code: CURLcode, _ easy: EasyTransfer) -> TransportError? {
        guard code != CURLE_OK, !easy.isStoppedWell else { return nil }
        if let failure = easy.failure { return failure }
        let said = easy.handle.errorMessage
        let text = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
        return TransportError(kind(of: code, easy), "\(text)\(advice(code))")
    }

    private static func kind(of code: CURLcode, _ easy: EasyTransfer) -> TransportError.Code {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
        case CURLE_OPERATION_TIMEDOUT: .connectTimeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_CRL_BADFILE:
            .tls
        case CURLE_PARTIAL_FILE: .partialBody
        case CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            easy.clock.phase == .receiving ? .partialBody : .reset
        case CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_SEND_FAIL_REWIND, CURLE_UPLOAD_FAILED: .reset
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: .invalidResponse
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION: .invalidRequest
        default: easy.clock.phase == .connecting ? .connect : .reset
        }
    }

    private static func advice(_ code: CURLcode) -> String {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: "; is the name right, and does the name server know it?"
        case CURLE_COULDNT_CONNECT: "; is the server up, and the port right?"
        case CURLE_PEER_FAILED_VERIFICATION: "; name the file of its certificate authority if it has one of its own"
        case CURLE_SSL_CACERT_BADFILE: "; it must be a readable PEM file"
        case CURLE_SSL_CONNECT_ERROR: "; does the port speak TLS?"
        default: ""
        }
    }
}
