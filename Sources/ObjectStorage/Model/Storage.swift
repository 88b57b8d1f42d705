/// All that a store offers to the S3 API.
package typealias Storage = ObjectStore & VersionStore & MultipartStore & BucketStore
