import Testing

@testable import S3Protocol

@Suite struct ObjectLockStateTests {
    static let now = Timestamp(seconds: 1_000)

    static func retention(_ mode: RetentionMode, _ seconds: Int64) -> Retention {
        Retention(mode: mode, retainUntil: now.advanced(bySeconds: seconds))
    }

    @Test(
        arguments: [
            (nil, nil, false, true),
            (nil, .off, false, true),
            (nil, .on, true, false),
            (retention(.governance, 1), nil, false, false),
            (retention(.governance, 1), nil, true, true),
            (retention(.governance, 1), .on, true, false),
            (retention(.governance, 0), nil, false, true),
            (retention(.compliance, 1), nil, true, false),
            (retention(.compliance, 0), .off, false, true),
            (retention(.compliance, -1), .on, true, false),
        ] as [(Retention?, LegalHold?, Bool, Bool)]
    )
    func `retention and hold keep a version`(
        retention: Retention?,
        hold: LegalHold?,
        bypasses: Bool,
        isFree: Bool
    ) {
        let state = ObjectLockState(retention: retention, legalHold: hold)
        #expect(state.mayBeDeleted(at: Self.now, bypassesGovernance: bypasses) == isFree)
        guard !isFree else { return }
        let error = #expect(throws: S3Error.self) {
            try state.checkDeletion(at: Self.now, bypassesGovernance: bypasses)
        }
        #expect(error?.message == "Access Denied because object protected by object lock.")
    }

    @Test(
        arguments: [
            // Lengthened, kept, shortened, removed.
            (.compliance, retention(.compliance, 11), false, true),
            (.compliance, retention(.compliance, 10), false, true),
            (.compliance, retention(.compliance, 9), true, false),
            (.compliance, nil, true, false),
            (.governance, retention(.governance, 11), false, true),
            (.governance, retention(.governance, 10), false, true),
            (.governance, retention(.governance, 9), false, false),
            (.governance, retention(.governance, 9), true, true),
            (.governance, nil, false, false),
            (.governance, nil, true, true),
            // Another mode.
            (.compliance, retention(.governance, 99), true, false),
            (.governance, retention(.compliance, 10), false, false),
            (.governance, retention(.compliance, 10), true, true),
        ] as [(RetentionMode, Retention?, Bool, Bool)]
    )
    func `an active retention is replaced by its rules`(
        mode: RetentionMode,
        other: Retention?,
        bypasses: Bool,
        isAllowed: Bool
    ) {
        let current = Self.retention(mode, 10)
        #expect(current.mayBeReplaced(by: other, at: Self.now, bypassesGovernance: bypasses) == isAllowed)
        guard !isAllowed else { return }
        let error = #expect(throws: S3Error.self) {
            try current.checkReplacement(by: other, at: Self.now, bypassesGovernance: bypasses)
        }
        #expect(error?.code == "AccessDenied")
    }

    @Test func `a retention that has ended may become anything`() {
        let ended = Self.retention(.compliance, 0)
        #expect(ended.mayBeReplaced(by: nil, at: Self.now, bypassesGovernance: false))
        #expect(ended.mayBeReplaced(by: Self.retention(.governance, 1), at: Self.now, bypassesGovernance: false))
    }

    @Test func `headers show what is set`() {
        let state = ObjectLockState(retention: Self.retention(.governance, 0), legalHold: .off)
        #expect(
            state.fields.map { "\($0.name): \($0.value)" } == [
                "x-amz-object-lock-mode: GOVERNANCE",
                "x-amz-object-lock-retain-until-date: 1970-01-01T00:16:40Z",
                "x-amz-object-lock-legal-hold: OFF",
            ]
        )
        #expect(ObjectLockState().fields.isEmpty)
    }
}
