import HTTPTransport
import ObjectStorage
import RemoteS3
import S3Protocol

/// Why a key could not be made equal.
package struct MirrorFailure: Error, Sendable, Equatable {
    /// What is to be done about it.
    package enum Remedy: Sendable, Equatable {
        /// The key is tried again after a pause.
        case retry
        /// The remote as a whole is left alone for a while.
        case rest
        /// The remote may refuse everything: it is left alone for a while, and the key tried again at the longest pause.
        case refused
        /// A repetition does not mend it; it is tried again at the longest pause.
        case attention
        /// The bucket here is gone.
        case forget
    }

    /// What is to be done about it.
    package let remedy: Remedy
    /// One sentence for the operator.
    package let reason: String

    /// A failure of these parts.
    package init(_ remedy: Remedy, _ reason: String) {
        self.remedy = remedy
        self.reason = reason
    }

    /// The failure that an error of the remote, or of the store here, is.
    package init(_ error: any Error) {
        switch error {
        case let error as MirrorFailure: self = error
        case let error as RemoteError: self.init(Self.remedy(error), error.message)
        case let error as S3Error where error.code == "NoSuchBucket": self.init(.forget, error.message)
        case let error as S3Error where 400..<500 ~= error.status:
            self.init(.attention, error.reason ?? error.message)
        case let error as S3Error: self.init(.retry, error.reason ?? error.message)
        default: self.init(.retry, String(describing: error))
        }
    }

    private static func remedy(_ error: RemoteError) -> Remedy {
        guard let transport = error.transport else {
            return error.code == .invalidConfiguration ? .refused : .rest
        }
        switch transport.code {
        case .resolve, .connect, .tls, .connectTimeout, .firstByteTimeout: return .rest
        default: return .retry
        }
    }

    /// The refusal that the remote answered.
    init(_ response: RemoteResponse, to action: String) {
        let refusal = response.refusal
        let words = refusal.map { "\($0.code): \($0.message)" } ?? "status \(response.status)"
        let reason = "the remote refuses to \(action): \(words)"
        switch response.status {
        case 429, 503: self.init(.rest, reason)
        case 401, 403: self.init(.refused, reason)
        case 500...599, 408, 409, 412, 404: self.init(.retry, reason)
        case 400 where refusal?.code == "RequestTimeout": self.init(.retry, reason)
        default: self.init(.attention, reason)
        }
    }
}
