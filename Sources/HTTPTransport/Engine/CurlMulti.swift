internal import CLibCurl

/// libcurl's multi handle; the only holder.
final class CurlMulti: @unchecked Sendable {
    // All but `wake` is called on the engine's thread; curl_multi_wakeup may be called from any.

    private let pointer: UnsafeMutableRawPointer

    /// A handle that keeps so many connections.
    ///
    /// - Throws: `TransportError` with `invalidRequest` when there is no memory or no descriptor for it.
    init(_ configuration: TransportConfiguration) throws {
        guard let pointer = curl_multi_init() else {
            throw TransportError(.invalidRequest, "libcurl gives no handle: are all file descriptors in use?")
        }
        self.pointer = pointer
        clibcurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, configuration.maximumIdleConnections)
        clibcurl_multi_set_long(pointer, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    deinit {
        curl_multi_cleanup(pointer)
    }

    /// Ends a `wait` that runs, or the next one.
    func wake() {
        curl_multi_wakeup(pointer)
    }

    func add(_ easy: EasyTransfer) -> Bool {
        curl_multi_add_handle(pointer, easy.handle.pointer) == CURLM_OK
    }

    func remove(_ easy: EasyTransfer) {
        curl_multi_remove_handle(pointer, easy.handle.pointer)
    }

    /// Moves what can be moved.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(pointer, &running)
    }

    /// A transfer that ended, with libcurl's code; nil when there is none.
    func nextFinished() -> (EasyTransfer, CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            var context: UnsafeMutableRawPointer?
            clibcurl_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard let easy = EasyTransfer.from(context) else { continue }
            return (easy, message.pointee.data.result)
        }
        return nil
    }

    /// Waits until something can be moved, at most so long.
    func wait(atMost limit: Duration) {
        curl_multi_poll(pointer, nil, 0, Int32(limit / .milliseconds(1)), nil)
    }
}
