internal import Glibc

/// Where the worker says what goes wrong outside a job.
enum StandardError {
    /// Writes one line.
    static func say(_ line: String) {
        let bytes = Array("larder-imaged: \(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
