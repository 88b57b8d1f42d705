/// A `Rule` element of a lifecycle document.
extension LifecycleRule {
    init(_ node: XMLNode, id: String) throws(S3Error) {
        self.init(
            id: id,
            isEnabled: try Self.status(node),
            filter: try LifecycleFilter(rule: node),
            expiration: try node.only("Expiration").map { node throws(S3Error) in try Expiration(node) },
            noncurrent: try node.only("NoncurrentVersionExpiration").map { node throws(S3Error) in
                try NoncurrentExpiration(node, action: "NoncurrentVersionExpiration", minimum: 1)
            },
            abortDays: try Self.abortDays(node),
            transitions: try Self.transitions(node)
        )
        try checkActions()
    }

    func write(to xml: XMLDocument) {
        xml.text("ID", id)
        filter.write(to: xml)
        xml.text("Status", isEnabled ? "Enabled" : "Disabled")
        for transition in transitions ?? [] { transition.write(to: xml) }
        if let expiration { xml.element("Expiration") { expiration.write(to: $0) } }
        if let noncurrent { xml.element("NoncurrentVersionExpiration") { noncurrent.write(to: $0) } }
        guard let abortDays else { return }
        xml.element("AbortIncompleteMultipartUpload") { $0.text("DaysAfterInitiation", String(abortDays)) }
    }

    private static func status(_ node: XMLNode) throws(S3Error) -> Bool {
        guard let text = try node.only("Status")?.word else { throw .malformedXML("a Rule without Status") }
        if ByteText.equal(text, "Enabled") { return true }
        guard ByteText.equal(text, "Disabled") else { throw .malformedXML("Status is \(text)") }
        return false
    }

    private static func abortDays(_ node: XMLNode) throws(S3Error) -> Int? {
        guard let abort = try node.only("AbortIncompleteMultipartUpload") else { return nil }
        guard let days = try abort.integer("DaysAfterInitiation") else {
            throw .malformedXML("AbortIncompleteMultipartUpload without DaysAfterInitiation")
        }
        guard days > 0 else {
            throw .lifecycleNumberNotPositive("DaysAfterInitiation", of: "AbortIncompleteMultipartUpload", value: days)
        }
        return days
    }

    private static func transitions(_ node: XMLNode) throws(S3Error) -> [Transition]? {
        var transitions: [Transition] = []
        for transition in node.all("Transition") { transitions.append(try Transition(transition)) }
        for transition in node.all("NoncurrentVersionTransition") {
            transitions.append(try Transition(noncurrent: transition))
        }
        return transitions.isEmpty ? nil : transitions
    }

    private func checkActions() throws(S3Error) {
        guard expiration != nil || noncurrent != nil || abortDays != nil || transitions != nil else {
            throw .lifecycleRuleWithoutAction(id)
        }
        if abortDays != nil { try checkPlainFilter(for: "AbortIncompleteMultipartUpload") }
        if case .markers = expiration { try checkPlainFilter(for: "ExpiredObjectDeleteMarker") }
    }

    /// Uploads and markers have neither tags nor a size.
    private func checkPlainFilter(for action: String) throws(S3Error) {
        guard !filter.hasTags else { throw .lifecycleActionWithTags(action) }
        guard !filter.hasSize else { throw .lifecycleActionWithSize(action) }
    }
}

extension LifecycleRule.Moment {
    /// `Days` or `Date` of an element; nil when it has neither.
    init?(_ node: XMLNode, minimumDays: Int) throws(S3Error) {
        switch (try node.integer("Days"), try node.only("Date")?.word) {
        case (nil, nil): return nil
        case (let days?, nil):
            guard days >= minimumDays else {
                throw .lifecycleNumberNotPositive("Days", of: node.name, value: days, orZero: minimumDays == 0)
            }
            self = .days(days)
        case (nil, let text?): self = .date(try Self.midnight(text))
        default: throw .malformedXML("\(node.name) has both Days and Date")
        }
    }

    func write(to xml: XMLDocument) {
        switch self {
        case .days(let days): xml.text("Days", String(days))
        case .date(let date): xml.text("Date", date.iso8601Milliseconds)
        }
    }

    /// A date alone, as old clients send it, is its midnight.
    private static func midnight(_ text: String) throws(S3Error) -> Timestamp {
        guard let date = Timestamp(iso8601: text) ?? Timestamp(iso8601: text + "T00:00:00Z") else {
            throw .malformedXML("Date is no ISO 8601 date: \(text)")
        }
        guard Timestamp(seconds: date.seconds) == date, date.seconds.isMultiple(of: 86_400) else {
            throw .lifecycleDateNotMidnight(text)
        }
        return date
    }
}

extension LifecycleRule.Expiration {
    init(_ node: XMLNode) throws(S3Error) {
        let moment = try LifecycleRule.Moment(node, minimumDays: 1)
        switch (moment, try node.boolean("ExpiredObjectDeleteMarker")) {
        case (let moment?, nil): self = .at(moment)
        case (nil, let isOn?): self = .markers(isOn)
        case (nil, nil): throw .malformedXML("Expiration without Days, Date or ExpiredObjectDeleteMarker")
        default: throw .malformedXML("Expiration has ExpiredObjectDeleteMarker beside Days or Date")
        }
    }

    func write(to xml: XMLDocument) {
        switch self {
        case .at(let moment): moment.write(to: xml)
        case .markers(let isOn): xml.text("ExpiredObjectDeleteMarker", isOn ? "true" : "false")
        }
    }
}

extension LifecycleRule.NoncurrentExpiration {
    init(_ node: XMLNode, action: String, minimum: Int) throws(S3Error) {
        let days = try node.integer("NoncurrentDays")
        let newer = try node.integer("NewerNoncurrentVersions")
        guard days != nil || newer != nil else {
            throw .malformedXML("\(action) without NoncurrentDays or NewerNoncurrentVersions")
        }
        if let days, days < minimum {
            throw .lifecycleNumberNotPositive("NoncurrentDays", of: action, value: days, orZero: minimum == 0)
        }
        if let newer, newer < 1 {
            throw .lifecycleNumberNotPositive("NewerNoncurrentVersions", of: action, value: newer)
        }
        self.init(days: days, newer: newer)
    }

    func write(to xml: XMLDocument) {
        xml.text("NoncurrentDays", ifPresent: days.map(String.init))
        xml.text("NewerNoncurrentVersions", ifPresent: newer.map(String.init))
    }
}

extension LifecycleRule.Transition {
    private static let classes = [
        "GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR",
    ]

    init(_ node: XMLNode) throws(S3Error) {
        guard let moment = try LifecycleRule.Moment(node, minimumDays: 0) else {
            throw .malformedXML("Transition without Days or Date")
        }
        self.init(moment: moment, storageClass: try Self.storageClass(node))
    }

    init(noncurrent node: XMLNode) throws(S3Error) {
        let noncurrent = try LifecycleRule.NoncurrentExpiration(node, action: node.name, minimum: 0)
        self.init(noncurrent: noncurrent, storageClass: try Self.storageClass(node))
    }

    func write(to xml: XMLDocument) {
        xml.element(noncurrent == nil ? "Transition" : "NoncurrentVersionTransition") { xml in
            moment?.write(to: xml)
            noncurrent?.write(to: xml)
            xml.text("StorageClass", storageClass)
        }
    }

    private static func storageClass(_ node: XMLNode) throws(S3Error) -> String {
        let name = try node.only("StorageClass")?.word ?? ""
        guard classes.contains(where: { ByteText.equal($0, name) }) else {
            throw .malformedXML("StorageClass is \(name), not one of \(classes.joined(separator: ", "))")
        }
        return name
    }
}
