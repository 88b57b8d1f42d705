/// One page of the caller's buckets, to be written as a `ListAllMyBucketsResult` document.
package struct ListBucketsResult: Sendable {
    /// One bucket of the page.
    package struct Bucket: Sendable {
        /// Its name.
        package let name: BucketName
        /// When it was made.
        package let created: Timestamp
        /// Its region.
        package let region: String

        /// A bucket of these parts.
        package init(name: BucketName, created: Timestamp, region: String) {
            self.name = name
            self.created = created
            self.region = region
        }
    }

    /// The canonical id of the caller.
    package let ownerID: String
    /// The buckets in byte order of their names.
    package let buckets: [Bucket]
    /// The prefix that was asked for, if any.
    package let prefix: String?
    /// Where the next page begins, if there is one.
    package let next: ContinuationToken?

    /// A page of these parts.
    package init(ownerID: String, buckets: [Bucket], prefix: String?, next: ContinuationToken?) {
        self.ownerID = ownerID
        self.buckets = buckets
        self.prefix = prefix
        self.next = next
    }

    /// The `ListAllMyBucketsResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "ListAllMyBucketsResult") { xml in
            xml.element("Owner") { $0.text("ID", ownerID) }
            xml.element("Buckets") { list in
                for bucket in buckets { list.element("Bucket") { write(bucket, to: $0) } }
            }
            xml.text("ContinuationToken", ifPresent: next?.text)
            xml.text("Prefix", ifPresent: prefix)
        }
    }

    private func write(_ bucket: Bucket, to xml: XMLDocument) {
        xml.text("Name", bucket.name.string)
        xml.text("CreationDate", bucket.created.iso8601Milliseconds)
        xml.text("BucketRegion", bucket.region)
        xml.text("BucketArn", "arn:aws:s3:::\(bucket.name.string)")
    }
}
