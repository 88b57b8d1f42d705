import RemoteS3
import S3Protocol

/// What requests would be signed with: from the first place that has something, as a server looks for it.
enum RemoteKeys {
    /// What came of looking.
    enum Finding {
        case found(RemoteCredentials, place: String)
        case nothing(Diagnosis)

        /// Why there are none.
        var diagnoses: [Diagnosis] {
            if case .nothing(let diagnosis) = self { [diagnosis] } else { [] }
        }
    }

    static func find(_ sources: [any CredentialsSource]) async -> Finding {
        for source in sources {
            do {
                guard let found = try await source.load() else { continue }
                return .found(found, place: source.name)
            } catch {
                let reason = (error as? RemoteError)?.message ?? "\(error)"
                return .nothing(
                    .fail("remote keys", "\(source.name): \(reason)", "mend it, or have nothing set up in that place")
                )
            }
        }
        return .nothing(
            .fail(
                "remote keys",
                "there are none; looked at: \(sources.map(\.name).joined(separator: ", "))",
                "set remote.access_key and remote.secret_key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
            )
        )
    }
}

extension RemoteRefusal {
    /// What is wrong with the key that a request was signed with, and what to do; nil for a refusal about something else.
    func faultOfKey(_ id: String, from place: String) -> (found: String, advice: String)? {
        switch code {
        case "InvalidAccessKeyId":
            ("the remote does not know the key \(id), from: \(place)", "correct the key's id, or make the key there")
        case "SignatureDoesNotMatch":
            (
                "the secret is not that of the key \(id), from: \(place)",
                "correct the secret; a proxy on the way that changes Host or the path has the same effect"
            )
        case "ExpiredToken", "TokenRefreshRequired":
            ("the session token of \(id), from: \(place), has ended", "renew the temporary credentials there")
        case "InvalidToken", "InvalidSecurity":
            (
                "the session token, from: \(place), is not that of the key \(id)",
                "renew the temporary credentials there: id, secret and token belong together"
            )
        case "RequestTimeTooSkewed":
            ("the remote takes no request of this machine's time", "set the clocks right and keep them so with NTP")
        case "NotSignedUp", "AccountProblem", "AllAccessDisabled", "InvalidPayer":
            ("the account of \(id) is closed: \(code)", "have the account opened at the remote")
        default: nil
        }
    }
}
