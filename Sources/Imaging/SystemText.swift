import Glibc

/// Words for numbers that the system gives.
enum SystemText {
    /// The C library's words for an errno.
    static func describe(errno number: Int32) -> String {
        guard let text = strerror(number) else { return "errno \(number)" }
        return String(cString: text)
    }
}
