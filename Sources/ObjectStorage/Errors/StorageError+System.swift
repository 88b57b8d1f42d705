import Glibc
package import S3Protocol

extension StorageError {
    /// The failure of a system call: `action` says what was tried, such as "write the record".
    static func system(_ action: String, _ number: Int32) -> StorageError {
        StorageError(code(for: number), "cannot \(action): \(text(of: number))\(advice(for: number))", cause: number)
    }

    /// The failure of the system call that just set `errno`.
    static func lastSystemError(_ action: String) -> StorageError {
        system(action, errno)
    }

    private static func code(for number: Int32) -> Code {
        switch number {
        case ENOSPC, EDQUOT: .noSpace
        case EROFS: .readOnly
        case EMFILE, ENFILE: .tooManyOpenFiles
        case EAGAIN: .busy
        default: .failed
        }
    }

    private static func advice(for number: Int32) -> String {
        switch number {
        case ENOSPC, EDQUOT: "; free space on the storage root's file system"
        case EROFS: "; make the storage root's file system writable and restart"
        case EMFILE, ENFILE: "; raise the limit on open files (ulimit -n, LimitNOFILE)"
        case EACCES, EPERM: "; give the server's user the right to it"
        case EIO: "; look at the disk and the kernel's log"
        default: ""
        }
    }

    private static func text(of number: Int32) -> String {
        String(cString: strerror(number)) + " (errno \(number))"
    }
}

extension StorageError: S3ErrorConvertible {
    /// 507 for a full disk, 503 for what passes or needs the operator, 500 for the rest; never a path of the server.
    package var s3Error: S3Error {
        switch code {
        case .noSpace: .insufficientStorage
        case .readOnly: S3Error.serviceUnavailable().because("the storage root is read-only: \(message)")
        case .closed: S3Error.serviceUnavailable().because("the server is stopping")
        case .tooManyOpenFiles, .busy: S3Error.slowDown(retryAfter: 1).because(message)
        default: .internalError(message)
        }
    }
}
