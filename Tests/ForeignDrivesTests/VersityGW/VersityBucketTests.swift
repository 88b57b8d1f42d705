import S3Protocol
@testable import ForeignDrives
import Testing

@Suite struct VersityBucketTests {
    @Test func `a bucket's attributes are read`() {
        let acl = #"{"Owner":"root","Grantees":[{"Permission":"READ","Access":"all-users","Type":"Group"}]}"#
        let lock = #"{"Enabled":true,"DefaultRetention":{"Mode":"GOVERNANCE","Days":3,"Years":null},"CreatedAt":"x"}"#
        let bucket = VersityBucket(
            attributes([
                ("acl", acl), ("ownership", "BucketOwnerEnforced"), ("policy", "{}"), ("cors", "<C/>"),
                ("X-Amz-Tagging", #"{"a":"1"}"#), ("bucket-lock", lock), ("something", "else"),
            ]) + [ForeignAttribute("versioning", [1]), ForeignAttribute("website", GzipSample.stored)]
        )
        #expect(bucket.accessList?.owner == "root" && bucket.accessList?.grants.map(\.grantee) == ["all-users"])
        #expect(bucket.ownership == "BucketOwnerEnforced" && bucket.policy == Array("{}".utf8))
        #expect(bucket.cors == Array("<C/>".utf8) && bucket.website == Array("hello stored world".utf8))
        #expect(bucket.tags == [ForeignTag("a", "1")] && bucket.versioning == true)
        #expect(bucket.lock == VersityBucket.Lock(isEnabled: true, mode: .governance, days: 3, years: nil))
        #expect(bucket.losses.isEmpty)
    }

    @Test func `versioning is enabled, suspended or never was`() {
        #expect(VersityBucket([]).versioning == nil)
        #expect(VersityBucket([ForeignAttribute("versioning", [0])]).versioning == false)
    }

    @Test(
        "What is not understood is named",
        arguments: [
            ("acl", "{}", "acl"), ("acl", #"{"Owner":"o","Grantees":[{}]}"#, "acl"), ("ownership", "Mine", "ownership"),
            ("X-Amz-Tagging", "x", "tags"), ("bucket-lock", "{}", "lock"), ("versioning", "1", "versioning"),
            ("bucket-lock", #"{"Enabled":true,"DefaultRetention":{"Mode":"X"}}"#, "lock"),
        ]
    )
    func losses(_ name: String, _ value: String, _ subject: String) {
        #expect(VersityBucket(attributes([(name, value)])).losses.map(\.subject) == [subject])
    }

    @Test func `a website that is no gzip is named`() {
        #expect(VersityBucket([ForeignAttribute("website", [0x1F, 0x8B, 1])]).losses.map(\.subject) == ["website"])
    }
}

@Suite struct VersityLayoutTests {
    private func path(_ key: String) -> String {
        VersityLayout.versionFolder(bucket: "bucket", key: Array(key.utf8)) { Array(SHA256.hash(data: $0)) }.description
    }

    @Test func `a key's versions lie under its digest`() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(path("abc") == "bucket/ba/78/16/" + digest)
    }

    @Test func `sidecar folders stand beside the data's names`() {
        #expect(VersityLayout.sidecar(ofBucket: "b").description == "b/meta")
        #expect(VersityLayout.sidecar(ofBucket: "b", key: Array("x/y".utf8))?.description == "b/x/y/meta")
        #expect(VersityLayout.sidecar(ofBucket: "b", key: Array("x/".utf8))?.description == "b/x/meta")
        for key in ["../x", "a//b", "/a", "", "/", "a/./b", "a\0b"] {
            #expect(VersityLayout.sidecar(ofBucket: "b", key: Array(key.utf8)) == nil)
        }
    }

    @Test func `names of attributes are told from others`() {
        #expect(VersityLayout.attributeName(ofExtended: "user.etag") == "etag")
        #expect(VersityLayout.attributeName(ofExtended: "security.selinux") == nil)
        #expect(VersityLayout.isTemporarySidecar("etag123") && !VersityLayout.isTemporarySidecar("etag"))
        #expect(!VersityLayout.isTemporarySidecar("other1") && !VersityLayout.isTemporarySidecar("12"))
    }
}
