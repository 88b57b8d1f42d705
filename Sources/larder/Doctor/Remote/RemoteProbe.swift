import RemoteS3
import S3Protocol

/// The first signed request: whether the remote takes the key, and which region it wants to be signed for.
struct RemoteProbe {
    let target: RemoteTarget
    /// Where the key is from.
    let place: String
    let accessKeyID: String

    /// What was found, and the region that requests are taken for; nil when none is.
    func run(_ client: (_ region: String) -> RemoteClient) async -> ([Diagnosis], region: String?) {
        let configured = target.remote.endpoint.region
        do {
            var response = try await client(configured).perform(request)
            guard let wanted = wantedRegion(response, configured) else { return keys(response, configured) }
            let told = Diagnosis.fail(
                "remote region",
                "requests are signed for \(configured); the remote wants \(wanted)",
                "set remote.region to \(wanted)"
            )
            response = try await client(wanted).perform(request)
            let (found, region) = keys(response, wanted)
            return ([told] + found, region)
        } catch {
            return ([.fail("remote keys", "\(error)", "look at what came before, and run it again")], nil)
        }
    }

    /// The list of buckets where all are there, else that of the first bucket's keys.
    private var request: RemoteRequest {
        guard !target.isStandard, let bucket = target.buckets.first else { return RemoteRequest("GET") }
        return RemoteRequest("GET", bucket: bucket.names.remote, query: RemoteBucketCheck.listing(bucket.names))
    }

    private func wantedRegion(_ response: RemoteResponse, _ configured: String) -> String? {
        guard let refusal = response.refusal, refusal.code == "AuthorizationHeaderMalformed" else { return nil }
        return refusal.region.flatMap { $0.isEmpty || ByteText.equal($0, configured) ? nil : $0 }
    }

    private func keys(_ response: RemoteResponse, _ region: String) -> ([Diagnosis], region: String?) {
        if let fault = response.refusal?.faultOfKey(accessKeyID, from: place) {
            return ([.fail("remote keys", fault.found, fault.advice)], nil)
        }
        var found = [Diagnosis.ok("remote keys", "the remote takes \(accessKeyID), from: \(place)")]
        if target.isStandard, response.status != 200 {
            found.append(
                .warn(
                    "remote buckets",
                    "\(accessKeyID) may not list the buckets: \(response.refusal?.code ?? "\(response.status)")",
                    "allow it s3:ListAllMyBuckets, if clients are to see buckets that no setting names"
                )
            )
        }
        return (found, region)
    }
}
