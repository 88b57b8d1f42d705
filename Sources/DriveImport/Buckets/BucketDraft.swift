import ForeignDrives
import ObjectStorage
import S3Protocol

/// What a bucket of another server is to be here, and what of its settings stays behind.
struct BucketDraft: Sendable {
    var settings = BucketSettings()
    /// When it was made, where that is known.
    var created: Timestamp?
    /// Settings that are not taken over.
    var losses: [ImportLoss] = []

    /// Takes a setting from a document that its owner sent; an empty one is none.
    mutating func take<Value>(
        _ subject: String,
        _ document: [UInt8],
        to setting: WritableKeyPath<BucketSettings, Value?>,
        _ parse: ([UInt8]) throws(S3Error) -> Value
    ) {
        guard !document.isEmpty else { return }
        do throws(S3Error) {
            settings[keyPath: setting] = try parse(document)
        } catch {
            lose(subject, error.reason ?? error.message)
        }
    }

    /// Takes the policy, which has to be one of a bucket of this name.
    mutating func takePolicy(_ text: [UInt8], of bucket: String) {
        take("policy", text, to: \.policy) { text throws(S3Error) in
            _ = try Policy(bucketPolicy: text, bucket: BucketName(bucket))
            return String(decoding: text, as: UTF8.self)
        }
    }

    mutating func lose(_ subject: String, _ message: String) {
        losses.append(ImportLoss(subject, message))
    }
}

extension TagSet {
    /// The tags as buckets and objects here have them; nil for none.
    var kept: [ObjectAttributes.Tag]? {
        tags.isEmpty ? nil : tags.map { .init(key: $0.key, value: $0.value) }
    }
}

// What is done before objects come, and what after.
extension BucketDraft {
    /// The settings that the bucket is made with: lifecycle rules are disabled until everything is there.
    ///
    /// That is also how the bucket of an import that was cut off is recognised.
    var initialSettings: BucketSettings {
        var initial = settings
        for index in settings.lifecycle?.rules.indices ?? 0..<0 { initial.lifecycle?.rules[index].isEnabled = false }
        return initial
    }

    /// The settings that the draft has and a bucket which is here has otherwise.
    func differences(from existing: BucketSettings) -> [String] {
        var names: [String] = []
        func compare<Value: Equatable>(_ name: String, _ setting: KeyPath<BucketSettings, Value?>) {
            guard let wanted = settings[keyPath: setting] else { return }
            let there = existing[keyPath: setting]
            if there != wanted, there != initialSettings[keyPath: setting] { names.append(name) }
        }
        compare("versioning", \.versioning)
        compare("lock", \.objectLock)
        compare("tags", \.tags)
        compare("policy", \.policy)
        compare("cors", \.cors)
        compare("lifecycle", \.lifecycle)
        compare("quota", \.quota)
        compare("ownership", \.ownership)
        compare("acl", \.accessControl)
        compare("encryption", \.encryption)
        return names
    }

    /// The names of the settings that the draft has.
    var settingNames: [String] { differences(from: BucketSettings()) }
}
