import S3Protocol
import Testing

@Suite struct RoutingTests {
    static func route(_ line: String, headers: [(String, String)] = []) throws -> S3Operation {
        let parts = line.split(separator: " ").map(String.init)
        let target = try RequestTarget(parts[1])
        let head = RequestHead(method: parts[0], target: target, headers: HeaderList(headers))
        return try S3Operation.route(head: head, scope: Addressing().resolve(head).scope)
    }

    @Test(
        arguments: [
            ("GET /", .listBuckets), ("GET /?x-id=ListBuckets", .listBuckets), ("HEAD /buc", .headBucket),
            ("PUT /buc", .createBucket), ("DELETE /buc/", .deleteBucket), ("GET /buc", .listObjects),
            ("GET /buc?list-type=2", .listObjectsV2), ("GET /buc?list-type=1", .listObjects),
            ("GET /buc?list-type=2&versions", .listObjectVersions), ("POST /buc", .postObject),
            ("POST /buc/?x=1", .postObject), ("POST /buc?delete", .deleteObjects),
            ("POST /buc?delete=", .deleteObjects),
            ("GET /buc?acl", .getBucketAcl), ("GET /buc?acl=", .getBucketAcl), ("GET /buc?%61cl", .getBucketAcl),
            ("GET /buc?ACL", .listObjects), ("GET /buc?location", .getBucketLocation),
            ("GET /buc?uploads", .listMultipartUploads), ("PUT /buc?accelerate", .putBucketAccelerateConfiguration),
            ("GET /buc?analytics", .listBucketAnalyticsConfigurations),
            ("GET /buc?analytics&id=1", .getBucketAnalyticsConfiguration),
            ("DELETE /buc?cors", .deleteBucketCors), ("GET /buc/k", .getObject), ("GET /buc/k?versionId=1", .getObject),
            ("GET /buc/k?partNumber=1", .getObject), ("HEAD /buc/k", .headObject), ("PUT /buc/k", .putObject),
            ("DELETE /buc/k", .deleteObject), ("DELETE /buc/k?tagging", .deleteObjectTagging),
            ("PUT /buc/k?tagging", .putObjectTagging), ("POST /buc/k?uploads", .createMultipartUpload),
            ("PUT /buc/k?partNumber=1&uploadId=u", .uploadPart), ("POST /buc/k?uploadId=u", .completeMultipartUpload),
            ("DELETE /buc/k?uploadId=u", .abortMultipartUpload), ("GET /buc/k?uploadId=u", .listParts),
            ("POST /buc/k?select&select-type=2", .selectObjectContent), ("OPTIONS /buc/k", .preflight),
            ("OPTIONS /buc?acl&policy", .preflight), ("PUT /buc/k?X-Amz-Signature=1&unknown", .putObject),
        ] as [(String, S3Operation)]
    )
    func `a request is an operation`(line: String, operation: S3Operation) throws {
        #expect(try Self.route(line) == operation)
    }

    @Test func `a copy source makes a copy`() throws {
        let source = [("X-Amz-Copy-Source", "/b/k")]
        #expect(try Self.route("PUT /buc/k", headers: source) == .copyObject)
        #expect(try Self.route("PUT /buc/k?partNumber=1&uploadId=u", headers: source) == .uploadPartCopy)
        #expect(try Self.route("PUT /buc/k?acl", headers: source) == .putObjectAcl)
    }

    @Test(
        arguments: [
            ("POST /", "MethodNotAllowed", "GET"), ("PATCH /buc", "MethodNotAllowed", "HEAD, PUT, DELETE, GET, POST"),
            ("POST /buc/k", "MethodNotAllowed", "HEAD, GET, PUT, DELETE"),
            ("HEAD /buc?acl", "MethodNotAllowed", "GET, PUT"),
            ("DELETE /buc/k?acl", "MethodNotAllowed", "GET, PUT"), ("PUT /buc?location", "MethodNotAllowed", "GET"),
            ("DELETE /buc/k?policy", "MethodNotAllowed", ""), ("PUT /buc/k?uploads", "MethodNotAllowed", "POST"),
            ("GET /?acl", "MethodNotAllowed", ""), ("PUT /buc/k?versions", "MethodNotAllowed", ""),
            ("GET /buc/k?uploads", "InvalidRequest", nil), ("GET /buc/k?versions", "InvalidRequest", nil),
            ("PUT /buc/k?logging", "NoLoggingStatusForKey", nil), ("GET /buc?acl&policy", "InvalidArgument", nil),
            ("PUT /buc/k?uploadId=u", "InvalidArgument", nil), ("PUT /buc/k?partNumber=1", "InvalidArgument", nil),
        ] as [(String, String, String?)]
    )
    func `a request that is no operation is refused`(line: String, code: String, allow: String?) {
        let error = #expect(throws: S3Error.self) { try Self.route(line) }
        #expect(error?.code.rawValue == code)
        #expect(error?.headers == allow.map { [.init("Allow", $0)] } ?? [])
    }

    @Test func `the refusals have S3's texts`() {
        #expect(
            #expect(throws: S3Error.self) { try Self.route("GET /buc?acl&policy") }?.message
                == "Conflicting query string parameters: acl, policy"
        )
        #expect(
            #expect(throws: S3Error.self) { try Self.route("GET /buc/k?uploads") }?.message
                == "Key is not expected for the GET method ?uploads subresource"
        )
        #expect(
            #expect(throws: S3Error.self) { try Self.route("POST /buc/k") }?.details
                == [.init("Method", "POST"), .init("ResourceType", "OBJECT")]
        )
    }

    @Test func `no method falls through from a known sub-resource`() throws {
        let plain: Set<S3Operation> = [
            .getObject, .putObject, .deleteObject, .headObject, .copyObject, .listObjects, .listObjectsV2,
            .createBucket,
            .deleteBucket, .headBucket, .postObject, .listBuckets,
        ]
        for name in S3Operation.subResources {
            for method in ["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"] {
                for path in ["/", "/buc", "/buc/k"] {
                    guard let operation = try? Self.route("\(method) \(path)?\(name)=x") else { continue }
                    #expect(!plain.contains(operation), "\(method) \(path)?\(name)")
                }
            }
        }
    }

    @Test func `every operation has one row and an action`() {
        #expect(S3Operation.table.count == S3Operation.allCases.count - 2)
        for operation in S3Operation.allCases where operation != .preflight && operation != .passThrough {
            #expect(operation.row?.operation == operation)
            #expect(operation.action.hasPrefix("s3:"))
        }
        #expect(S3Operation.headObject.action == "s3:GetObject")
        #expect(S3Operation.listObjectsV2.action == "s3:ListBucket")
        #expect(S3Operation.preflight.action.isEmpty)
    }
}
