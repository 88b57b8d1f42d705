/// What a SigV4 signing key is good for: one day, one region, one service.
package struct CredentialScope: Hashable, Sendable {
    /// The last part of every scope.
    package static let terminal = "aws4_request"

    /// The day as `yyyyMMdd`.
    package let date: String
    /// The region as the client wrote it.
    package let region: String
    /// The service; `s3` for all that reaches us.
    package let service: String
    /// `20130524/us-east-1/s3/aws4_request`, the third line of the string to sign.
    package let text: String

    /// A scope of these parts.
    package init(date: String, region: String, service: String = "s3") {
        self.date = date
        self.region = region
        self.service = service
        text = date + "/" + region + "/" + service + "/" + Self.terminal
    }
}
