/// In settings: `{"days": 3}` or `{"date": nanoseconds}`.
extension LifecycleRule.Moment: Codable {
    private enum CodingKeys: String, CodingKey {
        case days, date
    }

    /// Reads what `encode(to:)` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let date = try container.decodeIfPresent(Timestamp.self, forKey: .date) {
            self = .date(date)
        } else {
            self = .days(try container.decode(Int.self, forKey: .days))
        }
    }

    /// Writes the days or the date.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .days(let days): try container.encode(days, forKey: .days)
        case .date(let date): try container.encode(date, forKey: .date)
        }
    }
}

/// In settings: as the moment, or `{"markers": true}`.
extension LifecycleRule.Expiration: Codable {
    private enum CodingKeys: String, CodingKey {
        case markers
    }

    /// Reads what `encode(to:)` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let markers = try container.decodeIfPresent(Bool.self, forKey: .markers) {
            self = .markers(markers)
        } else {
            self = .at(try LifecycleRule.Moment(from: decoder))
        }
    }

    /// Writes the moment or whether markers go.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .at(let moment): try moment.encode(to: encoder)
        case .markers(let isOn):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(isOn, forKey: .markers)
        }
    }
}
