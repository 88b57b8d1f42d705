/// What is due: decided from properties and time alone, carried out elsewhere.
extension LifecycleConfiguration {
    /// What is to be done with this version now; nil when nothing is.
    ///
    /// Locks are not looked at: whoever carries the action out must.
    package func dueAction(
        for version: LifecycleVersion,
        at now: Timestamp,
        day: LifecycleDay = .standard
    ) -> LifecycleAction? {
        for rule in rules where rule.isEnabled && rule.filter.covers(version) {
            if let kind = rule.dueAction(for: version, at: now, day: day) {
                return LifecycleAction(kind, ruleID: rule.id)
            }
        }
        return nil
    }

    /// When this version expires, if it is a current object that some rule covers: the earliest date of all rules.
    package func expiry(of version: LifecycleVersion, day: LifecycleDay = .standard) -> LifecycleExpiry? {
        guard case .current = version.place, !version.isMarker else { return nil }
        return rules.lazy
            .filter { $0.isEnabled && $0.filter.covers(version) }
            .compactMap { rule in
                rule.expiryDate(of: version, day: day).map { LifecycleExpiry(date: $0, ruleID: rule.id) }
            }
            .min { $0.date < $1.date }
    }

    /// The id of the rule by which an unfinished upload is to be aborted now; nil when it may go on.
    package func abortingRule(
        forUploadTo key: ObjectKey,
        initiated: Timestamp,
        at now: Timestamp,
        day: LifecycleDay = .standard
    ) -> String? {
        guard let abort = abort(ofUploadTo: key, initiated: initiated, day: day), now >= abort.date else { return nil }
        return abort.ruleID
    }

    /// When an unfinished upload will be aborted, and by which rule, for `x-amz-abort-date` and `x-amz-abort-rule-id`.
    package func abort(
        ofUploadTo key: ObjectKey,
        initiated: Timestamp,
        day: LifecycleDay = .standard
    ) -> LifecycleExpiry? {
        rules.lazy
            .filter { $0.isEnabled && $0.filter.covers(key: key) }
            .compactMap { rule in
                rule.abortDays.map {
                    LifecycleExpiry(date: day.midnight(after: $0, since: initiated), ruleID: rule.id)
                }
            }
            .min { $0.date < $1.date }
    }

    /// Whether some enabled rule asks for tags, so that versions must be given with theirs.
    package var needsTags: Bool {
        rules.contains { $0.isEnabled && $0.filter.hasTags }
    }
}

extension LifecycleRule {
    fileprivate func dueAction(
        for version: LifecycleVersion,
        at now: Timestamp,
        day: LifecycleDay
    ) -> LifecycleAction.Kind? {
        switch version.place {
        case .current(let isOnly) where version.isMarker:
            isOnly && isMarkerDue(version, at: now, day: day) ? .removeMarker : nil
        case .current:
            (expiryDate(of: version, day: day).map { now >= $0 } ?? false) ? .expireCurrent : nil
        case .noncurrent(let since, let newer):
            isNoncurrentDue(since: since, newer: newer, at: now, day: day) ? .deleteNoncurrent : nil
        }
    }

    fileprivate func expiryDate(of version: LifecycleVersion, day: LifecycleDay) -> Timestamp? {
        switch expiration {
        case .at(.days(let days)): day.midnight(after: days, since: version.lastModified)
        case .at(.date(let date)): date
        case .markers, nil: nil
        }
    }

    /// A rule for markers takes them at once, one with days or a date when they are old enough (AWS, "Removing expired
    /// object delete markers").
    private func isMarkerDue(_ version: LifecycleVersion, at now: Timestamp, day: LifecycleDay) -> Bool {
        if case .markers(let isOn) = expiration { return isOn }
        return expiryDate(of: version, day: day).map { now >= $0 } ?? false
    }

    private func isNoncurrentDue(since: Timestamp, newer: Int, at now: Timestamp, day: LifecycleDay) -> Bool {
        guard let noncurrent, newer >= (noncurrent.newer ?? 0) else { return false }
        guard let days = noncurrent.days else { return true }
        return now >= day.midnight(after: days, since: since)
    }
}
