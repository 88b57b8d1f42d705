import Mirror
import S3Protocol
import Testing

@Suite("Plans that make a remote equal") struct MirrorPlanTests {
    /// A case in short words: what is here, what was noted, what is there.
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var local: LocalKey
        var noted: MirrorNote?
        var remote: RemoteObject?
        var marker: String?
        var overwrites = false
        var plan: Plan

        var testDescription: String { name }
    }

    enum Plan: Sendable, Equatable {
        case nothing, send, replace, delete, mark, tags, conflict

        init(_ plan: MirrorPlan) {
            self =
                switch plan {
                case .nothing: .nothing
                case .put(replacing: nil): .send
                case .put: .replace
                case .delete: .delete
                case .mark: .mark
                case .tags: .tags
                case .conflict: .conflict
                }
        }
    }

    private static let old = LocalObject(sequence: 10, etag: "old", size: 1)
    private static let new = LocalObject(sequence: 20, etag: "new", size: 2)
    private static let tagged = LocalObject(sequence: 10, etag: "old", size: 1, tags: "t")
    private static let oldThere = RemoteObject(etag: "old", size: 1, sequence: 10)
    private static let newThere = RemoteObject(etag: "new", size: 2, sequence: 20)
    private static let foreign = RemoteObject(etag: "foreign", size: 3)
    private static let oldNote = MirrorNote(sequence: 10, etag: "old")

    private static let cases: [Case] = [
        Case(name: "new here, nothing there", local: .object(old), plan: .send),
        Case(name: "equal and noted", local: .object(old), noted: oldNote, remote: oldThere, plan: .nothing),
        Case(name: "sent and not noted any more", local: .object(old), remote: oldThere, plan: .nothing),
        Case(name: "overwritten here", local: .object(new), noted: oldNote, remote: oldThere, plan: .replace),
        Case(
            name: "overwritten and sent, not noted",
            local: .object(new),
            noted: oldNote,
            remote: newThere,
            plan: .nothing
        ),
        Case(name: "lost there", local: .object(old), noted: oldNote, plan: .send),
        Case(name: "deleted here", local: .absent(sequence: 10), noted: oldNote, remote: oldThere, plan: .delete),
        Case(name: "deleted on both sides", local: .absent(sequence: 10), noted: oldNote, plan: .nothing),
        Case(name: "deleted here before it was noted", local: .absent(sequence: 0), remote: oldThere, plan: .delete),
        Case(
            name: "deleted once more here",
            local: .absent(sequence: 12),
            noted: MirrorNote(sequence: 11, version: "m1"),
            marker: "m1",
            plan: .mark
        ),
        Case(
            name: "deleted once more and marked, not noted",
            local: .absent(sequence: 12),
            noted: MirrorNote(sequence: 11, version: "m1"),
            marker: "m2",
            plan: .nothing
        ),
        Case(
            name: "deleted and marked, not noted",
            local: .absent(sequence: 11),
            noted: oldNote,
            marker: "m1",
            plan: .nothing
        ),
        Case(name: "others were there first", local: .object(old), remote: foreign, plan: .conflict),
        Case(name: "others changed it", local: .object(new), noted: oldNote, remote: foreign, plan: .conflict),
        Case(
            name: "others changed what is deleted here",
            local: .absent(sequence: 10),
            noted: oldNote,
            remote: foreign,
            plan: .conflict
        ),
        Case(
            name: "others changed it and lose",
            local: .object(new),
            noted: oldNote,
            remote: foreign,
            overwrites: true,
            plan: .replace
        ),
        Case(
            name: "others changed it and it goes",
            local: .absent(sequence: 10),
            noted: oldNote,
            remote: foreign,
            overwrites: true,
            plan: .delete
        ),
        Case(
            name: "others rewrote ours with its metadata",
            local: .object(old),
            noted: oldNote,
            remote: RemoteObject(etag: "other", size: 1, sequence: 10),
            plan: .conflict
        ),
        Case(
            name: "the remote has a later write than the one here",
            local: .object(old),
            remote: newThere,
            plan: .conflict
        ),
        Case(
            name: "others put the same content",
            local: .object(old),
            remote: RemoteObject(etag: "old", size: 1),
            plan: .nothing
        ),
        Case(
            name: "others put the same content under other headers",
            local: .object(old),
            remote: RemoteObject(etag: "old", size: 1, hasSameAttributes: false),
            plan: .replace
        ),
        Case(
            name: "written again with the same content",
            local: .object(LocalObject(sequence: 11, etag: "old", size: 1)),
            noted: oldNote,
            remote: oldThere,
            plan: .replace
        ),
        Case(name: "tagged here", local: .object(tagged), noted: oldNote, remote: oldThere, plan: .tags),
        Case(
            name: "tags taken away here",
            local: .object(old),
            noted: MirrorNote(sequence: 10, etag: "old", tags: "t"),
            remote: oldThere,
            plan: .tags
        ),
        Case(
            name: "same tags",
            local: .object(tagged),
            noted: MirrorNote(sequence: 10, etag: "old", tags: "t"),
            remote: oldThere,
            plan: .nothing
        ),
        Case(name: "sent with tags, not noted", local: .object(tagged), remote: oldThere, plan: .tags),
        Case(
            name: "encrypted there: another tag, noted",
            local: .object(old),
            noted: MirrorNote(sequence: 10, etag: "sealed"),
            remote: RemoteObject(etag: "sealed", size: 1, sequence: 10),
            plan: .nothing
        ),
        Case(
            name: "the newest version was taken back here",
            local: .object(old),
            noted: MirrorNote(sequence: 20, etag: "new"),
            remote: newThere,
            plan: .replace
        ),
    ]

    @Test(arguments: cases)
    func `each case has its plan`(_ it: Case) {
        let plan = MirrorPlan(
            local: it.local,
            noted: it.noted,
            remote: it.remote,
            marker: it.marker,
            overwrites: it.overwrites
        )
        #expect(Plan(plan) == it.plan)
    }
}
