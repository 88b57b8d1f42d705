import HTTPTransport
import NIOCore
import RemoteS3
import S3Protocol

/// One bucket of a remote: it is there, where it was said to be, and its keys can be listed, read and written.
///
/// Nothing is changed: what is read is a key that nobody has, and what is written is an upload in parts that is begun and
/// given up.
struct RemoteBucketCheck {
    private let target: RemoteTarget
    private let bucket: RemoteTarget.Bucket
    private let client: RemoteClient

    init(_ target: RemoteTarget, _ bucket: RemoteTarget.Bucket, _ client: RemoteClient) {
        self.target = target
        self.bucket = bucket
        self.client = client
    }

    func run() async -> [Diagnosis] {
        do {
            let answer = try await client.perform(RemoteRequest("HEAD", bucket: bucket.names.remote))
            guard answer.status != 404 else { return [absent] }
            let rights = [try await list(), try await read(), try await write()].compactMap(\.self)
            let isThere = Diagnosis.ok(
                "remote bucket",
                rights.isEmpty ? "\(name) can be read and written" : "\(name) is there"
            )
            return [isThere] + region(answer) + rights
        } catch {
            return [.fail("remote bucket", "\(name): \(error)", "look at what came before, and run it again")]
        }
    }

    /// The query of the shortest list of a bucket's keys.
    static func listing(_ names: RemoteNames) -> String {
        let prefix = names.prefix.isEmpty ? "" : "&prefix=\(PercentEncoding.encode(names.prefix, keepingSlash: false))"
        return "list-type=2&max-keys=1\(prefix)"
    }

    /// What it is called on both sides.
    private var name: String {
        let names = bucket.names
        guard !names.areEqual else { return names.local.string }
        let prefix = names.prefix.isEmpty ? "" : "/" + String(decoding: names.prefix, as: UTF8.self)
        return "\(names.local) (there \(names.remote)\(prefix))"
    }

    private var absent: Diagnosis {
        guard bucket.isMade else {
            return .fail(
                "remote bucket",
                "\(name) is not there",
                "make it there, or correct its name in remote.buckets"
            )
        }
        return .warn(
            "remote bucket",
            "\(name) is not there yet",
            "nothing, if the key may make buckets: the server does it"
        )
    }

    private func region(_ answer: RemoteResponse) -> [Diagnosis] {
        let configured = target.remote.endpoint.region
        guard let there = answer.headers["x-amz-bucket-region"], !there.isEmpty, !ByteText.equal(there, configured)
        else {
            return []
        }
        return [
            .warn(
                "remote region",
                "\(name) is in \(there), and requests are signed for \(configured) until one was refused",
                "set remote.region, or \"region\" of this bucket in remote.buckets, to \(there)"
            )
        ]
    }
}

// MARK: - What may be done

extension RemoteBucketCheck {
    private static let keyPrefix = "larder-doctor-"

    private func list() async throws -> Diagnosis? {
        let request = RemoteRequest("GET", bucket: bucket.names.remote, query: Self.listing(bucket.names))
        return refused(try await client.perform(request), "list", "list the keys of", "s3:ListBucket")
    }

    private func read() async throws -> Diagnosis? {
        let answer = try await client.perform(RemoteRequest("GET", bucket: bucket.names.remote, key: unusedKey))
        guard answer.status != 404 else { return nil }
        return refused(
            answer,
            "read",
            "read keys of",
            "s3:GetObject (without s3:ListBucket a key that is not there is refused as well)"
        )
    }

    private func write() async throws -> Diagnosis? {
        let requests = MultipartRequests(bucket: bucket.names.remote, key: unusedKey)
        let begun = try await client.perform(requests.create())
        if let refusal = refused(begun, "write", "write keys of", "s3:PutObject") { return refusal }
        let bytes = try await begun.collect(upTo: 1 << 20, from: client.endpoint.text)
        guard let document = try? XMLNode.parse(Array(bytes.readableBytesView)),
            let id = MultipartRequests.uploadID(document)
        else {
            return .warn(
                "remote write",
                "\(name): the remote began an upload in parts and gave it no id",
                "look there for incomplete uploads; forms and bodies of unknown length beyond remote.multipart_bytes fail"
            )
        }
        let ended = try await client.perform(requests.abort(id))
        return refused(ended, "write", "give up uploads to", "s3:AbortMultipartUpload")
    }

    /// A key that nobody has.
    private var unusedKey: [UInt8] {
        bucket.names.there("\(Self.keyPrefix)\(String(UInt64.random(in: 0...UInt64.max), radix: 16))".utf8)
    }

    private func refused(_ answer: RemoteResponse, _ what: String, _ action: String, _ right: String) -> Diagnosis? {
        guard answer.status >= 300 else { return nil }
        let found = "the key may not \(action) \(name): \(answer.refusal?.code ?? "\(answer.status)")"
        let advice = "allow \(right) on \(bucket.names.remote)"
        // A mirror does all of it itself.
        guard !bucket.isMirror else { return .fail("remote \(what)", found, advice) }
        return .warn("remote \(what)", found, "\(advice), if clients are to do so")
    }
}
