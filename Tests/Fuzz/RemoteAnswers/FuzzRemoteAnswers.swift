import HTTPTransport
import ObjectStorage
import RemoteS3
import S3Protocol

/// Reads what a hostile remote may answer: heads, refusals, listings, credentials; and the files that people write.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRemoteAnswers(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    readHead(input)
    guard let local = try? BucketName("local") else { return 0 }
    let names = RemoteNames(local: local, remote: "remote", prefix: Array("pre/".utf8))
    if let refusal = RemoteRefusal(input) { _ = refusal.details(names, resource: "/local/k") }
    if let rewritten = try? RemoteDocument(names, location: { "\($0.count)" }).here(input) {
        precondition((try? XMLNode.parse(rewritten, limits: RemoteDocument.limits)) != nil, "a document became none")
    }
    if let page = try? RemoteListing.page(input, names) {
        for entry in page.entries {
            guard case .object(let summary) = entry else { continue }
            precondition(!summary.key.utf8.isEmpty, "a key of no bytes")
        }
    }
    _ = try? CredentialsDocument.parse(metadata: input)
    _ = try? CredentialsDocument.parse(webIdentity: input)
    _ = try? ProfileFile(input).credentials(of: "default")
    let text = String(decoding: input, as: UTF8.self)
    if let (origin, target) = try? TransportOrigin.split(text) {
        let again = try? TransportOrigin.split(origin.text + target)
        precondition(again?.origin == origin && again?.target == target, "an origin changed on its way")
    }
    if let target = try? RequestTarget("/?" + text) {
        _ = RemoteQuery.forwarded(target, isSigned: true, isListing: true, names)
    }
    return 0
}

private func readHead(_ input: [UInt8]) {
    var parser = ResponseHeadParser(limit: 1 << 12)
    var heads = 0
    for line in input.split(separator: 0x0A, omittingEmptySubsequences: false) {
        switch parser.take(line + [0x0A]) {
        case .none: break
        case .head(let status, _):
            heads += 1
            precondition(status >= 200 && heads == 1, "an interim head, or a second one")
        case .malformed, .tooLarge: return
        }
    }
}
