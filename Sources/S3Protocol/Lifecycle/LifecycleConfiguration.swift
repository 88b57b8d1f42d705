/// The lifecycle rules of a bucket: what is deleted when (AWS, "Lifecycle configuration elements").
package struct LifecycleConfiguration: Codable, Equatable, Sendable {
    /// How many rules there may be.
    package static let maximumRules = 1_000

    /// The rules, in the order given.
    package var rules: [LifecycleRule]
    /// Which objects transitions pass over by their size; kept and reported, since transitions change nothing here.
    package var minimumSize: TransitionMinimumSize

    /// A configuration of these rules, which are not checked.
    package init(rules: [LifecycleRule], minimumSize: TransitionMinimumSize = .all128K) {
        self.rules = rules
        self.minimumSize = minimumSize
    }
}

/// The value of `x-amz-transition-default-minimum-object-size`, in requests and answers.
package enum TransitionMinimumSize: String, CaseIterable, Codable, Sendable {
    /// Objects below 128 KiB stay where they are.
    case all128K = "all_storage_classes_128K"
    /// The class decides.
    case varies = "varies_by_storage_class"

    /// The header's name.
    package static let header = "x-amz-transition-default-minimum-object-size"

    /// The value of the header; the default when there is none.
    ///
    /// - Throws: `InvalidRequest` for any other text.
    package init(header text: String?) throws(S3Error) {
        guard let text else {
            self = .all128K
            return
        }
        guard let value = Self(rawValue: text) else { throw .invalidTransitionMinimumSize(text) }
        self = value
    }
}

/// In settings; a missing size is the default.
extension LifecycleConfiguration {
    private enum CodingKeys: String, CodingKey {
        case rules, minimumSize
    }

    /// Reads what the encoder wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rules = try container.decode([LifecycleRule].self, forKey: .rules)
        minimumSize = try container.decodeIfPresent(TransitionMinimumSize.self, forKey: .minimumSize) ?? .all128K
    }
}
