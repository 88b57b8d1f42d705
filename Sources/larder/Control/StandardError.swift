import Glibc

/// Standard error: progress, summaries and failures, so that standard output holds results only.
enum StandardError {
    /// Writes a text at once.
    static func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
