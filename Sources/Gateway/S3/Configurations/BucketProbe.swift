import NIOHTTP1
import S3Protocol

/// What is asked of features that are not done: a read finds them switched off, a write that keeps them so is taken.
struct BucketProbe: S3OperationHandler {
    /// The operations that are answered so; a write of a website or of replication rules is not implemented.
    static let operations: [S3Operation] =
        S3Operation.table.map(\.operation).filter { operation in
            ConfigurationProbe(reading: operation) != nil || ConfigurationProbe(writing: operation) != nil
                || ConfigurationProbe.absence(for: operation) != nil
        } + [.deleteBucketWebsite, .deleteBucketReplication]

    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try request.bucket
        if let probe = ConfigurationProbe(reading: request.operation) {
            return Response(.ok, contentType: "application/xml", bytes: try probe.document())
        }
        if let probe = ConfigurationProbe(writing: request.operation) {
            try probe.accept(await request.configuration(), bucket: bucket)
            return Response(.ok)
        }
        if let absence = ConfigurationProbe.absence(for: request.operation) {
            throw S3Error.absent(absence, in: bucket)
        }
        return Response(.noContent)
    }
}
