internal import CLibCurl
import S3Protocol

/// An easy handle of libcurl and what it points to; the only holder of both.
///
/// Used on the engine's thread alone, but for its making.
final class CurlHandle {
    let pointer: UnsafeMutableRawPointer
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// A fresh handle.
    ///
    /// - Throws: `TransportError` with `invalidRequest` when there is no memory for it.
    init() throws {
        guard let pointer = curl_easy_init() else { throw TransportError(.invalidRequest, "libcurl gives no handle") }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        clibcurl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    }

    deinit {
        // The handle first: it looks at the others to its end.
        curl_easy_cleanup(pointer)
        curl_slist_free_all(fields)
        errorText.deallocate()
    }

    /// What libcurl says of the failure; empty when it says nothing.
    var errorMessage: String { String(cString: errorText) }

    /// Sets the lines of the head.
    func setFields(_ lines: [String]) {
        for line in lines {
            guard let longer = curl_slist_append(fields, line) else { continue }
            fields = longer
        }
        clibcurl_set_list(pointer, CURLOPT_HTTPHEADER, fields)
    }

    /// Sets an option that is a number.
    func set(_ option: CURLoption, _ value: Int) {
        clibcurl_set_long(pointer, option, value)
    }

    /// Sets an option that is a text.
    func set(_ option: CURLoption, _ value: String) {
        clibcurl_set_text(pointer, option, value)
    }

    /// A fact that is a number; 0 when it is not known.
    func fact(_ info: CURLINFO) -> Int {
        var value = 0
        clibcurl_get_long(pointer, info, &value)
        return value
    }
}
