import Glibc

extension AttachmentsError {
    /// The failure of the system call that just set `errno`.
    static func lastSystemError(_ call: String, _ subject: String) -> AttachmentsError {
        AttachmentsError(.system, "\(call) of \(subject) failed: \(String(cString: strerror(errno)))")
    }
}
